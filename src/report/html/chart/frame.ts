import { type Child, type Markup, markup } from '../markup.js';
import type { Scale } from './scale.js';
import { shortened, textWidth } from './text.js';

/** One axis: its scale, what it shows and how its values are written. */
export interface Axis {
  scale: Scale;
  label: string;
  write: (value: number) => string;
  /** Names of the ticks 0, 1, 2 ... */
  names?: readonly string[];
}

export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export const WIDTH = 640;
export const HEIGHT = 340;
export const MARGINS: Margins = { top: 34, right: 18, bottom: 44, left: 64 };

/** A number as it stands in an attribute of a drawing: two decimals are a hundredth of a pixel. */
export function px(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '0';
}

export interface FrameOptions {
  /** What a screen reader says the chart is. */
  title: string;
  width?: number;
  height?: number;
  margins?: Margins;
  x?: Axis;
  y?: Axis;
  /** Names that belong to the marks, in colours. */
  legend?: readonly { series: number; name: string }[];
}

/** A drawing with grid, axes and legend around what `body` draws. */
export function frame(options: FrameOptions, body: Child): Markup {
  const { title, width = WIDTH, height = HEIGHT, margins = MARGINS, x, y, legend = [] } = options;
  const rows = legendRows(legend, width, y === undefined ? 0 : textWidth(y.label, 12) + 16, margins.right);
  // Rows of a legend that has no room beside the label of the axis stand above the drawing.
  const above = (rows.own ? rows.rows.length : 0) * LEGEND_ROW;
  return markup`<svg class="chart" viewBox="0 ${-above} ${width} ${height + above}" width="${width}" height="${height + above}" role="img" aria-label="${title}">
${y === undefined ? null : verticalAxis(y, margins, width)}${x === undefined ? null : horizontalAxis(x, margins, width, height)}${body}${legendMarkup(rows.rows, 10 - above)}
</svg>`;
}

function verticalAxis({ scale, label, write, names }: Axis, { left, right, top }: Margins, width: number): Markup {
  const ticks = scale.ticks.map((tick) => {
    const y = px(scale.at(tick));
    return markup`<path class="grid" d="M${left} ${y}H${width - right}"/><text class="tick end" x="${left - 8}" y="${y}" dy="0.32em">${names?.[tick] ?? tickText(write(tick))}</text>`;
  });
  return markup`${ticks}<text class="axis" x="8" y="${top - 18}">${label}</text>`;
}

function horizontalAxis(
  { scale, label, write, names }: Axis,
  { top, bottom, right }: Margins,
  width: number,
  height: number,
): Markup {
  const base = height - bottom;
  const ticks = thinned(
    scale,
    scale.ticks.map((tick) => names?.[tick] ?? tickText(write(tick))),
  ).map(({ at, text }) => {
    // The last one must not run out of the drawing.
    const beyond = at + textWidth(text, TICK_SIZE) / 2 > width;
    return markup`<path class="grid" d="M${px(at)} ${top}V${base}"/><text class="tick ${beyond ? 'end' : 'middle'}" x="${beyond ? width : px(at)}" y="${base + 17}">${text}</text>`;
  });
  return markup`${ticks}<text class="axis end" x="${width - right}" y="${height - 8}">${label}</text>`;
}

const GAP = 10;
const TICK_SIZE = 11.5;

/** Ticks whose texts do not run into each other: each, or every second, third ... one has a text. */
function thinned(scale: Scale, texts: readonly string[]): { at: number; text: string }[] {
  const ticks = scale.ticks.map((tick, i) => ({ at: scale.at(tick), text: texts[i] }));
  const fits = (stride: number) => {
    const shown = ticks.filter((_, i) => i % stride === 0);
    return shown.every(({ at, text }, i) => {
      const before = shown[i - 1];
      return (
        before === undefined ||
        at - before.at >= (textWidth(text, TICK_SIZE) + textWidth(before.text, TICK_SIZE)) / 2 + GAP
      );
    });
  };
  let stride = 1;
  while (stride < ticks.length && !fits(stride)) stride++;
  return ticks.map(({ at, text }, i) => ({ at, text: i % stride === 0 ? text : '' }));
}

/**
 * A number on an axis, without zeros that say nothing.
 *
 * @example tickText('$0.800') // '$0.8'
 */
export function tickText(text: string): string {
  return text.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '');
}

interface LegendEntry {
  series: number;
  name: string;
}

const LEGEND_ROW = 18;
const LEGEND_NAME = 34;

/** Entries in rows, each with its place: one row at the right where the label of the axis leaves room, else rows of their own. */
function legendRows(entries: readonly LegendEntry[], width: number, taken: number, right: number) {
  const sized = entries.map(({ series, name }) => {
    const text = shortened(name, LEGEND_NAME);
    return { series, text, size: 26 + textWidth(text, TICK_SIZE) };
  });
  const total = sized.reduce((sum, { size }) => sum + size, 0);
  const one = width - right - total;
  const own = one < taken;
  const rows: { series: number; text: string; x: number }[][] = [];
  let x = Math.max(one, own ? 8 : taken);
  for (const { series, text, size } of sized) {
    if (rows.length === 0 || x + size > width + 4) {
      if (rows.length > 0) x = 8;
      rows.push([]);
    }
    rows[rows.length - 1].push({ series, text, x });
    x += size;
  }
  return { rows, own };
}

function legendMarkup(
  rows: readonly (readonly { series: number; text: string; x: number }[])[],
  top: number,
): Markup[] {
  return rows.flatMap((row, i) =>
    row.map(({ series, text, x }) => {
      const y = top + i * LEGEND_ROW;
      return markup`<g class="legend" data-series="${series}"><path class="mark s${series % SERIES}" d="${shapePath(series, x + 5, y, 4.5)}"/><text class="tick" x="${px(x + 14)}" y="${y}" dy="0.32em">${text}</text></g>`;
    }),
  );
}

/** Colours, and shapes that tell the same apart without colours. */
export const SERIES = 8;
/** The grey one, for what stands back. */
export const NEUTRAL = 6;

/** The outline of a series' mark around a point. */
export function shapePath(series: number, x: number, y: number, r: number): string {
  const at = (dx: number, dy: number) => `${px(x + dx)} ${px(y + dy)}`;
  switch (series % SERIES) {
    case 0:
      return `M${at(-r, 0)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
    case 1:
      return `M${at(-r * 0.9, -r * 0.9)}h${px(1.8 * r)}v${px(1.8 * r)}h${px(-1.8 * r)}Z`;
    case 2:
      return `M${at(0, -r * 1.15)}L${at(r, r * 0.75)}L${at(-r, r * 0.75)}Z`;
    case 3:
      return `M${at(0, -r * 1.25)}L${at(r * 1.25, 0)}L${at(0, r * 1.25)}L${at(-r * 1.25, 0)}Z`;
    case 4:
      return `M${at(0, r * 1.15)}L${at(r, -r * 0.75)}L${at(-r, -r * 0.75)}Z`;
    case 5:
      return `M${at(-r, -r * 0.4)}H${px(x - r * 0.4)}V${px(y - r)}H${px(x + r * 0.4)}V${px(y - r * 0.4)}H${px(x + r)}V${px(y + r * 0.4)}H${px(x + r * 0.4)}V${px(y + r)}H${px(x - r * 0.4)}V${px(y + r * 0.4)}H${px(x - r)}Z`;
    case 6:
      return `M${at(-r, -r * 0.6)}h${px(2 * r)}v${px(1.2 * r)}h${px(-2 * r)}Z`;
    default:
      return `M${at(-r * 0.6, -r)}h${px(1.2 * r)}v${px(2 * r)}h${px(-1.2 * r)}Z`;
  }
}
