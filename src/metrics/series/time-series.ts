/** Requests of one class by interval. */
export interface ClassSeries {
  arrived: number[];
  good: number[];
  /** good / arrived; null where nothing arrived. */
  attainment: (number | null)[];
}

/** Median and tail of a latency by interval, milliseconds; null where there is nothing. */
export interface LatencySeries {
  p50: (number | null)[];
  p99: (number | null)[];
}

/**
 * What happened when, in columns: entry `k` of each is about the time from `edges[k]` to `edges[k + 1]`. Together the
 * intervals are the measured window, so that counts add up to those of the summary.
 *
 * Requests count where they *arrived* in `arrived`, `good`, `attainment`, `goodput` and the latencies (over completed
 * requests); where it happened in all else. Figures have six digits, quantiles are known to 1 %.
 */
export interface TimeSeries {
  /** Length of an interval, seconds; the last one may be half as long or half as long again. */
  intervalSeconds: number;
  /** Seconds since the start of the run; one more than there are intervals. */
  edges: number[];
  arrived: number[];
  /** Answers that ended. */
  completed: number[];
  rejected: number[];
  cancelled: number[];
  failed: number[];
  preemptions: number[];
  /** Requests that arrived here and held every SLO term in the end. */
  good: number[];
  /** good / arrived; null where nothing arrived. */
  attainment: (number | null)[];
  goodput: {
    requestsPerSecond: number[];
    outputTokensPerSecond: number[];
  };
  throughput: {
    requestsPerSecond: number[];
    outputTokensPerSecond: number[];
  };
  ttftMs: LatencySeries;
  tpotMs: LatencySeries;
  /** Mean number of requests that wait to be admitted. */
  queueLength: number[];
  /** Mean number of requests that are computed or on their way between instances. */
  running: number[];
  /** Share of the KV cache in use, mean. */
  kvCache: number[];
  /** Share of the provisioned GPU time that was busy. */
  gpuBusy: number[];
  /** GPUs provisioned, mean; of them, those that start up and those that are broken. */
  gpus: number[];
  gpusStarting: number[];
  gpusBroken: number[];
  byClass: Record<string, ClassSeries>;
}
