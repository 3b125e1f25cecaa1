import { type Markup, markup } from '../markup.js';
import { frame, HEIGHT, MARGINS, px, SERIES, shapePath, shortened, WIDTH } from './frame.js';
import { scaleFor, wantsLog } from './scale.js';

/** One point of a scatter chart. */
export interface ScatterPoint {
  x: number;
  y: number;
  /** Half-widths of intervals, drawn as bars. */
  xSpread?: number | null | undefined;
  ySpread?: number | null | undefined;
  series: number;
  /** Stands beside the point. */
  label?: string;
  /** Shown when somebody points at it. */
  tip?: string;
  /** Number of what it stands for, for scripts. */
  index?: number;
  /** Not dimmed. */
  strong?: boolean;
}

export interface ScatterOptions {
  title: string;
  points: readonly ScatterPoint[];
  x: { label: string; write: (value: number) => string; names?: readonly string[] };
  y: { label: string; write: (value: number) => string; names?: readonly string[] };
  /** Lines that join points, such as a Pareto frontier; in drawing order. */
  lines?: readonly { points: readonly { x: number; y: number }[]; series?: number; dashed?: boolean }[];
  legend?: readonly { series: number; name: string }[];
}

const LINE_HEIGHT = 14;
const LABEL_WIDTH = 150;

/** Points over two axes; an axis is logarithmic where its values spread far. */
export function scatter({ title, points, x, y, lines = [], legend }: ScatterOptions): Markup {
  const ends = (of: 'x' | 'y') => [...points, ...lines.flatMap((line) => line.points)].map((point) => point[of]);
  const right = WIDTH - MARGINS.right - (points.some(({ label }) => label !== undefined) ? 40 : 0);
  const scaleOf = (of: 'x' | 'y', range: readonly [number, number], names: readonly string[] | undefined) => {
    if (names !== undefined) return namedScale(names.length, range);
    const values = ends(of);
    const log = wantsLog(values);
    return scaleFor(values, { range, log, zero: !log && Math.min(...values) >= 0 });
  };
  const xScale = scaleOf('x', [MARGINS.left, right], x.names);
  const yScale = scaleOf('y', [HEIGHT - MARGINS.bottom, MARGINS.top], y.names);
  const places = points
    .filter((point) => xScale.shows(point.x) && yScale.shows(point.y))
    .map((point) => ({ ...point, at: [xScale.at(point.x), yScale.at(point.y)] as const }));

  const paths = lines.map(({ points: ends, series, dashed }) => {
    const d = ends.map((end, i) => `${i === 0 ? 'M' : 'L'}${px(xScale.at(end.x))} ${px(yScale.at(end.y))}`).join('');
    return markup`<path class="line ${series === undefined ? 'frontier' : `l${series % SERIES}`}${dashed === true ? ' dashed' : ''}" d="${d}"/>`;
  });
  const radius = points.length > 200 ? 3 : 5;
  const marks = places.map((point) => {
    const [left, top] = point.at;
    const spread = [
      bar(point.xSpread, (by) => `M${px(xScale.at(point.x - by))} ${px(top)}H${px(xScale.at(point.x + by))}`),
      bar(point.ySpread, (by) => `M${px(left)} ${px(yScale.at(point.y - by))}V${px(yScale.at(point.y + by))}`),
    ];
    return markup`${spread}<path class="mark s${point.series % SERIES}${point.strong === false ? ' weak' : ''}" d="${shapePath(point.series, left, top, radius)}" data-series="${point.series}" data-x="${point.x}" data-y="${point.y}"${attribute('data-index', point.index)}${attribute('data-tip', point.tip)}/>`;
  });
  const labels = placeLabels(places).map(
    ({ text, x: left, y: top, before }) =>
      markup`<text class="label${before ? ' end' : ''}" x="${px(left)}" y="${px(top)}" dy="0.32em">${text}</text>`,
  );
  return frame(
    { title, x: { scale: xScale, ...x }, y: { scale: yScale, ...y }, ...(legend && { legend }) },
    markup`${paths}${marks}${labels}`,
  );
}

function namedScale(count: number, [from, to]: readonly [number, number]) {
  const width = (to - from) / count;
  return {
    at: (value: number) => from + (value + 0.5) * width,
    value: (position: number) => (position - from) / width - 0.5,
    ticks: Array.from({ length: count }, (_, i) => i),
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

/** Labels beside their points, moved down where they would cover each other. */
function placeLabels(places: readonly (ScatterPoint & { at: readonly [number, number] })[]) {
  const taken: { x: number; y: number }[] = [];
  return [...places]
    .filter(({ label }) => label !== undefined)
    .sort((a, b) => a.at[1] - b.at[1])
    .map(({ at: [x, y], label = '' }) => {
      const text = shortened(label, 30);
      const before = x + 10 + text.length * 6.4 > WIDTH;
      let top = y;
      while (taken.some((other) => Math.abs(other.x - x) < LABEL_WIDTH && Math.abs(other.y - top) < LINE_HEIGHT))
        top += 2;
      taken.push({ x, y: top });
      return { text, x: before ? x - 10 : x + 10, y: top, before };
    });
}
