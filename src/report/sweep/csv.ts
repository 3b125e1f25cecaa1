import type { PointResult } from '../../experiment/sweep/point-result.js';
import { csvCell } from '../csv-cell.js';
import type { SweepColumn } from './columns.js';

/** Header and one row per point, without line ends. */
export function* csvRows(columns: readonly SweepColumn[], points: Iterable<PointResult>): Generator<string> {
  yield columns.map(({ name }) => csvCell(name)).join(',');
  for (const point of points) yield columns.map(({ value }) => csvCell(value(point))).join(',');
}
