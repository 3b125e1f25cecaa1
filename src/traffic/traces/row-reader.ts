import { InputError, type InputProblem } from '../../scenario/input-error.js';
import { shorten } from '../csv-column.js';
import { LineReader } from '../lines.js';
import type { PrefixBlocks, SkippedLines, TraceReader } from './trace-reader.js';

/** A line that is wrong in itself; what is wrong with the file as a whole is a plain InputError and never skipped. */
class BadLine extends InputError {}

/** One prompt or answer; more is a mistake in the file. */
const MOST_TOKENS = 1e9;

/** Where a line is no mistake but stands for something else, such as a request that failed. */
export const LEFT_OUT = 'such lines are left out by skipBadLines (--skip-bad-lines of trace describe)';

export interface RowReaderOptions {
  /** Leave broken lines out and count them. */
  skipBadLines?: boolean;
}

/**
 * What the readers of all line-based formats share: blank lines, order of time, broken lines, the empty file.
 *
 * Rows must be sorted by time, as published files are: a stream cannot be sorted, and rows out of order are more often two
 * files glued together than meant. A row with 0 tokens is broken too, neither skipped unasked nor made 1: what a request
 * without a prompt or an answer stands for is for the user to say.
 */
export abstract class RowReader implements TraceReader {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly prefix: PrefixBlocks | undefined = undefined;
  readonly skipped: SkippedLines = { count: 0, first: undefined };
  /** Requests read so far. */
  protected rows = 0;
  protected readonly lines: LineReader;
  private readonly skipBadLines: boolean;

  constructor(chunks: Iterable<string>, file: string, { skipBadLines = false }: RowReaderOptions = {}) {
    this.lines = new LineReader(chunks, file);
    this.skipBadLines = skipBadLines;
  }

  next(): boolean {
    if (this.lines.number === 0) this.readHeader();
    for (;;) {
      if (!this.lines.nextFilled()) return this.end();
      if (this.skipBadLines ? this.tryRow() : this.readInOrder()) {
        this.rows += 1;
        return true;
      }
    }
  }

  /** Reads what stands before the first row; formats without a header leave it. */
  protected readHeader(): void {}

  /**
   * Reads one line into the fields; false where it holds no request of the trace. `seconds` counts from the first row,
   * which is the one for which `rows` is 0.
   */
  protected abstract readRow(line: string): boolean;

  /** The time as the line writes it, for messages. */
  protected abstract timeText(line: string): string;

  /** Whether rows come in order of time. */
  protected get sorted(): boolean {
    return true;
  }

  private readInOrder(): boolean {
    const last = this.seconds;
    if (!this.readRow(this.lines.line)) return false;
    if (this.seconds < last && this.sorted && this.rows > 0) {
      const found = shorten(this.timeText(this.lines.line));
      this.fail('earlier than the row before', found, 'rows in order of time', 'sort the file');
    }
    return true;
  }

  private tryRow(): boolean {
    const last = this.seconds;
    try {
      return this.readInOrder();
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      this.seconds = last;
      this.skipped.count += 1;
      this.skipped.first ??= error.problems[0];
      return false;
    }
  }

  /** A number of tokens as text from `start` to `end` of a line, without cutting it out. */
  protected tokensIn(column: string, line: string, start: number, end: number): number {
    let value = start < end ? 0 : Number.NaN;
    for (let i = start; i < end; i++) {
      const digit = line.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) value = Number.NaN;
      value = 10 * value + digit;
    }
    return this.tokens(column, value, line.slice(start, end));
  }

  /** A number of tokens, checked. */
  protected tokens(column: string, value: unknown, text: string): number {
    if (typeof value === 'number' && value >= 1 && value <= MOST_TOKENS && Number.isInteger(value)) return value;
    const hint = value === 0 ? LEFT_OUT : undefined;
    return this.fail(`${column} is no number of tokens`, shorten(text), 'a whole number from 1 to 1000000000', hint);
  }

  /** Refuses the present line. */
  protected fail(message: string, found: string, allowed: string, hint?: string): never {
    throw new BadLine({ ...this.place(message, found, allowed), ...(hint === undefined ? {} : { hint }) });
  }

  /** Refuses the file for its header. */
  protected failHeader(message: string, found: string, allowed: string): never {
    throw new InputError(this.place(message, found, allowed));
  }

  protected end(): false {
    if (this.rows > 0) return false;
    const { count, first } = this.skipped;
    throw new InputError({
      message: count === 0 ? 'the trace holds no request' : `the trace holds no request: all ${count} lines are broken`,
      file: this.lines.file,
      ...(first === undefined ? {} : { hint: `the first is line ${first.line}: ${first.message}` }),
    });
  }

  private place(message: string, found: string, allowed: string): InputProblem {
    const { file, number: line } = this.lines;
    return { message, found, allowed, file, line };
  }
}
