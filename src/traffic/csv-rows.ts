import { InputError } from '../scenario/input-error.js';
import { shorten, splitCsvLine } from './csv-column.js';
import { LineReader } from './lines.js';

/**
 * Rows of a CSV file with a header line, one at a time. Fields may stand in quotes; blank lines are skipped.
 *
 * @example
 * const rows = new CsvRows(['time,rate\n0,1\n60,3\n'], 'curve.csv');
 * const [time, rate] = rows.columns(['time', 'rate']);
 * while (rows.next()) console.log(rows.fields[time], rows.fields[rate]); // '0' '1', '60' '3'
 */
export class CsvRows {
  fields: readonly string[] = [];
  private readonly lines: LineReader;
  private readonly header: readonly string[];

  /** @throws InputError where the file has no header */
  constructor(chunks: Iterable<string>, file: string) {
    this.lines = new LineReader(chunks, file);
    const header = this.lines.nextFilled() ? splitCsvLine(this.lines.line) : undefined;
    if (header === undefined) throw new InputError({ message: 'the file is empty or its header is broken', file });
    this.header = header.map((name) => name.trim());
  }

  /** Number of the present line, counted from 1. */
  get line(): number {
    return this.lines.number;
  }

  /** Indices of columns by their names in the header. */
  columns(names: readonly string[]): number[] {
    return names.map((name) => {
      const index = this.header.indexOf(name);
      if (index >= 0) return index;
      throw new InputError({
        message: 'no such column',
        found: shorten(name),
        allowed: this.header.join(', '),
        file: this.lines.file,
        line: 1,
      });
    });
  }

  /** Moves to the next row; false at the end. */
  next(): boolean {
    if (!this.lines.nextFilled()) return false;
    const fields = splitCsvLine(this.lines.line);
    if (fields === undefined) this.fail('a quote is never closed', shorten(this.lines.line));
    if (fields.length !== this.header.length) {
      this.fail('wrong number of columns', String(fields.length), String(this.header.length));
    }
    this.fields = fields;
    return true;
  }

  /** Refuses the present line. */
  fail(message: string, found: string, allowed?: string, hint?: string): never {
    throw new InputError({
      message,
      found,
      file: this.lines.file,
      line: this.lines.number,
      ...(allowed === undefined ? {} : { allowed }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
