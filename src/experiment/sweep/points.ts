import { InputError, type InputProblem } from '../../scenario/input-error.js';
import { formatPath, type KeyPath } from '../../scenario/key-path.js';
import { preview } from '../../scenario/problems.js';
import { didYouMean } from '../../scenario/suggest.js';
import { MOST_POINTS, type Sweep, type SweepAxis } from '../../scenario/sweep-schema.js';

/** Values of an axis that a message names. */
const MOST_NAMED = 10;

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

/** Puts a problem in its place in the file. */
export type Place = (problem: InputProblem, at: KeyPath) => InputProblem;

const named: Place = (problem, at) => ({ ...problem, key: formatPath(at) });

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
 * @param place says where in the file a problem is
 * @throws InputError where `zip` or `exclude` do not fit the axes, points would be the same, or nothing is left
 * @example
 * enumeratePoints(sweepSchema.parse({ base: 'chat.yaml', axes: [{ path: 'seed', values: [1, 2] }] }))[1].values // { seed: 2 }
 */
export function enumeratePoints(sweep: Sweep, place: Place = named): SweepPoint[] {
  const dimensions = dimensionsOf(sweep, place);
  const total = dimensions.reduce((product, choices) => product * choices.length, 1);
  if (total > MOST_POINTS) {
    const message = `has ${total.toLocaleString('en-US')} points`;
    throw new InputError(place({ message, allowed: 'at most 1,000,000' }, []));
  }
  const isExcluded = exclusion(sweep, place);
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
  if (points.length === 0) throw new InputError(place({ message: 'leaves no point of the sweep' }, ['exclude']));
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

function dimensionsOf(sweep: Sweep, place: Place): Choice[][] {
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
  if (sweep.zip.length > 0) dimensions.push(zipped(sweep.zip, place));
  sweep.axes.forEach((axis, i) => {
    const choices = axisValues(axis).map((value) => choice([axis], [value]));
    const twice = repeated(choices);
    if (twice >= 0) {
      const at = ['axes', i, ...(axis.values === undefined ? [] : ['values', twice])];
      throw new InputError(place(sameAgain(choices[twice]), at));
    }
    dimensions.push(choices);
  });
  return dimensions;
}

function zipped(axes: readonly SweepAxis[], place: Place): Choice[] {
  const columns = axes.map(axisValues);
  const odd = columns.findIndex((values) => values.length !== columns[0].length);
  if (odd >= 0) {
    const message = `has ${columns[odd].length} values where ${axisName(axes[0])} has ${columns[0].length}; zipped axes need equally many`;
    throw new InputError(place({ message }, ['zip', odd]));
  }
  const choices = columns[0].map((_, row) =>
    choice(
      axes,
      columns.map((values) => values[row]),
    ),
  );
  const twice = repeated(choices);
  if (twice >= 0) throw new InputError(place(sameAgain(choices[twice]), ['zip']));
  return choices;
}

/** The first choice that is there already; -1 where all differ. */
function repeated(choices: readonly Choice[]): number {
  const seen = new Set<string>();
  return choices.findIndex(({ overrides }) => seen.size === seen.add(overrides.join('\n')).size);
}

function sameAgain({ values }: Choice): InputProblem {
  const message = 'comes twice, so every point with it would be simulated twice';
  return { message, found: Object.values(values).map(preview).join(', '), hint: 'leave it out once' };
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
function exclusion({ exclude, axes, zip, variants }: Sweep, place: Place): (point: SweepPoint) => boolean {
  const known = new Map<string, readonly unknown[]>([
    ...(variants.length > 0 ? [['variant', variants.map(({ name }) => name)] as const] : []),
    ...[...zip, ...axes].map((axis) => [axisName(axis), axisValues(axis)] as const),
  ]);
  const texts = new Map([...known].map(([name, values]) => [name, new Set(values.map(textOf))]));
  const rules = exclude.map((rule, i) => {
    const entries = Object.entries(rule);
    if (entries.length === 0) throw new InputError(place({ message: 'names no axis' }, ['exclude', i]));
    return entries.map(([name, value]) => {
      const at = ['exclude', i, name];
      const there = texts.get(name);
      if (there === undefined) {
        const names = [...known.keys()];
        const problem = { message: 'there is no such axis', found: preview(name), allowed: names.join(', ') };
        throw new InputError(place({ ...problem, hint: didYouMean(name, names) }, at));
      }
      const listed = (Array.isArray(value) ? value : [value]).map(textOf);
      if (!listed.some((text) => there.has(text))) {
        const some = (known.get(name) ?? []).slice(0, MOST_NAMED).map(preview).join(', ');
        const allowed = there.size > MOST_NAMED ? `${some}, ...` : some;
        const message = 'leaves nothing out: no point has this value';
        throw new InputError(place({ message, found: preview(value), allowed }, at));
      }
      return { name, texts: new Set(listed) };
    });
  });
  return ({ variant, values }) =>
    rules.some((rule) =>
      rule.every(({ name, texts }) => texts.has(textOf(name === 'variant' ? variant : values[name]))),
    );
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}
