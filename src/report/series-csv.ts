import type { ResultDocument } from '../experiment/result.js';
import { csvCell } from './csv-cell.js';

type Column = readonly [name: string, values: readonly (number | null)[]];

/**
 * The time series, one row per interval: its ends, and every column of `timeSeries` under its dotted path.
 *
 * @example renderSeriesCsv(document).split('\n')[0] // 'startSeconds,endSeconds,arrived,completed,...'
 */
export function renderSeriesCsv(document: ResultDocument): string {
  const all = seriesColumns(document);
  const rows = all[0][1].map((_start, k) => all.map(([, values]) => values[k]));
  return [all.map(([name]) => name), ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

/** Names of the columns and their values, one for each interval. */
export function seriesColumns({ timeSeries }: ResultDocument): Column[] {
  const { intervalSeconds: _, edges = [], ...series } = timeSeries ?? { intervalSeconds: 0 };
  return [['startSeconds', edges.slice(0, -1)], ['endSeconds', edges.slice(1)], ...columns(series)];
}

function columns(value: object, prefix = ''): Column[] {
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) =>
    Array.isArray(entry) ? [[prefix + key, entry] satisfies Column] : columns(entry as object, `${prefix}${key}.`),
  );
}
