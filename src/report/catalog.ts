import {
  type Gpu,
  gpus,
  type Model,
  models,
  type PriceBook,
  priceBooks,
  type Stack,
  stacks,
  type TrafficPreset,
  trafficPresets,
} from '../catalog/index.js';
import { number, setting } from './format.js';
import type { Cell } from './layout.js';
import { renderGrid } from './table.js';
import { plain, wrap } from './text.js';

/** One kind of catalog entry, as it is listed. */
interface Kind {
  entries: Readonly<Record<string, Sourced>>;
  head: readonly string[];
  /** Columns at the left that hold words. */
  words?: number;
  rows: readonly (readonly string[])[];
}

interface Sourced {
  readonly source: string;
  readonly asOf: string;
}

const gigabytes = (bytes: number) => number(bytes / 1e9);
const teraflops = (flops: number | null) => setting(flops === null ? null : flops / 1e12);

const kinds = {
  gpus: {
    entries: gpus,
    words: 2,
    head: ['GPU', 'generation', 'GB', 'TB/s', 'bf16', 'fp8', 'fp4 TFLOP/s', 'link GB/s', 'domain', 'W'],
    rows: Object.values(gpus).map((gpu: Gpu) => [
      gpu.name,
      gpu.generation,
      gigabytes(gpu.hbmBytes),
      number(gpu.hbmBytesPerSecond / 1e12),
      teraflops(gpu.bf16DenseFlops),
      teraflops(gpu.fp8DenseFlops),
      teraflops(gpu.fp4DenseFlops),
      setting(gpu.scaleUpBytesPerSecond / 1e9),
      setting(gpu.scaleUpDomainGpus),
      setting(gpu.chipTdpWatts),
    ]),
  },
  models: {
    entries: models,
    head: ['model', 'parameters', 'active', 'layers', 'hidden', 'attention', 'experts'],
    rows: Object.values(models).map((model: Model) => [
      model.name,
      `${number(model.parameters / 1e9)} B`,
      `${number(model.activeParameters / 1e9)} B`,
      setting(model.layers),
      setting(model.hidden),
      attentionText(model),
      model.moe === null ? '' : `${model.moe.expertsPerToken} of ${model.moe.experts}`,
    ]),
  },
  stacks: {
    entries: stacks,
    words: 4,
    head: ['stack', 'title', 'batching', 'full KV cache', 'block tokens'],
    rows: Object.values(stacks).map((stack: Stack) => [
      stack.name,
      stack.title,
      stack.batching,
      stack.kvCachePolicy,
      setting(stack.blockTokens),
    ]),
  },
  prices: { entries: priceBooks, ...priceRows() },
  traffic: {
    entries: trafficPresets,
    words: 3,
    head: ['traffic', 'title', 'arrivals', 'requests/s'],
    rows: Object.values(trafficPresets).map(({ name, title, arrivals }: TrafficPreset) => [
      name,
      title,
      arrivals.process,
      setting(arrivals.rate ?? null),
    ]),
  },
} satisfies Record<string, Kind>;

export type CatalogKind = keyof typeof kinds;

/** What the catalog holds entries of. */
export const catalogKinds = Object.keys(kinds) as readonly CatalogKind[];

/**
 * One kind of catalog entry as text: a table, then where the figures come from.
 *
 * @example renderCatalog('gpus', { color: false })
 */
export function renderCatalog(kind: CatalogKind, { color }: { color: boolean }): string {
  const { entries, head, rows, words }: Kind = kinds[kind];
  const cells = rows.map((row) => row.map((text): Cell => ({ text })));
  return `${renderGrid({ kind: 'grid', head, words, rows: cells }, color)}\n\n${sources(entries)}\n`;
}

/** The entries of one kind with all their figures, by name. */
export function catalogEntries(kind: CatalogKind): Readonly<Record<string, unknown>> {
  return kinds[kind].entries;
}

function attentionText({ attention, slidingWindow, linearAttention }: Model): string {
  const heads =
    attention.kind === 'gqa' ? `${attention.heads}/${attention.kvHeads} heads` : `latent ${attention.kvRank}`;
  const local = slidingWindow === null ? '' : ', windows';
  return `${heads}${local}${linearAttention === null ? '' : ', linear'}`;
}

/** A book per row, a GPU per column, as far as a line reaches: the names of GPUs are shortened to their first word. */
function priceRows(): Pick<Kind, 'head' | 'rows'> {
  const books: readonly PriceBook[] = Object.values(priceBooks);
  const priced = Object.keys(gpus).filter((gpu) =>
    books.some(({ usdPerGpuHour }) => Object.hasOwn(usdPerGpuHour, gpu)),
  );
  return {
    head: ['$ per GPU-hour', ...priced.map(shortGpuName)],
    rows: books.map(({ name, usdPerGpuHour }) => [name, ...priced.map((gpu) => number(usdPerGpuHour[gpu]?.usd))]),
  };
}

/** `h100-sxm` is `h100`; `rtx-pro-6000` keeps what tells it from others. */
function shortGpuName(name: string): string {
  const [first] = name.split('-');
  return Object.keys(gpus).filter((other) => other.split('-')[0] === first).length === 1 && /\d/.test(first)
    ? first
    : name;
}

/** Each source once, with the names of what rests on it. */
function sources(entries: Readonly<Record<string, Sourced>>): string {
  const names = new Map<string, string[]>();
  for (const [name, { source, asOf }] of Object.entries(entries)) {
    const key = `${source} (${asOf})`;
    names.set(key, [...(names.get(key) ?? []), name]);
  }
  const lines = [...names].flatMap(([source, of]) =>
    wrap(plain(`${of.join(', ')}: ${source}`), 94).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`),
  );
  return ['  sources', ...lines].join('\n');
}
