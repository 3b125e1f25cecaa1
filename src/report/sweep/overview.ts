import type { PointResult } from '../../experiment/sweep/point-result.js';
import { count, dollars, halfWidth, latency, type Maybe, number, percent, setting } from '../format.js';
import type { Cell, Grid } from '../layout.js';
import { gridMarkdown } from '../markdown.js';
import { renderGrid } from '../table.js';
import type { SweepManifest } from './folder.js';

/** More points than this are counted, not listed; all of them are in the files. */
const MOST_ROWS = 50;
const SHORTEST_ERROR = 20;

type Figures = NonNullable<PointResult['summary']>;
type HalfWidths = NonNullable<PointResult['intervals']>;

/** The figures that planners compare. */
const FIGURES: readonly {
  head: string;
  pick: (of: Figures) => Maybe;
  spread: (of: HalfWidths) => Maybe;
  write: (value: number) => string;
}[] = [
  {
    head: 'good',
    pick: ({ goodput }) => goodput.attainment,
    spread: ({ goodput }) => goodput.attainment,
    write: percent,
  },
  { head: 'TTFT p99', pick: ({ ttftMs }) => ttftMs.p99, spread: ({ ttftMs }) => ttftMs.p99, write: latency },
  { head: 'TPOT p99', pick: ({ tpotMs }) => tpotMs.p99, spread: ({ tpotMs }) => tpotMs.p99, write: latency },
  {
    head: 'tok/s/GPU',
    pick: ({ throughput }) => throughput.outputTokensPerSecondPerGpu,
    spread: ({ throughput }) => throughput.outputTokensPerSecondPerGpu,
    write: number,
  },
  {
    head: '$/M good',
    pick: ({ cost }) => cost.usdPerMillionGoodOutputTokens,
    spread: ({ cost }) => cost.usdPerMillionGoodOutputTokens,
    write: dollars,
  },
];

/** One row per point with its settings and the figures that planners compare. */
export function sweepGrid({ axes, hasVariants, points: total }: SweepManifest, points: Iterable<PointResult>): Grid {
  const rows: Cell[][] = [];
  let seen = 0;
  for (const point of points) if (seen++ < MOST_ROWS) rows.push(pointRow(point, axes, hasVariants));
  const head = ['point', ...(hasVariants ? ['variant'] : []), ...axes.map(({ name }) => shortName(name))];
  const words = head.length;
  if (seen > MOST_ROWS) {
    const text = `${count(seen - MOST_ROWS)} more`;
    rows.push([{ text, tone: 'quiet' }, ...Array.from({ length: words + FIGURES.length - 1 }, () => ({ text: '' }))]);
  } else if (seen < total) {
    const text = `${count(seen)} of ${count(total)}`;
    rows.push([{ text, tone: 'quiet' }, ...Array.from({ length: words + FIGURES.length - 1 }, () => ({ text: '' }))]);
  }
  return { kind: 'grid', words, head: [...head, ...FIGURES.map((figure) => figure.head)], rows };
}

/** For the terminal. */
export function sweepTable(grid: Grid, color: boolean): string {
  return `${renderGrid(grid, color)}\n`;
}

/** For a pull request or a wiki. */
export function sweepMarkdown(grid: Grid): string {
  return `${gridMarkdown(grid)}\n`;
}

function pointRow(
  { index, variant, values, summary, intervals, error, expectations }: PointResult,
  axes: SweepManifest['axes'],
  hasVariants: boolean,
): Cell[] {
  const failed = error !== undefined || expectations?.some(({ pass }) => !pass) === true;
  const settings = axes.map(({ name }): Cell => ({ text: settingText(values[name]) }));
  const label: Cell[] = [
    { text: String(index), ...(failed ? { tone: 'bad' as const } : {}) },
    ...(hasVariants ? [{ text: variant ?? '' }] : []),
    ...settings,
  ];
  if (summary === undefined) {
    const text = `failed: ${(error?.message ?? '').replace(/\s+/g, ' ')}`;
    const shown = text.length > SHORTEST_ERROR ? `${text.slice(0, SHORTEST_ERROR)}…` : text;
    return [...label, { text: shown, tone: 'bad' }, ...FIGURES.slice(1).map(() => ({ text: '' }))];
  }
  const figures = FIGURES.map(({ pick, spread, write }): Cell => {
    const value = pick(summary);
    const text = value === null || value === undefined ? '–' : write(value);
    return { text: [text, intervals === undefined ? '' : halfWidth(spread(intervals), write)].join(' ').trim() };
  });
  return [...label, ...figures];
}

/** `factory.pools[0].replicas` reads `replicas`. */
function shortName(name: string): string {
  return /([^.[\]"]+)(?:\[\d+\])*$/.exec(name)?.[1] ?? name;
}

function settingText(value: unknown): string {
  if (typeof value === 'number') return setting(value);
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
