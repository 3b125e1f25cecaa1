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
  /** Part of the time that is shown; all of it by default. */
  from?: number;
  to?: number;
  height?: number;
  /** Spans that are marked, such as the warm-up. */
  bands?: readonly { from: number; to: number; name: string }[];
  /** A level that matters, such as full memory. */
  rule?: { value: number; text: string };
}

/** Lines over time, with 0 on the vertical axis. */
export function lines(options: LinesOptions): Markup {
  const { title, seconds, lines: all, label, write, writeTime, height = 240, bands = [], rule } = options;
  const { from = seconds[0] ?? 0, to = seconds.at(-1) ?? 1 } = options;
  const shown = seconds.map((_, i) => i).filter((i) => seconds[i] >= from && seconds[i] <= to);
  const x = scaleFor([from, to], { range: [MARGINS.left, WIDTH - MARGINS.right], ticks: 6, exact: true });
  const values = all.flatMap((line) => shown.map((i) => line.values[i]).filter((value) => value !== null));
  if (rule !== undefined) values.push(rule.value);
  const y = scaleFor(values, { range: [height - MARGINS.bottom, MARGINS.top], ticks: 4, zero: true });
  const marked = bands.map(
    (band) =>
      markup`<rect class="band" x="${px(x.at(Math.max(band.from, from)))}" y="${MARGINS.top}" width="${px(Math.max(0, x.at(Math.min(band.to, to)) - x.at(Math.max(band.from, from))))}" height="${height - MARGINS.top - MARGINS.bottom}" data-tip="${band.name}"/>`,
  );
  const drawn = all.map(({ series, values: of, area }) => {
    const points = shown.flatMap((i) => {
      const value = of[i];
      return value === null || value === undefined ? [] : [`${px(x.at(seconds[i]))} ${px(y.at(value))}`];
    });
    if (points.length === 0) return null;
    const d = `M${points.join('L')}`;
    const base = px(y.at(0));
    const fill =
      area === true
        ? markup`<path class="area a${series % SERIES}" data-series="${series}" d="${d}L${points[points.length - 1].split(' ')[0]} ${base}L${points[0].split(' ')[0]} ${base}Z"/>`
        : null;
    return markup`${fill}<path class="line l${series % SERIES}" data-series="${series}" d="${d}"/>`;
  });
  const level =
    rule === undefined
      ? null
      : markup`<path class="limit" d="M${MARGINS.left} ${px(y.at(rule.value))}H${WIDTH - MARGINS.right}" data-tip="${rule.text}"/>`;
  return frame(
    {
      title,
      height,
      x: { scale: x, label: '', write: writeTime },
      y: { scale: y, label, write },
      legend: all.length > 1 ? all : [],
    },
    [marked, drawn, level],
  );
}
