import type { ResultDocument, Summary } from '../../../experiment/result.js';
import type { LatencySummary } from '../../../metrics/latency.js';
import { halfWidth, latency } from '../../format.js';
import { limitText, SLO_TERMS } from '../../slo-mark.js';
import { ranges } from '../chart/ranges.js';
import type { ChartFigure, DataTable } from '../report.js';

const LATENCIES = [
  ['ttftMs', 'first token (TTFT)'],
  ['tpotMs', 'per output token (TPOT)'],
  ['itlMs', 'between tokens (ITL)'],
  ['e2eMs', 'end to end (E2E)'],
  ['queueMs', 'queueing'],
] as const;

const QUANTILES = ['p50', 'p90', 'p95', 'p99', 'max'] as const satisfies readonly (keyof LatencySummary)[];

/** Quantiles of every latency on one logarithmic axis, with the targets of the SLO. */
export function latencyChart({ scenario, summary, intervals }: ResultDocument): ChartFigure {
  const slo = scenario.traffic.length === 1 ? scenario.traffic[0].slo : {};
  const rows = LATENCIES.map(([key, name]) => {
    const term = SLO_TERMS.find((candidate) => candidate.latency === key);
    const seconds = term === undefined ? undefined : slo[term.slo];
    return {
      name,
      dots: QUANTILES.flatMap((quantile, series) => {
        const value = summary[key][quantile];
        if (value === null) return [];
        const spread = intervals?.[key]?.[quantile];
        const tip = `${name}\n${quantile}: ${latency(value)} ${halfWidth(spread, latency)}`.trim();
        return [{ value, spread, name: quantile, tip, series }];
      }),
      limit: seconds === undefined ? undefined : { value: seconds * 1000, text: `${name}\nSLO ${limitText(seconds)}` },
    };
  });
  const limited = rows.some(({ limit }) => limit !== undefined);
  return {
    name: 'latency',
    title: 'Latency: what half, most and nearly all requests saw',
    note:
      'Each row runs from the median (p50) over p90, p95 and p99 to the slowest request, on a logarithmic axis.' +
      (limited ? ' The upright line is the SLO: marks left of it hold it.' : ''),
    svg: ranges({
      title: 'Quantiles of latencies',
      rows,
      label: 'latency',
      write: latency,
      log: true,
      legend: QUANTILES.map((name, series) => ({ series, name })),
    }),
    table: latencyTable(summary, intervals),
  };
}

function latencyTable(summary: Summary, intervals: ResultDocument['intervals']): DataTable {
  const columns = ['mean', ...QUANTILES] as const;
  return {
    name: 'latency',
    title: 'Latencies',
    head: [{ label: 'latency', words: true }, ...columns.map((label) => ({ label, unit: 'ms' }))],
    rows: LATENCIES.map(([key, name]) => [
      { text: name },
      ...columns.map((column) => ({
        text: `${latency(summary[key][column])} ${halfWidth(intervals?.[key]?.[column], latency)}`.trim(),
        value: summary[key][column],
      })),
    ]),
  };
}
