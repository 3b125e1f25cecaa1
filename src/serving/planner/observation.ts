/** What a planner can know of a pool: counters and gauges that a real fleet exports. True lengths are not among them. */
export interface Observation {
  nowSeconds: number;
  /** Seconds since the last look. */
  intervalSeconds: number;
  /** Replicas that serve, but for those that help the other side of a disaggregated fleet. */
  active: number;
  /** Replicas that serve or load their model. */
  present: number;
  /** Requests that wait for this pool. */
  queued: number;
  /** Requests that decode, over all active replicas. */
  decoding: number;
  /** Share of KV blocks in use, mean over the active replicas. */
  kvUse: number;
  /** Requests that came to the fleet in the interval, their mean prompt, and the mean answer of those that ended. */
  arrived: number;
  inputTokens: number;
  outputTokens: number;
  /** Means over the requests that ended in the interval, seconds; NaN where none did. */
  ttftSeconds: number;
  tpotSeconds: number;
}

/** Counts what the front end sees between two looks of the planner. */
export class FrontCounters {
  arrived = 0;
  ttftSeconds = Number.NaN;
  tpotSeconds = Number.NaN;
  /** Mean lengths; those of the last interval that had any. */
  inputTokens = Number.NaN;
  outputTokens = Number.NaN;
  private requests = 0;
  private prompts = 0;
  private ended = 0;
  private answers = 0;
  private ttft = 0;
  private tpot = 0;
  private gaps = 0;

  arrive(inputTokens: number): void {
    this.requests++;
    this.prompts += inputTokens;
  }

  /** A request ended with `outputTokens`; its user saw `seconds` of answer after the first token. */
  complete(ttftSeconds: number, seconds: number, outputTokens: number): void {
    this.ended++;
    this.answers += outputTokens;
    this.ttft += ttftSeconds;
    this.tpot += seconds;
    this.gaps += outputTokens - 1;
  }

  /** The interval ends: its figures stand in the fields until the next one does. */
  look(): void {
    this.arrived = this.requests;
    if (this.requests > 0) this.inputTokens = this.prompts / this.requests;
    if (this.ended > 0) this.outputTokens = this.answers / this.ended;
    this.ttftSeconds = this.ttft / this.ended;
    this.tpotSeconds = this.tpot / this.gaps;
    this.requests = 0;
    this.prompts = 0;
    this.ended = 0;
    this.answers = 0;
    this.ttft = 0;
    this.tpot = 0;
    this.gaps = 0;
  }
}
