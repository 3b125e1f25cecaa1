import { type Markup, markup } from '../markup.js';
import { frame, px, WIDTH } from './frame.js';
import { scaleFor } from './scale.js';
import { fitted, nameWidth } from './text.js';

/** What one input does to a figure when it is lowered and raised. */
export interface TornadoRow {
  name: string;
  low: { value: number; tip: string } | null;
  high: { value: number; tip: string } | null;
}

export interface TornadoOptions {
  title: string;
  /** The figure as it is. */
  base: number;
  rows: readonly TornadoRow[];
  label: string;
  write: (value: number) => string;
}

const ROW = 28;
const TOP = 34;
const BOTTOM = 44;
const MOST_LEFT = 300;
const RIGHT = 30;

/** Bars from the figure as it is to what it becomes, most important input first (a tornado diagram). */
export function tornado({ title, base, rows, label, write }: TornadoOptions): Markup {
  const ends = rows.flatMap(({ low, high }) => [low, high].flatMap((side) => (side === null ? [] : [side.value])));
  const left = nameWidth(rows, MOST_LEFT);
  const scale = scaleFor([base, ...ends], { range: [left, WIDTH - RIGHT] });
  const height = TOP + rows.length * ROW + BOTTOM;
  const bar = (side: TornadoRow['low'], series: number, top: number) => {
    if (side === null) return null;
    const [from, to] = [scale.at(base), scale.at(side.value)].sort((a, b) => a - b);
    return markup`<rect class="mark s${series}" x="${px(from)}" y="${top}" width="${px(Math.max(0.5, to - from))}" height="${ROW - 10}" data-series="${series}" data-value="${side.value}" data-tip="${side.tip}"/>`;
  };
  const drawn = rows.map(({ name, low, high }, i) => {
    const top = TOP + i * ROW + 5;
    return markup`<text class="label end" x="${left - 10}" y="${top + (ROW - 10) / 2}" dy="0.32em">${fitted(name, left - 14)}</text>${bar(low, 0, top)}${bar(high, 1, top)}`;
  });
  const rule = markup`<path class="rule" d="M${px(scale.at(base))} ${TOP}V${height - BOTTOM}"/>`;
  const margins = { top: TOP, right: RIGHT, bottom: BOTTOM, left };
  const legend = [
    { series: 0, name: 'input lowered' },
    { series: 1, name: 'input raised' },
  ];
  return frame({ title, height, margins, x: { scale, label, write }, legend }, [drawn, rule]);
}
