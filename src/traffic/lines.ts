import { InputError } from '../scenario/input-error.js';

/**
 * Opens a text file as chunks of any size, throwing InputError where there is none. A path may be opened several times, and
 * a reader may stop in the middle for good (a run can end before its trace): hold no handle open between two chunks.
 */
export type OpenFile = (path: string) => Iterable<string>;

/** Nothing read here has lines like that; a file without line ends must not be gathered into one string. */
const longestLine = 1_000_000;

const BLANK = /^\s*$/;

/**
 * Lines of a text that comes in chunks, one at a time, without holding the text. Line ends are LF or CRLF, the last one may
 * be missing, a byte order mark is dropped.
 *
 * @example
 * const reader = new LineReader(['a,b\r\n1', ',2'], 'lengths.csv');
 * while (reader.next()) console.log(reader.number, reader.line); // 1 'a,b', 2 '1,2'
 */
export class LineReader {
  /** The line that `next` moved to, without its end. */
  line = '';
  /** Its number, counted from 1. */
  number = 0;
  private readonly chunks: Iterator<string>;
  private chunk = '';
  private position = 0;
  private ended = false;

  constructor(
    chunks: Iterable<string>,
    readonly file: string,
  ) {
    this.chunks = chunks[Symbol.iterator]();
  }

  /** Moves to the next line; false at the end. */
  next(): boolean {
    let start = '';
    for (;;) {
      const end = this.chunk.indexOf('\n', this.position);
      if (end >= 0) {
        const rest = this.chunk.slice(this.position, end);
        this.position = end + 1;
        return this.accept(start === '' ? rest : start + rest);
      }
      start += this.chunk.slice(this.position);
      if (start.length > longestLine) {
        throw new InputError({
          message: `a line of more than ${longestLine} characters`,
          file: this.file,
          line: this.number + 1,
          hint: 'is this a text file?',
        });
      }
      if (!this.pull()) return start !== '' && this.accept(start);
    }
  }

  /** Moves to the next line that holds more than white space; false at the end. */
  nextFilled(): boolean {
    while (this.next()) if (!BLANK.test(this.line)) return true;
    return false;
  }

  private pull(): boolean {
    this.chunk = '';
    this.position = 0;
    if (this.ended) return false;
    const { done, value } = this.chunks.next();
    if (done === true) {
      this.ended = true;
      return false;
    }
    this.chunk = value;
    return true;
  }

  private accept(line: string): boolean {
    this.number += 1;
    const from = this.number === 1 && line.charCodeAt(0) === 0xfeff ? 1 : 0;
    const to = line.charCodeAt(line.length - 1) === 13 ? line.length - 1 : line.length;
    this.line = from === 0 && to === line.length ? line : line.slice(from, to);
    return true;
  }
}
