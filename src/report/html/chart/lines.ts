import { type Markup, markup } from '../markup.js';
import { frame, MARGINS, px, SERIES, WIDTH } from './frame.js';
import { scaleFor } from './scale.js';

/** One line over time. */
export interface Line {
  name: string;
  series: number;
  /** One value for each moment; null where there is none. */
  values: readonly (number | null)[];
  area?: boolean;
}

export interface LinesOptions {
  title: string;
  /** Moments in seconds, in order. */
  seconds: readonly number[];
  lines: readonly Line[];
  label: string;
  write: (value: number) => string;
  writeTime: (seconds: number) => string;
  /** Part of the time that is shown. */
  from: number;
  to: number;
  /** What each moment says when somebody points at it, and where it begins and ends. */
  tips?: readonly string[];
  edges?: readonly number[];
  /** A level that matters, such as a target. */
  rule?: { value: number; text: string };
}

const HEIGHT = 250;

/** Lines over time, with 0 on the vertical axis. */
export function lines(options: LinesOptions): Markup {
  const { title, seconds, lines: all, label, write, writeTime, from, to, tips = [], edges = [], rule } = options;
  const shown = seconds.map((_, i) => i).filter((i) => seconds[i] >= from && seconds[i] <= to);
  const [left, right] = [MARGINS.left, WIDTH - MARGINS.right];
  const [top, base] = [MARGINS.top, HEIGHT - MARGINS.bottom];
  const x = scaleFor([from, to], { range: [left, right], ticks: 6, exact: true, time: true });
  const values = all.flatMap((line) => shown.map((i) => line.values[i]).filter((value) => value !== null));
  const y = scaleFor(values, { range: [base, top], ticks: 4, zero: true });
  const drawn = all.map(({ series, values: of, area }) => {
    const points = shown.flatMap((i) => {
      const value = of[i];
      return value === null || value === undefined ? [] : [`${px(x.at(seconds[i]))} ${px(y.at(value))}`];
    });
    if (points.length === 0) return null;
    const d = `M${points.join('L')}`;
    const [first, last] = [points[0], points[points.length - 1]].map((point) => point.split(' ')[0]);
    const fill =
      area === true
        ? markup`<path class="area a${series % SERIES}" data-series="${series}" d="${d}L${last} ${base}L${first} ${base}Z"/>`
        : null;
    return markup`${fill}<path class="line l${series % SERIES}" data-series="${series}" d="${d}"/>`;
  });
  const reach = Math.max(...y.ticks);
  const level =
    rule === undefined || rule.value > reach
      ? null
      : markup`<path class="limit" d="M${left} ${px(y.at(rule.value))}H${right}"/><text class="label over end" x="${right - 4}" y="${px(y.at(rule.value) - 9)}" dy="0.32em">${rule.text}</text>`;
  const hits = tips.flatMap((tip, i) => {
    const [start, end] = [x.at(Math.max(edges[i], from)), x.at(Math.min(edges[i + 1], to))];
    return end <= start
      ? []
      : [
          markup`<rect class="hit" x="${px(start)}" y="${top}" width="${px(end - start)}" height="${base - top}" data-tip="${rule === undefined ? tip : `${tip}\n${rule.text}`}"/>`,
        ];
  });
  return frame(
    {
      title,
      height: HEIGHT,
      x: { scale: x, label: 'since the start of the run', write: writeTime },
      y: { scale: y, label, write },
      legend: all.length > 1 ? all : [],
    },
    [drawn, level, hits],
  );
}
