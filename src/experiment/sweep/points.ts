import { InputError } from '../../scenario/input-error.js';
import { formatPath } from '../../scenario/key-path.js';
import { preview } from '../../scenario/problems.js';
import { didYouMean } from '../../scenario/suggest.js';
import { MOST_POINTS, type Sweep, type SweepAxis } from '../../scenario/sweep-schema.js';

/** One scenario of a sweep. */
export interface SweepPoint {
  /** Place in the order of all points, from 0. */
  index: number;
  /** Name of its variant; undefined where the sweep has none. */
  variant: string | undefined;
  /** Values by the names of the axes. */
  values: Record<string, unknown>;
  /** `path=value` each, as `--set` takes them. */
  overrides: string[];
}

/** What one dimension of the grid can be set to. */
interface Choice {
  variant?: string;
  values: Record<string, unknown>;
  overrides: string[];
}

/**
 * All points of a sweep, in order: the last axis changes fastest, then the axes before it, `zip` after them, and the
 * variants slowest.
 *
 * @param file name for messages
 * @throws InputError where `zip` or `exclude` do not fit the axes, or nothing is left
 * @example
 * enumeratePoints(sweepSchema.parse({ base: 'chat.yaml', axes: [{ path: 'seed', values: [1, 2] }] }))[1].values // { seed: 2 }
 */
export function enumeratePoints(sweep: Sweep, file?: string): SweepPoint[] {
  const dimensions = dimensionsOf(sweep, file);
  const total = dimensions.reduce((product, choices) => product * choices.length, 1);
  if (total > MOST_POINTS) {
    throw new InputError({
      file,
      message: `has ${total.toLocaleString('en-US')} points`,
      allowed: 'at most 1,000,000',
    });
  }
  const isExcluded = exclusion(sweep, file);
  const points: SweepPoint[] = [];
  for (let n = 0; n < total; n++) {
    const point: SweepPoint = { index: points.length, variant: undefined, values: {}, overrides: [] };
    let rest = total;
    for (const choices of dimensions) {
      rest /= choices.length;
      const { variant, values, overrides } = choices[Math.floor(n / rest) % choices.length];
      point.variant ??= variant;
      Object.assign(point.values, values);
      point.overrides.push(...overrides);
    }
    if (!isExcluded(point)) points.push(point);
  }
  if (points.length === 0) throw new InputError({ file, key: 'exclude', message: 'leaves no point of the sweep' });
  return points;
}

/** One share of the work, from 1. */
export interface Shard {
  number: number;
  of: number;
}

/** The points of one share: every `of`-th. Neighbours, which cost about the same, go to different shares. */
export function shardOf(points: readonly SweepPoint[], shard: Shard): SweepPoint[] {
  return points.filter(({ index }) => inShard(index, shard));
}

export function inShard(index: number, { number, of }: Shard): boolean {
  return index % of === number - 1;
}

/** The name of an axis in results. */
export function axisName({ name, path }: SweepAxis): string {
  return name ?? path;
}

/**
 * The values of an axis.
 *
 * @example axisValues({ path: 'x', range: { from: 0.1, to: 0.5, step: 0.2 }, integers: false }) // [0.1, 0.3, 0.5]
 */
export function axisValues({ values, range, logRange, integers }: Omit<SweepAxis, 'name'>): unknown[] {
  if (values !== undefined) return values;
  const numbers = range !== undefined ? evenly(range) : logRange !== undefined ? byFactor(logRange) : [];
  return integers ? [...new Set(numbers.map(Math.round))] : numbers;
}

function evenly({ from, to, step, points }: NonNullable<SweepAxis['range']>): number[] {
  // The end belongs to the range also where a sum of steps such as 0.1 misses it by a rounding error.
  const steps = points === undefined ? Math.floor((to - from) / (step ?? 1) + 1e-9) : points - 1;
  const size = step ?? (to - from) / steps;
  return Array.from({ length: steps + 1 }, (_, i) => tidy(from + i * size));
}

function byFactor({ from, to, points }: NonNullable<SweepAxis['logRange']>): number[] {
  return Array.from({ length: points }, (_, i) => tidy(from * (to / from) ** (i / (points - 1))));
}

/** Without the last digits, which only rounding has put there. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function dimensionsOf(sweep: Sweep, file: string | undefined): Choice[][] {
  const dimensions: Choice[][] = [];
  if (sweep.variants.length > 0) {
    dimensions.push(
      sweep.variants.map(({ name, set }) => ({
        variant: name,
        values: {},
        overrides: Object.entries(set).map(([path, value]) => override(path, value)),
      })),
    );
  }
  if (sweep.zip.length > 0) dimensions.push(zipped(sweep.zip, file));
  for (const axis of sweep.axes) {
    dimensions.push(axisValues(axis).map((value) => choice([axis], [value])));
  }
  return dimensions;
}

function zipped(axes: readonly SweepAxis[], file: string | undefined): Choice[] {
  const columns = axes.map(axisValues);
  const odd = columns.findIndex((values) => values.length !== columns[0].length);
  if (odd >= 0) {
    throw new InputError({
      file,
      key: formatPath(['zip', odd]),
      message: `has ${columns[odd].length} values where ${axisName(axes[0])} has ${columns[0].length}; zipped axes need equally many`,
    });
  }
  return columns[0].map((_, row) =>
    choice(
      axes,
      columns.map((values) => values[row]),
    ),
  );
}

function choice(axes: readonly SweepAxis[], row: readonly unknown[]): Choice {
  return {
    values: Object.fromEntries(axes.map((axis, i) => [axisName(axis), row[i] ?? null])),
    overrides: axes.map(({ path }, i) => override(path, row[i])),
  };
}

/** JSON is YAML, whatever the value is. */
function override(path: string, value: unknown): string {
  return `${path}=${JSON.stringify(value ?? null)}`;
}

/** Whether a point is one of those that `exclude` names. */
function exclusion({ exclude, axes, zip, variants }: Sweep, file: string | undefined): (point: SweepPoint) => boolean {
  const known = [...(variants.length > 0 ? ['variant'] : []), ...zip.map(axisName), ...axes.map(axisName)];
  const rules = exclude.map((rule, i) =>
    Object.entries(rule).map(([name, value]) => {
      if (!known.includes(name)) {
        throw new InputError({
          file,
          key: formatPath(['exclude', i, name]),
          message: 'there is no such axis',
          found: preview(name),
          allowed: known.join(', '),
          hint: didYouMean(name, known),
        });
      }
      const list = Array.isArray(value) ? value : [value];
      return { name, texts: new Set(list.map((entry) => JSON.stringify(entry ?? null))) };
    }),
  );
  return ({ variant, values }) =>
    rules.some(
      (rule) =>
        rule.length > 0 &&
        rule.every(({ name, texts }) => texts.has(JSON.stringify(name === 'variant' ? variant : values[name]))),
    );
}
