import { InputError } from '../../scenario/input-error.js';
import { shorten } from '../csv-column.js';
import { LineReader } from '../lines.js';
import { TimestampParser } from './timestamp.js';
import type { TraceReader } from './trace-reader.js';

const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';

/**
 * Azure LLM inference traces: CSV with the columns TIMESTAMP, ContextTokens, GeneratedTokens, in the form of 2023
 * (`2023-11-16 18:17:03.9799600,4808,10`) and of 2024 (`2024-05-10 00:00:00.009930+00:00,2162,5`).
 *
 * Rows must be sorted by time, as the published files are: a stream cannot be sorted, and rows out of order are more often
 * two files glued together than meant. A row with 0 tokens is an error too, neither skipped nor made 1: what a request
 * without a prompt or an answer stands for is for the user to say. Blank lines are skipped.
 *
 * Source: Azure Public Dataset, https://github.com/Azure/AzurePublicDataset, CC-BY-4.0. 2023: P. Patel et al., "Splitwise:
 * Efficient Generative LLM Inference Using Phase Splitting", ISCA 2024. 2024: J. Stojkovic et al., "DynamoLLM: Designing LLM
 * Inference Clusters for Performance and Energy Efficiency", HPCA 2025.
 *
 * @example
 * const trace = new AzureTraceReader(openFile('code.csv'), 'code.csv');
 * while (trace.next()) console.log(trace.seconds, trace.inputTokens, trace.outputTokens);
 */
export class AzureTraceReader implements TraceReader {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  private readonly lines: LineReader;
  private readonly time = new TimestampParser();
  private rows = 0;
  private startWholeSeconds = 0;
  private startNanoseconds = 0;

  constructor(chunks: Iterable<string>, file: string) {
    this.lines = new LineReader(chunks, file);
  }

  next(): boolean {
    if (this.lines.number === 0) this.readHeader();
    do {
      if (!this.lines.next()) return this.end();
    } while (this.lines.line === '');

    const line = this.lines.line;
    const comma = line.indexOf(',');
    const secondComma = line.indexOf(',', comma + 1);
    if (comma < 0 || secondComma === comma || line.indexOf(',', secondComma + 1) >= 0) {
      this.fail('wrong number of columns', String(line.split(',').length), '3');
    }
    this.readTime(line, comma);
    this.inputTokens = this.readTokens('ContextTokens', line, comma + 1, secondComma);
    this.outputTokens = this.readTokens('GeneratedTokens', line, secondComma + 1, line.length);
    this.rows += 1;
    return true;
  }

  private readHeader(): void {
    if (!this.lines.next()) this.end();
    if (this.lines.line !== header) this.fail('not the header of an Azure trace', shorten(this.lines.line), header);
  }

  private readTime(line: string, end: number): void {
    const { time } = this;
    const lastWholeSeconds = time.wholeSeconds;
    const lastNanoseconds = time.nanoseconds;
    if (!time.parse(line, end)) {
      this.fail(
        'not a time',
        shorten(line.slice(0, end)),
        'such as 2023-11-16 18:17:03.9799600, with or without a zone',
      );
    }
    if (this.rows === 0) {
      this.startWholeSeconds = time.wholeSeconds;
      this.startNanoseconds = time.nanoseconds;
    } else if (
      time.wholeSeconds < lastWholeSeconds ||
      (time.wholeSeconds === lastWholeSeconds && time.nanoseconds < lastNanoseconds)
    ) {
      this.fail('earlier than the row before', shorten(line.slice(0, end)), 'rows in order of time', 'sort the file');
    }
    // Whole nanoseconds are exact over 104 days, so the 100 ns digits survive; absolute seconds would keep 240 ns.
    const nanoseconds = (time.wholeSeconds - this.startWholeSeconds) * 1e9 + (time.nanoseconds - this.startNanoseconds);
    this.seconds = nanoseconds / 1e9;
  }

  private readTokens(column: string, line: string, start: number, end: number): number {
    let value = 0;
    for (let i = start; i < end; i++) {
      const digit = line.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) value = Number.NaN;
      value = 10 * value + digit;
    }
    if (!(value >= 1 && value <= 1e9)) {
      this.fail(
        `${column} is no number of tokens`,
        shorten(line.slice(start, end)),
        'a whole number from 1 to 1000000000',
      );
    }
    return value;
  }

  private end(): false {
    if (this.rows === 0) throw new InputError({ message: 'the trace holds no request', file: this.lines.file });
    return false;
  }

  private fail(message: string, found: string, allowed: string, hint?: string): never {
    const { file, number: line } = this.lines;
    throw new InputError({ message, found, allowed, file, line, ...(hint === undefined ? {} : { hint }) });
  }
}
