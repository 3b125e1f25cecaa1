import type { ClosedSource, LengthSampler } from '../demand.js';
import type { SharedPrefix } from '../shared-prefix.js';
import type { ThinkTime } from '../think-time.js';
import type { PrefixBlocks } from '../traces/trace-reader.js';

/**
 * A fixed number of users, each waiting for the answer and thinking before the next request. When that is, the simulation
 * decides, since it depends on the fleet; only lengths and think times are drawn here.
 */
export class ClosedLoopSource implements ClosedSource {
  readonly kind = 'closed';
  inputTokens = 0;
  outputTokens = 0;

  /** @param maxOutputTokens answers are cut here; Infinity for no limit */
  constructor(
    readonly users: number,
    private readonly think: ThinkTime,
    private readonly input: LengthSampler,
    private readonly output: LengthSampler,
    private readonly maxOutputTokens: number,
    private readonly shared?: SharedPrefix | undefined,
  ) {}

  get prefix(): PrefixBlocks | undefined {
    return this.shared?.prefix;
  }

  draw(): void {
    this.inputTokens = this.input.next();
    this.outputTokens = Math.min(this.output.next(), this.maxOutputTokens);
    this.shared?.draw(this.inputTokens);
  }

  thinkSeconds(): number {
    return this.think.next();
  }
}
