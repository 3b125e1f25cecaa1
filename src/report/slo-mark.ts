import type { LatencySummary } from '../metrics/latency.js';
import type { Slo } from '../scenario/schema.js';
import { latencyLimit } from './format.js';
import type { Cell } from './layout.js';

/** Latencies that an SLO may limit: key of the result, key of the SLO, name in reports. */
export const SLO_TERMS = [
  { latency: 'ttftMs', slo: 'ttft', name: 'TTFT' },
  { latency: 'tpotMs', slo: 'tpot', name: 'TPOT' },
  { latency: 'e2eMs', slo: 'e2e', name: 'E2E' },
] as const satisfies readonly { latency: string; slo: keyof Slo; name: string }[];

const QUANTILES = ['max', 'p99', 'p95', 'p90', 'p50'] as const;

/**
 * Up to which quantile a latency stays within a limit: a pass when the 99th percentile does.
 *
 * @example sloMark(summary.ttftMs, 2) // { text: '✓ p99', tone: 'good' }
 */
export function sloMark(latency: LatencySummary, limitSeconds: number): Cell {
  if (latency.p99 === null) return { text: '' };
  const held = QUANTILES.find((quantile) => within(latency[quantile], limitSeconds));
  if (held === 'max') return { text: '✓ all', tone: 'good' };
  if (held === 'p99') return { text: '✓ p99', tone: 'good' };
  return { text: held === undefined ? '✗ below p50' : `✗ to ${held}`, tone: 'bad' };
}

/** Whether a latency in milliseconds keeps a limit in seconds, bounds inclusive. */
export function within(milliseconds: number | null, limitSeconds: number): boolean {
  return milliseconds !== null && milliseconds <= limitSeconds * 1000;
}

export function limitText(limitSeconds: number): string {
  return `≤ ${latencyLimit(limitSeconds)}`;
}
