import { shorten } from '../csv-column.js';
import { RowReader } from './row-reader.js';
import { TimestampParser } from './timestamp.js';

const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';

/**
 * Azure LLM inference traces: CSV with the columns TIMESTAMP, ContextTokens, GeneratedTokens, in the form of 2023
 * (`2023-11-16 18:17:03.9799600,4808,10`) and of 2024 (`2024-05-10 00:00:00.009930+00:00,2162,5`).
 *
 * Source: Azure Public Dataset, https://github.com/Azure/AzurePublicDataset, CC-BY-4.0. 2023: P. Patel et al., "Splitwise:
 * Efficient Generative LLM Inference Using Phase Splitting", ISCA 2024. 2024: J. Stojkovic et al., "DynamoLLM: Designing LLM
 * Inference Clusters for Performance and Energy Efficiency", HPCA 2025.
 *
 * @example
 * const trace = new AzureTraceReader(openFile('code.csv'), 'code.csv');
 * while (trace.next()) console.log(trace.seconds, trace.inputTokens, trace.outputTokens);
 */
export class AzureTraceReader extends RowReader {
  private readonly time = new TimestampParser();
  private startWholeSeconds = 0;
  private startNanoseconds = 0;

  /** Whether a file begins like one of these. */
  static recognises(firstLine: string): boolean {
    return firstLine === header;
  }

  protected override readHeader(): void {
    if (!this.lines.next()) this.end();
    if (this.lines.line !== header) {
      this.failHeader('not the header of an Azure trace', shorten(this.lines.line), header);
    }
  }

  protected override readRow(line: string): boolean {
    const comma = line.indexOf(',');
    const secondComma = line.indexOf(',', comma + 1);
    if (comma < 0 || secondComma === comma || line.indexOf(',', secondComma + 1) >= 0) {
      this.fail('wrong number of columns', String(line.split(',').length), '3');
    }
    const { time } = this;
    if (!time.parse(line, comma)) {
      this.fail(
        'not a time',
        shorten(this.timeText(line)),
        'such as 2023-11-16 18:17:03.9799600, with or without a zone',
      );
    }
    if (this.rows === 0) {
      this.startWholeSeconds = time.wholeSeconds;
      this.startNanoseconds = time.nanoseconds;
    }
    // Whole nanoseconds are exact over 104 days, so the 100 ns digits survive; absolute seconds would keep 240 ns.
    const nanoseconds = (time.wholeSeconds - this.startWholeSeconds) * 1e9 + (time.nanoseconds - this.startNanoseconds);
    this.seconds = nanoseconds / 1e9;
    this.inputTokens = this.tokensIn('ContextTokens', line, comma + 1, secondComma);
    this.outputTokens = this.tokensIn('GeneratedTokens', line, secondComma + 1, line.length);
    return true;
  }

  protected override timeText(line: string): string {
    return line.slice(0, line.indexOf(','));
  }
}
