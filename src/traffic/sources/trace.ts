import type { OpenSource } from '../demand.js';
import type { PrefixBlocks, TraceReader } from '../traces/trace-reader.js';

/**
 * The requests of a trace, once, with their time divided by `speedup`. Every gap shrinks by the same factor: the shape of
 * the bursts, and with it the CV of the gaps, stays.
 */
export class TraceSource implements OpenSource {
  readonly kind = 'open';
  arrivalSeconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly prefix: PrefixBlocks | undefined;
  /** Answers so far, those of them that were cut, and the tokens they lost. */
  answers = 0;
  cutAnswers = 0;
  cutTokens = 0;
  private answerTokens = 0;

  /**
   * @param speedup above 0; 2 doubles the rate
   * @param maxOutputTokens answers are cut here; Infinity for no limit
   */
  constructor(
    private readonly trace: TraceReader,
    private readonly speedup: number,
    private readonly maxOutputTokens: number,
  ) {
    this.prefix = trace.prefix;
  }

  next(): boolean {
    if (!this.trace.next()) return false;
    this.arrivalSeconds = this.trace.seconds / this.speedup;
    this.inputTokens = this.trace.inputTokens;
    const { outputTokens } = this.trace;
    this.outputTokens = Math.min(outputTokens, this.maxOutputTokens);
    this.answers += 1;
    this.answerTokens += outputTokens;
    if (outputTokens > this.maxOutputTokens) {
      this.cutAnswers += 1;
      this.cutTokens += outputTokens - this.maxOutputTokens;
    }
    return true;
  }

  /** Mean answer of the trace, tokens, before any is cut. */
  get meanAnswerTokens(): number {
    return this.answerTokens / this.answers;
  }
}
