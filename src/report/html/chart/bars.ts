import { type Markup, markup } from '../markup.js';
import { frame, px, SERIES, WIDTH } from './frame.js';
import { scaleFor } from './scale.js';
import { fitted, nameWidth } from './text.js';

/** One bar of parts that add up. */
export interface Bar {
  name: string;
  parts: readonly { series: number; value: number; tip: string }[];
  /** Stands behind the bar. */
  total: string;
}

export interface BarsOptions {
  title: string;
  bars: readonly Bar[];
  label: string;
  write: (value: number) => string;
  legend?: readonly { series: number; name: string }[];
}

const ROW = 34;
const TOP = 34;
const BOTTOM = 44;
const RIGHT = 84;
const MOST_LEFT = 250;

/** Horizontal bars of parts that add up; parts below 0 are left out, and their tip says so. */
export function bars({ title, bars: rows, label, write, legend }: BarsOptions): Markup {
  const totals = rows.map(({ parts }) => parts.reduce((sum, { value }) => sum + Math.max(0, value), 0));
  const left = nameWidth(rows, MOST_LEFT);
  const scale = scaleFor(totals, { range: [left, WIDTH - RIGHT], zero: true });
  const height = TOP + rows.length * ROW + BOTTOM;
  const drawn = rows.map((row, i) => {
    const top = TOP + i * ROW + 6;
    let from = 0;
    const parts = row.parts.map(({ series, value, tip }) => {
      const start = scale.at(from);
      from += Math.max(0, value);
      return markup`<rect class="mark s${series % SERIES}" x="${px(start)}" y="${top}" width="${px(Math.max(0.5, scale.at(from) - start))}" height="${ROW - 12}" data-series="${series}" data-value="${value}" data-tip="${tip}"/>`;
    });
    return markup`<text class="label end" x="${left - 10}" y="${top + 11}" dy="0.32em">${fitted(row.name, left - 14)}</text>${parts}<text class="label" x="${px(scale.at(totals[i]) + 8)}" y="${top + 11}" dy="0.32em">${row.total}</text>`;
  });
  const margins = { top: TOP, right: RIGHT, bottom: BOTTOM, left };
  return frame({ title, height, margins, x: { scale, label, write }, ...(legend && { legend }) }, drawn);
}
