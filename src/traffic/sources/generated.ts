import type { ArrivalProcess } from '../arrivals/arrival-process.js';
import type { LengthSampler, OpenSource } from '../demand.js';

import type { SharedPrefix } from '../shared-prefix.js';
import type { PrefixBlocks } from '../traces/trace-reader.js';

/** Requests without end from an arrival process and two length distributions, each with a random stream of its own. */
export class GeneratedSource implements OpenSource {
  readonly kind = 'open';
  arrivalSeconds = 0;
  inputTokens = 0;
  outputTokens = 0;

  /** @param maxOutputTokens answers are cut here; Infinity for no limit */
  constructor(
    private readonly arrivals: ArrivalProcess,
    private readonly input: LengthSampler,
    private readonly output: LengthSampler,
    private readonly maxOutputTokens: number,
    private readonly shared?: SharedPrefix | undefined,
  ) {}

  get prefix(): PrefixBlocks | undefined {
    return this.shared?.prefix;
  }

  next(): boolean {
    this.arrivalSeconds = this.arrivals.next();
    this.inputTokens = this.input.next();
    this.outputTokens = Math.min(this.output.next(), this.maxOutputTokens);
    this.shared?.draw(this.inputTokens);
    return true;
  }
}
