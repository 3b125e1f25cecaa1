import type { ResultDocument } from '../experiment/result.js';
import type { LatencySummary } from '../metrics/latency.js';
import { halfWidth, latency } from './format.js';
import type { Cell, Grid } from './layout.js';
import { limitText, SLO_TERMS, sloMark, within } from './slo-mark.js';

const COLUMNS = ['mean', 'p50', 'p90', 'p95', 'p99', 'max'] as const satisfies readonly (keyof LatencySummary)[];

const ROWS = [
  ['TTFT', 'ttftMs'],
  ['TPOT', 'tpotMs'],
  ['ITL', 'itlMs'],
  ['E2E', 'e2eMs'],
  ['queue', 'queueMs'],
] as const;

/**
 * Latencies of all requests together; with their SLO where there is only one class, and with the half-widths of their
 * intervals below them where the run was replicated.
 */
export function latencyGrid({ scenario, summary, intervals }: ResultDocument): Grid {
  const slo = scenario.traffic.length === 1 ? scenario.traffic[0].slo : {};
  const limitOf = (key: string): number | undefined => {
    const term = SLO_TERMS.find((candidate) => candidate.latency === key);
    return term === undefined ? undefined : slo[term.slo];
  };
  const anyLimit = ROWS.some(([, key]) => limitOf(key) !== undefined);
  const rows = ROWS.flatMap(([name, key]): Cell[][] => {
    const limit = limitOf(key);
    const figures = COLUMNS.map((column): Cell => figure(summary[key][column], column === 'mean' ? undefined : limit));
    const spread: Cell[] = COLUMNS.map((column) => ({
      text: halfWidth(intervals?.[key][column], latency),
      tone: 'quiet',
    }));
    const known = spread.some(({ text }) => text !== '');
    const below: Cell[][] = known ? [[{ text: '', tone: 'quiet' }, ...spread]] : [];
    if (!anyLimit) return [[{ text: name }, ...figures], ...below];
    const nothing = [{ text: '' }, { text: '' }];
    const held = limit === undefined ? nothing : [{ text: limitText(limit) }, sloMark(summary[key], limit)];
    return [[{ text: name }, ...figures, ...held], ...below.map((row) => [...row, ...nothing])];
  });
  return { kind: 'grid', head: ['latency', ...COLUMNS, ...(anyLimit ? ['SLO', 'held'] : [])], rows };
}

function figure(milliseconds: number | null, limitSeconds: number | undefined): Cell {
  const text = latency(milliseconds);
  if (limitSeconds === undefined || milliseconds === null) return { text };
  return { text, tone: within(milliseconds, limitSeconds) ? 'good' : 'bad' };
}
