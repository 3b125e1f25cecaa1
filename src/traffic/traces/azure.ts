import { shorten, splitCsvLine } from '../csv-column.js';
import { RowReader } from './row-reader.js';
import { TimestampParser } from './timestamp.js';

const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';
const names = header.split(',');

/** Places of the columns in a header that is not the published one to the letter; undefined where one is missing. */
function placesIn(line: string): number[] | undefined {
  const found = splitCsvLine(line)?.map((name) => name.trim().toLowerCase()) ?? [];
  const places = names.map((name) => found.indexOf(name.toLowerCase()));
  return places.includes(-1) ? undefined : places;
}

/**
 * Azure LLM inference traces: CSV with the columns TIMESTAMP, ContextTokens, GeneratedTokens, in the form of 2023
 * (`2023-11-16 18:17:03.9799600,4808,10`) and of 2024 (`2024-05-10 00:00:00.009930+00:00,2162,5`). Copies that went through
 * other tools are read too: names in quotes or other capitals, columns in another order or beside others.
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
  /** Where the header is not the published one: number of columns, and which of them are read. */
  private other: { width: number; places: readonly number[] } | undefined;

  /** Whether a file begins like one of these. */
  static recognises(firstLine: string): boolean {
    return firstLine === header || placesIn(firstLine) !== undefined;
  }

  protected override readHeader(): void {
    if (!this.lines.nextFilled()) this.end();
    const { line } = this.lines;
    if (line === header) return;
    const places = placesIn(line) ?? this.failHeader('not the header of an Azure trace', shorten(line), header);
    this.other = { width: splitCsvLine(line)?.length ?? 0, places };
  }

  protected override readRow(line: string): boolean {
    if (this.other !== undefined) return this.readOther(line, this.other.width, this.other.places);
    const comma = line.indexOf(',');
    const secondComma = line.indexOf(',', comma + 1);
    if (comma < 0 || secondComma === comma || line.indexOf(',', secondComma + 1) >= 0) {
      this.fail('wrong number of columns', String(line.split(',').length), '3');
    }
    this.readTime(line, comma);
    this.inputTokens = this.tokensIn(names[1], line, comma + 1, secondComma);
    this.outputTokens = this.tokensIn(names[2], line, secondComma + 1, line.length);
    return true;
  }

  protected override timeText(line: string): string {
    const at = this.other?.places[0];
    return at === undefined ? line.slice(0, line.indexOf(',')) : (splitCsvLine(line)?.[at]?.trim() ?? line);
  }

  private readOther(line: string, width: number, [timeAt, inputAt, outputAt]: readonly number[]): boolean {
    const fields = splitCsvLine(line);
    if (fields?.length !== width) {
      const found = fields === undefined ? 'a quote that is never closed' : String(fields.length);
      return this.fail('wrong number of columns', found, String(width));
    }
    const [time, input, output] = [fields[timeAt].trim(), fields[inputAt].trim(), fields[outputAt].trim()];
    this.readTime(time, time.length);
    this.inputTokens = this.tokensIn(names[1], input, 0, input.length);
    this.outputTokens = this.tokensIn(names[2], output, 0, output.length);
    return true;
  }

  /** Reads the time that `text` holds up to `end` into `seconds`. */
  private readTime(text: string, end: number): void {
    const { time } = this;
    if (!time.parse(text, end)) {
      const found = shorten(text.slice(0, end));
      this.fail('not a time', found, 'such as 2023-11-16 18:17:03.9799600, with or without a zone');
    }
    if (this.rows === 0) {
      this.startWholeSeconds = time.wholeSeconds;
      this.startNanoseconds = time.nanoseconds;
    }
    // Whole nanoseconds are exact over 104 days, so the 100 ns digits survive; absolute seconds would keep 240 ns.
    const nanoseconds = (time.wholeSeconds - this.startWholeSeconds) * 1e9 + (time.nanoseconds - this.startNanoseconds);
    this.seconds = nanoseconds / 1e9;
  }
}
