import type { Random } from '../../engine/random.js';
import type { PrefixBlocks, SkippedLines, TraceReader } from './trace-reader.js';

/**
 * A trace of which every request is kept with the same chance: the demand of a share of its users, if users act on their own.
 * The index of dispersion of counts goes from I to 1 + share * (I - 1).
 *
 * Source: D. J. Daley and D. Vere-Jones, "An Introduction to the Theory of Point Processes", vol. 2, 2008, 11.3 (thinning).
 *
 * @example
 * const half = new ThinnedReader(trace, 0.5, randomStream(42, 0, 'thinning/code'));
 */
export class ThinnedReader implements TraceReader {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly skipped: SkippedLines;

  constructor(
    private readonly rows: TraceReader,
    private readonly share: number,
    private readonly random: Random,
  ) {
    this.skipped = rows.skipped;
  }

  get prefix(): PrefixBlocks | undefined {
    return this.rows.prefix;
  }

  next(): boolean {
    const { rows } = this;
    while (rows.next()) {
      if (this.random() >= this.share) continue;
      this.seconds = rows.seconds;
      this.inputTokens = rows.inputTokens;
      this.outputTokens = rows.outputTokens;
      return true;
    }
    return false;
  }
}
