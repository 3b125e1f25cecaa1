import { halfWidth } from '../format.js';
import type { Grid } from '../layout.js';
import { type FigureDescription, numberAt } from './figures.js';
import type { DataCell, DataTable } from './report.js';

/** A figure of a summary as a cell: written for people, exact for programs. */
export function figureCell(
  figure: FigureDescription,
  summary: unknown,
  intervals?: unknown,
  tone?: DataCell['tone'],
): DataCell {
  const value = numberAt(summary, figure.path);
  const half = intervals === undefined ? null : numberAt(intervals, figure.path);
  // What no run changed, such as a price, has no interval to speak of.
  const spread = half === 0 ? '' : halfWidth(half, figure.write);
  return { text: spread === '' ? figure.write(value) : `${figure.write(value)} ${spread}`, value, tone };
}

/** A table of a terminal report on a page. */
export function fromGrid({ head, rows, words = 1 }: Grid, name: string, title: string): DataTable {
  return {
    name,
    title,
    head: head.map((label, i) => ({ label, words: i < words })),
    rows: rows.map((row) => row.map(({ text, tone }) => ({ text, tone }))),
  };
}
