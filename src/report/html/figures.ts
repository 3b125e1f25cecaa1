import { type Maybe, WRITERS, type Writer } from '../format.js';

/** A figure of a summary: where it stands, what it is called, and how it is written. */
export interface FigureDescription {
  /** Dotted path into the summary. */
  path: string;
  label: string;
  /** Unit of the value as it stands in the document. */
  unit: string;
  better: 'more' | 'less';
  format: Writer;
  write: (value: Maybe) => string;
}

const describe = (
  path: string,
  label: string,
  unit: string,
  better: 'more' | 'less',
  format: Writer,
): FigureDescription => ({ path, label, unit, better, format, write: WRITERS[format] });

/** The figures that charts and tables of a report may show, in the order in which they are offered. */
export const FIGURES: readonly FigureDescription[] = [
  describe('cost.usdPerMillionGoodOutputTokens', '$ per million good output tokens', 'USD', 'less', 'dollars'),
  describe('cost.usdPerMillionOutputTokens', '$ per million output tokens', 'USD', 'less', 'dollars'),
  describe('cost.usdPerMillionTotalTokens', '$ per million input + output tokens', 'USD', 'less', 'dollars'),
  describe('cost.usdPerHour', '$ per hour', 'USD/h', 'less', 'dollars'),
  describe('goodput.attainment', 'requests within their SLO', 'share', 'more', 'percent'),
  describe('goodput.requestsPerSecond', 'good requests/s', '1/s', 'more', 'number'),
  describe('goodput.outputTokensPerSecond', 'good output tokens/s', 'tokens/s', 'more', 'number'),
  describe('throughput.outputTokensPerSecondPerUser', 'output tokens/s per user', 'tokens/s', 'more', 'number'),
  describe('throughput.outputTokensPerSecondPerGpu', 'output tokens/s per GPU', 'tokens/s', 'more', 'number'),
  describe('throughput.outputTokensPerSecond', 'output tokens/s', 'tokens/s', 'more', 'number'),
  describe('throughput.requestsPerSecond', 'requests/s', '1/s', 'more', 'number'),
  describe('ttftMs.p50', 'TTFT p50', 'ms', 'less', 'latency'),
  describe('ttftMs.mean', 'TTFT mean', 'ms', 'less', 'latency'),
  describe('ttftMs.p99', 'TTFT p99', 'ms', 'less', 'latency'),
  describe('tpotMs.p50', 'TPOT p50', 'ms', 'less', 'latency'),
  describe('tpotMs.mean', 'TPOT mean', 'ms', 'less', 'latency'),
  describe('tpotMs.p99', 'TPOT p99', 'ms', 'less', 'latency'),
  describe('itlMs.p99', 'inter-token latency p99', 'ms', 'less', 'latency'),
  describe('e2eMs.mean', 'end-to-end mean', 'ms', 'less', 'latency'),
  describe('e2eMs.p99', 'end-to-end p99', 'ms', 'less', 'latency'),
  describe('queueMs.p99', 'queueing p99', 'ms', 'less', 'latency'),
  describe('utilization.gpuBusy', 'GPUs busy', 'share', 'more', 'percent'),
  describe('utilization.averageGpus', 'GPUs', 'GPUs', 'less', 'count'),
  describe('utilization.kvCachePeak', 'KV cache at its peak', 'share', 'less', 'percent'),
  describe('utilization.prefixHitRate', 'prefix hits', 'share', 'more', 'percent'),
  describe('energy.averageKilowatts', 'power', 'kW', 'less', 'number'),
  describe('energy.joulesPerOutputToken', 'J per output token', 'J', 'less', 'number'),
  describe('energy.outputTokensPerSecondPerMegawatt', 'output tokens/s per MW', 'tokens/s/MW', 'more', 'number'),
  describe('revenue.usdPerHour', 'revenue per hour', 'USD/h', 'more', 'dollars'),
  describe('revenue.margin', 'margin', 'share', 'more', 'percent'),
  describe('revenue.roi', 'return on cost', 'share', 'more', 'percent'),
  describe('revenue.paybackMonths', 'payback', 'months', 'less', 'number'),
  describe('revenue.npvUsd', 'net present value', 'USD', 'more', 'dollars'),
];

const known = new Map(FIGURES.map((figure) => [figure.path, figure]));

/** The description of a figure; one that goodput does not know is shown under its path. */
export function figureAt(path: string): FigureDescription {
  return known.get(path) ?? describe(path, path, '', 'less', 'number');
}

/**
 * The number at a dotted path; null where there is none.
 *
 * @example numberAt(summary, 'ttftMs.p99') // 632.8
 */
export function numberAt(value: unknown, path: string): number | null {
  let at = value;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === 'number' && Number.isFinite(at) ? at : null;
}
