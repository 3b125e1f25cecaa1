import { shorten, splitCsvLine } from '../csv-column.js';
import { RowReader, type RowReaderOptions } from './row-reader.js';
import { TimestampParser } from './timestamp.js';

/** Which columns of a CSV file hold what. */
export interface TraceColumns {
  readonly time: string;
  readonly input: string;
  readonly output: string;
  /** Unit of the times; `date` is a time such as 2024-05-10 00:00:00.5. */
  readonly unit: 's' | 'ms' | 'us' | 'ns' | 'date';
}

const perSecond = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 } as const;

/** The columns of BurstGPT files, whatever else stands in them. */
export const burstGptColumns: TraceColumns = {
  time: 'Timestamp',
  input: 'Request tokens',
  output: 'Response tokens',
  unit: 's',
};

/**
 * Any CSV file with a header line and columns for time, prompt and answer lengths; with {@link burstGptColumns} those of
 * BurstGPT (times in whole seconds; failed requests have an answer of 0 tokens and count as broken lines).
 *
 * Source of BurstGPT: Y. Wang et al., "BurstGPT: A Real-World Workload Dataset to Optimize LLM Serving Systems", 2024,
 * https://github.com/HPMLL/BurstGPT, CC-BY-4.0.
 *
 * @example
 * const columns = { time: 't', input: 'prompt', output: 'answer', unit: 'ms' };
 * const trace = new CsvTraceReader(openFile('log.csv'), 'log.csv', columns);
 * while (trace.next()) console.log(trace.seconds, trace.inputTokens, trace.outputTokens);
 */
export class CsvTraceReader extends RowReader {
  private readonly parser = new TimestampParser();
  private width = 0;
  private timeAt = 0;
  private inputAt = 0;
  private outputAt = 0;
  private start = 0;
  private startNanoseconds = 0;

  constructor(
    chunks: Iterable<string>,
    file: string,
    private readonly columns: TraceColumns,
    options: RowReaderOptions = {},
  ) {
    super(chunks, file, options);
  }

  /** Whether a file has these columns. */
  static recognises(firstLine: string, { time, input, output }: TraceColumns): boolean {
    const names = splitCsvLine(firstLine)?.map((name) => name.trim()) ?? [];
    return [time, input, output].every((name) => names.includes(name));
  }

  protected override readHeader(): void {
    if (!this.lines.nextFilled()) this.end();
    const header = splitCsvLine(this.lines.line)?.map((name) => name.trim()) ?? [];
    const index = (name: string): number => {
      const found = header.indexOf(name);
      return found >= 0 ? found : this.failHeader('no such column', shorten(name), shorten(header.join(', ')));
    };
    this.width = header.length;
    this.timeAt = index(this.columns.time);
    this.inputAt = index(this.columns.input);
    this.outputAt = index(this.columns.output);
  }

  protected override readRow(line: string): boolean {
    const fields = splitCsvLine(line);
    if (fields?.length !== this.width) {
      const found = fields === undefined ? 'a quote that is never closed' : String(fields.length);
      return this.fail('wrong number of columns', found, String(this.width));
    }
    this.readTime(fields[this.timeAt].trim());
    this.inputTokens = this.readTokens(this.columns.input, fields[this.inputAt].trim());
    this.outputTokens = this.readTokens(this.columns.output, fields[this.outputAt].trim());
    return true;
  }

  protected override timeText(line: string): string {
    return splitCsvLine(line)?.[this.timeAt] ?? line;
  }

  private readTime(text: string): void {
    const { unit } = this.columns;
    if (unit === 'date') {
      const { parser } = this;
      if (!parser.parse(text, text.length)) this.fail('not a time', shorten(text), 'such as 2024-05-10 00:00:00.5');
      if (this.rows === 0) {
        this.start = parser.wholeSeconds;
        this.startNanoseconds = parser.nanoseconds;
      }
      this.seconds = parser.wholeSeconds - this.start + (parser.nanoseconds - this.startNanoseconds) / 1e9;
      return;
    }
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) this.fail('not a time', shorten(text), `a number (unit: ${unit})`);
    if (this.rows === 0) this.start = value;
    this.seconds = (value - this.start) / perSecond[unit];
  }

  private readTokens(column: string, text: string): number {
    return this.tokens(column, text === '' ? Number.NaN : Number(text), text);
  }
}
