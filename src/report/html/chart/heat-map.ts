import { type Markup, markup } from '../markup.js';
import { frame, px, WIDTH } from './frame.js';
import { extent } from './scale.js';
import { fitted, shortened } from './text.js';

/** One cell of a heat map; none where no point is. */
export interface HeatCell {
  column: number;
  row: number;
  value: number;
  tip: string;
  index?: number;
}

export interface HeatMapOptions {
  title: string;
  columns: readonly string[];
  rows: readonly string[];
  columnLabel: string;
  rowLabel: string;
  cells: readonly HeatCell[];
  write: (value: number) => string;
  better: 'more' | 'less';
}

/** Classes of colour, from worst to best. */
export const SHADES = 7;
const LEFT = 150;
const RIGHT = 18;
const TOP = 34;
const BOTTOM = 50;
/** Where the colours are explained. */
const SCALE_AT = 400;
const SWATCH = 12;
const NARROWEST_TEXT = 44;
const NARROWEST_NAME = 30;

/** Values over two sets of settings, better ones in stronger colours; each cell says its value where there is room. */
export function heatMap(options: HeatMapOptions): Markup {
  const { title, columns, rows, columnLabel, rowLabel, cells, write, better } = options;
  const width = (WIDTH - LEFT - RIGHT) / Math.max(1, columns.length);
  // Cells that are many and thin touch each other.
  const gap = width < 6 ? 0 : 1;
  const size = Math.max(18, Math.min(44, 400 / Math.max(1, rows.length)));
  const height = TOP + rows.length * size + BOTTOM;
  const [low, high] = cells.length === 0 ? [0, 1] : extent(cells.map(({ value }) => value));
  const log = low > 0 && high / low > 30;
  const along = (value: number) =>
    high === low ? 1 : log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const drawn = cells.map(({ column, row, value, tip, index }) => {
    const share = better === 'more' ? along(value) : 1 - along(value);
    const shade = Math.min(SHADES - 1, Math.floor(share * SHADES));
    const [x, y] = [LEFT + column * width, TOP + row * size];
    const text =
      width < NARROWEST_TEXT
        ? null
        : markup`<text class="cell t${shade}" x="${px(x + width / 2)}" y="${px(y + size / 2)}" dy="0.32em">${write(value)}</text>`;
    return markup`<rect class="h${shade}" x="${px(x + gap)}" y="${px(y + gap)}" width="${px(width - 2 * gap)}" height="${px(size - 2 * gap)}" data-value="${value}" data-index="${index ?? ''}" data-tip="${tip}"/>${text}`;
  });
  const stride = Math.max(1, Math.ceil(NARROWEST_NAME / width));
  const most = Math.max(3, Math.floor((width * stride) / 6.6));
  const head = columns.map((name, i) =>
    i % stride !== 0
      ? null
      : markup`<text class="tick middle" x="${px(LEFT + (i + 0.5) * width)}" y="${px(height - BOTTOM + 17)}">${shortened(name, most)}</text>`,
  );
  const side = rows.map(
    (name, i) =>
      markup`<text class="tick end" x="${LEFT - 8}" y="${px(TOP + (i + 0.5) * size)}" dy="0.32em">${fitted(name, LEFT - 14)}</text>`,
  );
  return frame({ title, height: Math.ceil(height) }, [
    markup`<text class="axis" x="8" y="${TOP - 14}">${fitted(rowLabel, SCALE_AT - 16)}</text>`,
    markup`<text class="axis end" x="${WIDTH - RIGHT}" y="${px(height - 8)}">${shortened(columnLabel, 60)}</text>`,
    cells.length === 0 || high === low ? null : colours(better === 'more' ? [low, high] : [high, low], write),
    head,
    side,
    drawn,
  ]);
}

/** What the colours mean: the worst value, all shades, the best value. */
function colours([worst, best]: readonly [number, number], write: (value: number) => string): Markup {
  const [from, y] = [SCALE_AT + 74, TOP - 24];
  const swatches = Array.from(
    { length: SHADES },
    (_, shade) =>
      markup`<rect class="h${shade}" x="${from + shade * SWATCH}" y="${y}" width="${SWATCH}" height="${SWATCH}"/>`,
  );
  return markup`<text class="tick end" x="${from - 6}" y="${y + 6}" dy="0.32em">${write(worst)}</text>${swatches}<text class="tick" x="${from + SHADES * SWATCH + 6}" y="${y + 6}" dy="0.32em">${write(best)}</text>`;
}
