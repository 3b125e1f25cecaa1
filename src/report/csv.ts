import type { ResultDocument } from '../experiment/result.js';
import { csvCell } from './csv-cell.js';

/**
 * One header and one row: what was run, and every figure of the summary under its dotted path.
 *
 * @example renderCsv(document).split('\n')[0] // 'name,version,seed,window.startSeconds,...'
 */
export function renderCsv(document: ResultDocument): string {
  const cells = summaryCells(document);
  return [0, 1].map((column) => `${cells.map((cell) => csvCell(cell[column])).join(',')}\n`).join('');
}

/** Names and values of the one row that a result is in a table; half-widths of intervals behind `halfWidth.`, as in a sweep. */
export function summaryCells(document: ResultDocument): [string, Scalar][] {
  const { scenario, version, seed, summary, intervals, replications, provenance } = document;
  return [
    ['name', scenario.name],
    ['version', version],
    ['seed', seed],
    ...(replications === undefined ? [] : [['replications', replications] satisfies [string, Scalar]]),
    ...scalars(summary),
    ...scalars(intervals ?? {}, 'halfWidth.'),
    ...scalars(provenance, 'provenance.'),
  ];
}

type Scalar = string | number | boolean | null;

function scalars(value: object, prefix = ''): [string, Scalar][] {
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) =>
    typeof entry === 'object' && entry !== null
      ? scalars(entry, `${prefix}${key}.`)
      : [[`${prefix}${key}`, entry as Scalar] satisfies [string, Scalar]],
  );
}
