import { shorten } from '../csv-column.js';
import { at, isMapping, parseJson } from './json-line.js';
import { LEFT_OUT, RowReader } from './row-reader.js';

/**
 * The records of an AIPerf run (`profile_export.jsonl`): one JSON object a line, of which `metadata.request_start_ns` and the
 * values of `metrics.input_sequence_length` and `metrics.output_sequence_length` are read. Requests of the warm-up phase are
 * left out; one that failed has no lengths and counts as a broken line.
 *
 * Records are written as requests end, so they are not in order of time: {@link SortedReader} puts them right.
 *
 * Source: AIPerf documentation, "Working with Profile Export Files", https://github.com/ai-dynamo/aiperf.
 *
 * @example
 * const trace = new SortedReader(new AiperfTraceReader(openFile('profile_export.jsonl'), 'profile_export.jsonl'));
 * while (trace.next()) console.log(trace.seconds, trace.inputTokens, trace.outputTokens);
 */
export class AiperfTraceReader extends RowReader {
  private startNs = 0;

  /** Whether a file begins like one of these. */
  static recognises(firstLine: string): boolean {
    return at(parseJson(firstLine), 'metadata', 'request_start_ns') !== undefined;
  }

  protected override get sorted(): boolean {
    return false;
  }

  protected override readRow(line: string): boolean {
    const row = parseJson(line);
    if (!isMapping(row)) this.fail('not a JSON object', shorten(line), 'a record of profile_export.jsonl');
    if (at(row, 'metadata', 'benchmark_phase') === 'warmup') return false;
    if (row.error !== undefined && row.error !== null) {
      const reason = shorten(String(at(row, 'error', 'message') ?? 'error'));
      this.fail('the request failed', reason, 'a request that ended', LEFT_OUT);
    }
    const start = at(row, 'metadata', 'request_start_ns');
    if (typeof start !== 'number' || !(start >= 0)) {
      this.fail('metadata.request_start_ns is no time', shorten(String(start)), 'nanoseconds, at least 0');
    }
    if (this.rows === 0) this.startNs = start;
    this.seconds = (start - this.startNs) / 1e9;
    this.inputTokens = this.length(row, 'input_sequence_length');
    this.outputTokens = this.length(row, 'output_sequence_length');
    return true;
  }

  protected override timeText(line: string): string {
    return String(at(parseJson(line), 'metadata', 'request_start_ns'));
  }

  private length(row: Record<string, unknown>, metric: string): number {
    const value = at(row, 'metrics', metric, 'value');
    return this.tokens(`metrics.${metric}`, value, String(value));
  }
}
