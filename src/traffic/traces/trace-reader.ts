/**
 * A recorded demand, read row by row without holding the file. Rows come in order of time; a row that is broken ends in
 * InputError, and so does a trace without a single request.
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
}

/** What a first pass over a trace tells. */
export interface TraceSummary {
  requests: number;
  /** From the first request to the last. */
  spanSeconds: number;
  longestOutputTokens: number;
}

/**
 * Reads a trace to its end. Whatever is broken in it comes to light here, before anything is simulated.
 *
 * @example
 * const { requests, spanSeconds } = summarizeTrace(new AzureTraceReader(openFile('code.csv'), 'code.csv'));
 * const requestsPerSecond = (requests - 1) / spanSeconds;
 */
export function summarizeTrace(reader: TraceReader): TraceSummary {
  const summary: TraceSummary = { requests: 0, spanSeconds: 0, longestOutputTokens: 0 };
  while (reader.next()) {
    summary.requests += 1;
    summary.spanSeconds = reader.seconds;
    if (reader.outputTokens > summary.longestOutputTokens) summary.longestOutputTokens = reader.outputTokens;
  }
  return summary;
}
