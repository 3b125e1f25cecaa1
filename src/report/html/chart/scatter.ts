import { WRITERS, type Writer } from '../../format.js';
import { type Markup, markup } from '../markup.js';
import { frame, HEIGHT, MARGINS, px, SERIES, shapePath, WIDTH } from './frame.js';
import { placeLabels } from './labels.js';
import { type Scale, scaleFor, wantsLog } from './scale.js';
import { shortened } from './text.js';

/** One point of a scatter chart. */
export interface ScatterPoint {
  x: number;
  y: number;
  /** Half-widths of intervals, drawn as bars. */
  xSpread?: number | null | undefined;
  ySpread?: number | null | undefined;
  series: number;
  /** Stands beside the point where there is room. */
  label?: string;
  /** Shown when somebody points at it. */
  tip?: string;
  /** Number of what it stands for, for scripts. */
  index?: number;
  /** Not dimmed. */
  strong?: boolean;
}

/** A value that matters; in the colour of a series where it is that of one. */
export interface Rule {
  value: number;
  text: string;
  series?: number;
}

export interface ScatterAxis {
  label: string;
  /** How values are written; names in their place where they are not numbers. */
  format: Writer;
  names?: readonly string[] | undefined;
  /** Otherwise logarithmic where values spread far. */
  log?: boolean;
  /** Part that is shown; all of it otherwise. */
  domain?: readonly [number, number] | undefined;
}

/** Plain data, so that a page can hold it and draw a part of the chart anew. */
export interface ScatterOptions {
  title: string;
  points: readonly ScatterPoint[];
  x: ScatterAxis;
  y: ScatterAxis;
  /** Lines that join points, such as a Pareto frontier; in drawing order. */
  lines?: readonly { points: readonly { x: number; y: number }[]; series?: number; dashed?: boolean }[];
  /** Values on the horizontal axis that matter, such as a target. */
  rules?: readonly Rule[];
  legend?: readonly { series: number; name: string }[];
  /** Of a mark, pixels. */
  radius?: number;
}

const LONGEST_LABEL = 34;
/** More marks than this are not kept clear of labels one by one. */
const MOST_OBSTACLES = 400;
/** The part of the drawing inside of its axes. */
export const PLOT = {
  left: MARGINS.left,
  right: WIDTH - MARGINS.right,
  top: MARGINS.top,
  base: HEIGHT - MARGINS.bottom,
} as const;
const { left: LEFT, right: RIGHT, top: TOP, base: BASE } = PLOT;

/** The scales of a chart, also for what turns places on it into values. */
export function scatterScales({ points, lines = [], rules = [], x, y }: ScatterOptions): { x: Scale; y: Scale } {
  const ends = (of: 'x' | 'y') => [...points, ...lines.flatMap((line) => line.points)].map((point) => point[of]);
  return {
    x: scaleOf(x, [...ends('x'), ...rules.map(({ value }) => value)], [LEFT, RIGHT]),
    y: scaleOf(y, ends('y'), [BASE, TOP]),
  };
}

function scaleOf(
  { names, log: asked, domain }: ScatterAxis,
  values: readonly number[],
  range: readonly [number, number],
): Scale {
  if (names !== undefined) return namedScale(names.length, range, domain);
  const log = asked ?? wantsLog(values);
  if (domain !== undefined) return scaleFor(domain, { range, log, exact: true });
  return scaleFor(values, { range, log, zero: !log && Math.min(...values) >= 0 });
}

/** Points over two axes, with lines between them, rules across them and labels beside them. */
export function scatter(options: ScatterOptions): Markup {
  const { title, points, x, y, lines = [], rules = [], legend } = options;
  const scales = scatterScales(options);
  const shows = (at: { x: number; y: number }) => scales.x.shows(at.x) && scales.y.shows(at.y);
  const place = (at: { x: number; y: number }) => [scales.x.at(at.x), scales.y.at(at.y)] as const;
  const places = points
    .filter(shows)
    .map((point) => ({ ...point, at: place(point) }))
    .filter(({ at: [left, top] }) => left >= LEFT - 1 && left <= RIGHT + 1 && top >= TOP - 1 && top <= BASE + 1);

  const ends = lines.map((line) =>
    line.points.filter(shows).map((end) => ({ x: scales.x.at(end.x), y: scales.y.at(end.y) })),
  );
  const paths = lines.map(({ series, dashed }, k) => {
    const d = ends[k].map(({ x: left, y: top }, i) => `${i === 0 ? 'M' : 'L'}${px(left)} ${px(top)}`).join('');
    if (d === '') return null;
    const data = series === undefined ? null : markup` data-series="${series}"`;
    return markup`<path class="line ${series === undefined ? 'frontier' : `l${series % SERIES}`}${dashed === true ? ' dashed' : ''}"${data} d="${d}"/>`;
  });
  const radius = options.radius ?? (points.length > 200 ? 3 : 5);
  const marks = places.map((point) => {
    const [left, top] = point.at;
    const spread = [
      bar(point.xSpread, (by) => `M${px(scales.x.at(point.x - by))} ${px(top)}H${px(scales.x.at(point.x + by))}`),
      bar(point.ySpread, (by) => `M${px(left)} ${px(scales.y.at(point.y - by))}V${px(scales.y.at(point.y + by))}`),
    ];
    return markup`${spread}<path class="mark s${point.series % SERIES}${point.strong === false ? ' weak' : ''}" d="${shapePath(point.series, left, top, radius)}" data-series="${point.series}" data-x="${point.x}" data-y="${point.y}"${attribute('data-index', point.index)}${attribute('data-tip', point.tip)}/>`;
  });
  const drawn = markup`${paths}${marks}`;
  const zoomed = x.domain !== undefined || y.domain !== undefined;
  return frame(
    {
      title,
      x: { scale: scales.x, label: x.label, write: WRITERS[x.format], ...(x.names && { names: x.names }) },
      y: { scale: scales.y, label: y.label, write: WRITERS[y.format], ...(y.names && { names: y.names }) },
      ...(legend && { legend }),
    },
    markup`${zoomed ? clipped(drawn) : drawn}${rules.map((rule, i) => ruleMarkup(rule, scales.x, i))}${labelMarkup(places, ends, scales, radius)}`,
  );
}

/** What is drawn inside of the axes alone: a drawing of its own, which needs no name that is unique on a page. */
function clipped(body: Markup): Markup {
  const [width, height] = [RIGHT - LEFT, BASE - TOP];
  return markup`<svg x="${LEFT}" y="${TOP}" width="${width}" height="${height}" viewBox="${LEFT} ${TOP} ${width} ${height}" overflow="hidden">${body}</svg>`;
}

function ruleMarkup({ value, text, series }: Rule, scale: Scale, row: number): Markup | null {
  const at = scale.at(value);
  if (!scale.shows(value) || at < LEFT || at > RIGHT) return null;
  const before = at > (LEFT + RIGHT) / 2;
  const line = series === undefined ? 'limit' : `line dashed l${series % SERIES}`;
  const data = series === undefined ? null : markup` data-series="${series}"`;
  // Further down than the end of most lines, which run along the top there.
  const top = TOP + 60 + 16 * row;
  return markup`<path class="${line}"${data} d="M${px(at)} ${TOP}V${BASE}"/><text class="label over${before ? ' end' : ''}"${data} x="${px(before ? at - 6 : at + 6)}" y="${top}" dy="0.32em">${text}</text>`;
}

interface Placed extends ScatterPoint {
  at: readonly [number, number];
}

interface Place {
  x: number;
  y: number;
}

/** Steps along a line, pixels, at which labels keep clear of it. */
const STEP = 8;

function alongLine(ends: readonly Place[]): Place[] {
  return ends.slice(1).flatMap(({ x, y }, i) => {
    const from = ends[i];
    const steps = Math.min(100, Math.ceil(Math.hypot(x - from.x, y - from.y) / STEP));
    return Array.from({ length: steps }, (_, k) => ({
      x: from.x + ((x - from.x) * k) / steps,
      y: from.y + ((y - from.y) * k) / steps,
    }));
  });
}

function labelMarkup(
  places: readonly Placed[],
  lines: readonly (readonly Place[])[],
  scales: { x: Scale; y: Scale },
  radius: number,
): Markup[] {
  const reach = (scale: Scale, value: number, spread: number | null | undefined) =>
    spread === null || spread === undefined
      ? radius
      : Math.max(radius, Math.abs(scale.at(value + spread) - scale.at(value)));
  // What is drawn last, above the others, chooses first.
  const anchors = places
    .toReversed()
    .filter(({ label }) => label !== undefined && label !== '')
    .map(({ at: [x, y], label = '', ...point }) => ({
      text: shortened(label, LONGEST_LABEL),
      x,
      y,
      reach: reach(scales.x, point.x, point.xSpread),
      rise: reach(scales.y, point.y, point.ySpread),
    }));
  const marks = [
    ...places.slice(-MOST_OBSTACLES).map(({ at: [x, y] }) => ({ x, y, radius })),
    ...lines.flatMap(alongLine).map(({ x, y }) => ({ x, y, radius: 1 })),
  ];
  const bounds = { left: LEFT, right: WIDTH, top: TOP - 8, bottom: BASE };
  return placeLabels(anchors, marks, bounds).map(
    ({ text, x, y, align }) =>
      markup`<text class="label over${align === 'start' ? '' : ` ${align}`}" x="${px(x)}" y="${px(y)}" dy="0.32em">${text}</text>`,
  );
}

function namedScale(
  count: number,
  [from, to]: readonly [number, number],
  domain: readonly [number, number] | undefined,
): Scale {
  const [first, last] = domain ?? [-0.5, count - 0.5];
  const width = (to - from) / (last - first);
  return {
    at: (value) => from + (value - first) * width,
    value: (position) => first + (position - from) / width,
    ticks: Array.from({ length: count }, (_, i) => i).filter((i) => i >= first && i <= last),
    shows: Number.isFinite,
  };
}

function bar(spread: number | null | undefined, d: (by: number) => string): Markup | null {
  return typeof spread === 'number' && spread > 0 ? markup`<path class="spread" d="${d(spread)}"/>` : null;
}

/** An attribute with a space before it; nothing where there is no value. */
export function attribute(name: 'data-index' | 'data-tip', value: string | number | undefined): Markup | null {
  if (value === undefined) return null;
  return name === 'data-tip' ? markup` data-tip="${value}"` : markup` data-index="${value}"`;
}
