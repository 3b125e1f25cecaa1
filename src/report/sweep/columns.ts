import type { PointResult } from '../../experiment/sweep/point-result.js';
import type { SweepManifest } from './folder.js';

type Scalar = string | number | boolean | null;

/** One column of a table of rows. */
export interface TableColumn<Row> {
  name: string;
  type: 'integer' | 'real' | 'text' | 'flag';
  value: (row: Row) => Scalar;
}

/** One column of the table of a sweep. */
export type SweepColumn = TableColumn<PointResult>;

const VARIANT: SweepColumn = { name: 'variant', type: 'text', value: ({ variant }) => variant ?? null };

/**
 * The columns of a sweep's table: which point, its settings, what went wrong, and every figure of the summary under its
 * dotted path, half-widths of intervals behind `halfWidth.`. Points may differ in their figures (by names of classes, say);
 * the table has those of all.
 *
 * @param points all of them, in order
 */
export function sweepColumns(manifest: SweepManifest, points: Iterable<PointResult>): SweepColumn[] {
  const settings: SweepColumn[] = [
    ...(manifest.hasVariants ? [VARIANT] : []),
    ...manifest.axes.map(({ name }) => ({ name, type: 'text', value: settingOf(name) }) satisfies SweepColumn),
  ];
  const parts = ['summary', 'intervals', 'provenance'] as const;
  const figures = parts.map((): Figures => new Map());
  const types = new Map<string, Type | undefined>();
  let replicated = false;
  for (const point of points) {
    parts.forEach((part, i) => {
      collect(point[part] ?? {}, figures[i]);
    });
    replicated ||= point.replications !== undefined;
    for (const [name, value] of Object.entries(point.values)) types.set(name, typeOf(value, types.get(name)));
  }

  const columns: SweepColumn[] = [
    { name: 'index', type: 'integer', value: ({ index }) => index },
    ...settings.map((column) => ({ ...column, type: types.get(column.name) ?? 'text' })),
    { name: 'error', type: 'text', value: ({ error }) => error?.message ?? null },
    { name: 'seed', type: 'real', value: ({ seed }) => seed ?? null },
    ...(replicated ? [{ name: 'replications', type: 'integer', value: replicationsOf } satisfies SweepColumn] : []),
    { name: 'failedExpectations', type: 'integer', value: failedExpectations },
    { name: 'warnings', type: 'text', value: ({ warnings }) => warnings?.join('; ') ?? null },
  ];
  const prefixes = ['', 'halfWidth.', 'provenance.'];
  parts.forEach((part, i) => {
    for (const { path, type } of leaves(figures[i], [])) {
      columns.push({
        name: prefixes[i] + path.join('.'),
        type: type ?? 'real',
        value: (point) => scalarAt(point[part], path),
      });
    }
  });
  // An axis may be called like a column that is there anyway, such as seed.
  const seen = new Set<string>();
  return columns.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** What the points hold under each key: further keys, or values of a type, which is unknown where all are null. */
type Figures = Map<string, Figures | Type | undefined>;
type Type = SweepColumn['type'];

function collect(value: object, found: Figures): void {
  for (const [key, entry] of Object.entries(value)) {
    const known = found.get(key);
    if (typeof entry === 'object' && entry !== null) {
      const below = known instanceof Map ? known : new Map();
      if (below !== known) found.set(key, below);
      collect(entry, below);
    } else if (!(known instanceof Map)) {
      found.set(key, typeOf(entry, known));
    }
  }
}

function* leaves(found: Figures, path: readonly string[]): Generator<{ path: string[]; type: Type | undefined }> {
  for (const [key, below] of found) {
    if (below instanceof Map) yield* leaves(below, [...path, key]);
    else yield { path: [...path, key], type: below };
  }
}

/** Values keep their type where all have the same one; any others become text. */
function typeOf(value: unknown, known: Type | undefined): Type | undefined {
  if (value === null) return known;
  const type = typeof value === 'number' ? 'real' : typeof value === 'boolean' ? 'flag' : 'text';
  return known === undefined || known === type ? type : 'text';
}

function scalarAt(value: unknown, path: readonly string[]): Scalar {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null;
    at = (at as Record<string, unknown>)[key];
  }
  return at === undefined || typeof at === 'object' ? null : (at as Scalar);
}

function settingOf(name: string): SweepColumn['value'] {
  return ({ values }) => {
    const value = values[name] ?? null;
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Scalar);
  };
}

function replicationsOf({ replications, summary }: PointResult): number | null {
  return replications ?? (summary === undefined ? null : 1);
}

function failedExpectations({ expectations }: PointResult): number | null {
  return expectations?.filter(({ pass }) => !pass).length ?? null;
}
