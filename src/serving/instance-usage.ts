import { tokenSeconds } from './run.js';

/** What keeps requests in the queue of an instance: KV memory, a place in the batch, or the token budget of the step. */
export const WAITING_FOR = { nothing: 0, memory: 1, place: 2, budget: 3 } as const;

/** The run that has just ended, as far as usage depends on it. */
interface Run {
  readonly runStart: number;
  readonly runSteps: number;
  readonly runFirst: number;
  readonly runIncrement: number;
  readonly runDecoding: number;
  /** Seconds that a step with prompts would take without them. */
  readonly runDecodeSeconds: number;
}

/** How an instance spent its time inside the measured window; all in seconds, or something times seconds. */
export class InstanceUsage {
  busySeconds = 0;
  /** Of steps that carry prompts. */
  prefillSeconds = 0;
  /** Of those steps, what the prompts add to them. */
  prefillWorkSeconds = 0;
  /** Decoding sequences x seconds. */
  batchSeconds = 0;
  /** KV tokens x seconds. */
  kvTokenSeconds = 0;
  /** Seconds in which requests waited, by what they waited for ({@link WAITING_FOR}). */
  readonly blockedSeconds = new Float64Array(4);
  /** What the requests that wait now are waiting for. */
  blockedBy: number = WAITING_FOR.nothing;
  steps = 0;

  constructor(private readonly windowStart: number) {}

  addBusy(fromSeconds: number, toSeconds: number): void {
    const seconds = toSeconds - Math.max(fromSeconds, this.windowStart);
    if (seconds > 0) this.busySeconds += seconds;
  }

  /**
   * Books a run that ends at `now`, leaving out its first `skipped` steps.
   *
   * @param kvTokens tokens of KV cache in use at its start
   * @param kvTokensPerStep by how many they grow with each step
   */
  addRun(
    run: Run,
    now: number,
    skipped: number,
    kvTokens: number,
    kvTokensPerStep: number,
    prefillTokens: number,
  ): void {
    this.steps += run.runSteps;
    const seconds = now - Math.max(run.runStart, this.windowStart);
    if (seconds <= 0) return;
    this.busySeconds += seconds;
    if (prefillTokens > 0) {
      this.prefillSeconds += seconds;
      this.prefillWorkSeconds += seconds * (1 - Math.min(1, run.runDecodeSeconds / run.runFirst));
    }
    this.batchSeconds += run.runDecoding * seconds;
    this.blockedSeconds[this.blockedBy] += seconds;
    const { runFirst, runIncrement, runSteps } = run;
    this.kvTokenSeconds += tokenSeconds(runFirst, runIncrement, kvTokens, kvTokensPerStep, runSteps);
    if (skipped > 0) {
      this.kvTokenSeconds -= tokenSeconds(runFirst, runIncrement, kvTokens, kvTokensPerStep, skipped);
    }
  }
}
