import { type Markup, markup } from '../markup.js';
import { frame, px, SERIES, tickText } from './frame.js';
import { type Scale, scaleFor, wantsLog } from './scale.js';
import { shortened } from './text.js';

/** One vertical axis; names where its values are not numbers. */
export interface ParallelAxis {
  label: string;
  values: readonly (number | null)[];
  names?: readonly string[] | undefined;
  write: (value: number) => string;
  /** From 0 to 1, which stays linear however small some values are. */
  share?: boolean;
}

export interface ParallelOptions {
  title: string;
  axes: readonly ParallelAxis[];
  /** Colour, weight and number of each line; as many as each axis has values. */
  lines: readonly { series: number; strong: boolean; index: number; tip?: string }[];
}

const TOP = 60;
const BOTTOM = 20;
const LEFT = 24;
const RIGHT = 60;
const HEIGHT = 414;
/** As wide as the page: there are many axes. */
const WIDTH = 1130;

/** Parallel coordinates: one line per point through all its settings and figures (Inselberg, 1985). */
export function parallel({ title, axes, lines }: ParallelOptions): Markup {
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, axes.length - 1);
  const range = [HEIGHT - BOTTOM, TOP] as const;
  const scales = axes.map(({ values, names, share }): Scale => {
    const known = values.filter((value) => value !== null);
    if (names !== undefined) {
      const size = Math.max(1, names.length - 1);
      return {
        at: (value) =>
          names.length === 1 ? (range[0] + range[1]) / 2 : range[0] + (value / size) * (range[1] - range[0]),
        value: (position) => ((position - range[0]) / (range[1] - range[0])) * size,
        ticks: names.map((_, i) => i),
        shows: Number.isFinite,
      };
    }
    return scaleFor(known, { range, log: share !== true && wantsLog(known), ticks: 4 });
  });
  const drawn = [...lines.keys()]
    .sort((a, b) => Number(lines[a].strong) - Number(lines[b].strong))
    .map((i) => {
      const ends = axes.flatMap(({ values }, a) => {
        const value = values[i];
        return value === null || value === undefined || !scales[a].shows(value)
          ? []
          : [`${px(LEFT + a * step)} ${px(scales[a].at(value))}`];
      });
      if (ends.length < 2) return null;
      const { series, strong, index, tip } = lines[i];
      return markup`<path class="line l${series % SERIES}${strong ? '' : ' faint'}" d="M${ends.join('L')}" data-index="${index}" data-series="${series}"${tip === undefined ? null : markup` data-tip="${tip}"`}/>`;
    });
  const most = Math.max(6, Math.floor(step / 6.2));
  const posts = axes.map(({ label, names, write }, a) => {
    const x = LEFT + a * step;
    const ticks = scales[a].ticks.map(
      (tick, i) =>
        markup`<text class="tick post" x="${px(x + 5)}" y="${px(scales[a].at(tick))}" dy="0.32em">${shortened(names?.[i] ?? tickText(write(tick)), 14)}</text>`,
    );
    return markup`<path class="post" d="M${px(x)} ${TOP}V${HEIGHT - BOTTOM}"/>${ticks}<text class="axis ${a === 0 ? '' : a === axes.length - 1 ? 'end' : 'middle'}" x="${px(a === axes.length - 1 ? x + RIGHT : x)}" y="${TOP - 12 - 15 * (a % 3)}">${shortened(label, most * 2)}</text>`;
  });
  return frame({ title, width: WIDTH, height: HEIGHT }, [drawn, posts]);
}
