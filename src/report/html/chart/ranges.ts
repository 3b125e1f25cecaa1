import { type Markup, markup } from '../markup.js';
import { frame, px, shapePath, WIDTH } from './frame.js';
import { scaleFor, wantsLog } from './scale.js';
import { fitted, nameWidth } from './text.js';

/** One row: dots along a line, and a limit they should stay below. */
export interface RangeRow {
  name: string;
  dots: readonly { value: number; spread?: number | null | undefined; name: string; tip: string; series: number }[];
  limit?: { value: number; text: string } | undefined;
}

export interface RangesOptions {
  title: string;
  rows: readonly RangeRow[];
  label: string;
  write: (value: number) => string;
  legend?: readonly { series: number; name: string }[];
  /** Draw a line at this value through all rows, such as a ratio of one. */
  rule?: number;
  log?: boolean;
}

const ROW = 38;
const TOP = 34;
const BOTTOM = 44;
const MOST_LEFT = 280;
const RIGHT = 34;

/** Rows of dots on a common axis: quantiles of latencies, or ratios with their intervals. */
export function ranges({ title, rows, label, write, legend, rule, log }: RangesOptions): Markup {
  const values = rows.flatMap(({ dots, limit }) => [
    ...dots.flatMap(({ value, spread }) => (spread ? [value - spread, value + spread] : [value])),
    ...(limit === undefined ? [] : [limit.value]),
  ]);
  if (rule !== undefined) values.push(rule);
  const left = nameWidth(rows, MOST_LEFT);
  const scale = scaleFor(values, { range: [left, WIDTH - RIGHT], log: log ?? wantsLog(values) });
  const height = TOP + rows.length * ROW + BOTTOM;
  const ruleLine =
    rule === undefined ? null : markup`<path class="rule" d="M${px(scale.at(rule))} ${TOP}V${height - BOTTOM}"/>`;
  const drawn = rows.map(({ name, dots, limit }, i) => {
    const y = TOP + (i + 0.5) * ROW;
    const shown = dots.filter(({ value }) => scale.shows(value));
    const ends = shown.map(({ value }) => scale.at(value));
    const span =
      ends.length < 2 ? null : markup`<path class="span" d="M${px(Math.min(...ends))} ${y}H${px(Math.max(...ends))}"/>`;
    const marks = shown.map(({ value, spread, tip, series }) => {
      const whisker =
        typeof spread === 'number' && spread > 0
          ? markup`<path class="spread" d="M${px(scale.at(Math.max(value - spread, value / 100)))} ${y}H${px(scale.at(value + spread))}"/>`
          : null;
      return markup`${whisker}<path class="mark s${series}" d="${shapePath(series, scale.at(value), y, 5)}" data-series="${series}" data-value="${value}" data-tip="${tip}"/>`;
    });
    const bound =
      limit === undefined || !scale.shows(limit.value)
        ? null
        : markup`<path class="limit" d="M${px(scale.at(limit.value))} ${y - 14}V${y + 14}" data-tip="${limit.text}"/>`;
    return markup`<text class="label end" x="${left - 12}" y="${y}" dy="0.32em">${fitted(name, left - 16)}</text>${span}${bound}${marks}`;
  });
  const margins = { top: TOP, right: RIGHT, bottom: BOTTOM, left };
  return frame({ title, height, margins, x: { scale, label, write }, ...(legend && { legend }) }, [ruleLine, drawn]);
}
