import { InputError } from '../../scenario/input-error.js';
import type { PrefixBlocks, SkippedLines, TraceReader } from './trace-reader.js';

/**
 * A part of a trace, its times counted from the start of the window.
 *
 * @example
 * const trace = new WindowReader(openTrace('azure', chunks, file), file, 600, 1200); // minutes 10 to 20
 */
export class WindowReader implements TraceReader {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly skipped: SkippedLines;
  lengthSeconds: number | undefined;
  private found = false;

  /**
   * @param fromSeconds start, belongs to the window
   * @param toSeconds end, does not
   */
  constructor(
    private readonly rows: TraceReader,
    private readonly file: string,
    private readonly fromSeconds: number,
    private readonly toSeconds: number,
  ) {
    this.skipped = rows.skipped;
  }

  get prefix(): PrefixBlocks | undefined {
    return this.rows.prefix;
  }

  next(): boolean {
    const { rows } = this;
    let last = 0;
    while (rows.next()) {
      last = rows.seconds;
      if (last < this.fromSeconds) continue;
      if (last >= this.toSeconds) {
        this.lengthSeconds = this.toSeconds - this.fromSeconds;
        break;
      }
      this.found = true;
      this.seconds = last - this.fromSeconds;
      this.inputTokens = rows.inputTokens;
      this.outputTokens = rows.outputTokens;
      return true;
    }
    if (this.found) return false;
    throw new InputError({
      message: `the window holds no request: from ${this.fromSeconds} s to ${this.toSeconds} s`,
      file: this.file,
      hint: `the last request before its end comes at ${last} s`,
    });
  }
}
