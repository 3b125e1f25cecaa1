import type { Histogram } from './histogram.js';

/** Distribution of one latency, milliseconds; null where nothing was observed. */
export interface LatencySummary {
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

/** Mean, quantiles and maximum of a histogram of seconds, in milliseconds. */
export function summarizeLatency(seconds: Histogram): LatencySummary {
  const [p50, p90, p95, p99] = seconds.quantiles([0.5, 0.9, 0.95, 0.99]);
  return {
    mean: toMs(seconds.mean),
    p50: toMs(p50),
    p90: toMs(p90),
    p95: toMs(p95),
    p99: toMs(p99),
    max: seconds.count === 0 ? null : seconds.max * 1000,
  };
}

function toMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
