import type { InputProblem } from '../../scenario/input-error.js';
import { Ticks } from './ticks.js';

/**
 * What a prompt begins with: one number per block of tokens, equal for equal blocks behind equal beginnings. The memory is
 * used again for the next request: whoever keeps something copies it.
 */
export interface PrefixBlocks {
  /** Only the first `count` entries belong to the request. */
  ids: Int32Array;
  count: number;
  /** Tokens that a block stands for; the last one of a prompt may hold fewer. */
  readonly tokensPerBlock: number;
}

/** Lines that a reader was told to leave out. */
export interface SkippedLines {
  count: number;
  /** What was wrong with the first one. */
  first: InputProblem | undefined;
}

/**
 * A recorded demand, read row by row without holding the file. Rows come in order of time; a row that is broken ends in
 * InputError (or is left out and counted), and so does a trace without a single request.
 */
export interface TraceReader {
  /** Moves to the next request and fills in the fields below; false at the end. */
  next(): boolean;
  /** Arrival, seconds since the first request of the trace (whose own is 0). */
  seconds: number;
  /** Whole, at least 1. */
  inputTokens: number;
  /** Whole, at least 1. */
  outputTokens: number;
  /** Undefined where the trace does not know what prompts have in common. */
  readonly prefix: PrefixBlocks | undefined;
  readonly skipped: SkippedLines;
  /** Of a part that was cut from a trace: its length, known at its end. Undefined where the trace ends with its last row. */
  readonly lengthSeconds?: number | undefined;
}

/** What a first pass over a trace tells. */
export interface TraceSummary {
  requests: number;
  /** From the first request to the last. */
  spanSeconds: number;
  /** Time after which it would begin again: its length, or up to its last request and one mean gap (or tick) more. */
  periodSeconds: number;
  longestOutputTokens: number;
  /** See {@link Ticks}. */
  tickSeconds: number;
  skipped: SkippedLines;
}

/**
 * Reads a trace to its end. Whatever is broken in it comes to light here, before anything is simulated.
 *
 * @example
 * const { requests, spanSeconds } = summarizeTrace(new AzureTraceReader(openFile('code.csv'), 'code.csv'));
 * const requestsPerSecond = (requests - 1) / spanSeconds;
 */
export function summarizeTrace(reader: TraceReader): TraceSummary {
  const ticks = new Ticks();
  const summary: TraceSummary = {
    requests: 0,
    spanSeconds: 0,
    periodSeconds: 0,
    longestOutputTokens: 0,
    tickSeconds: 0,
    skipped: reader.skipped,
  };
  let first = 0;
  while (reader.next()) {
    if (summary.requests === 0) first = reader.seconds;
    summary.requests += 1;
    summary.spanSeconds = reader.seconds - first;
    if (reader.outputTokens > summary.longestOutputTokens) summary.longestOutputTokens = reader.outputTokens;
    ticks.add(reader.seconds);
  }
  const { requests, spanSeconds } = summary;
  summary.tickSeconds = ticks.seconds;
  const gap = ticks.seconds > 0 ? ticks.seconds : requests > 1 ? spanSeconds / (requests - 1) : 0;
  summary.periodSeconds = reader.lengthSeconds ?? first + spanSeconds + gap;
  return summary;
}
