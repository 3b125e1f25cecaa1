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
  const figures = parts.map(() => new Map<string, SweepColumn['type'] | undefined>());
  const types = new Map<string, SweepColumn['type'] | undefined>();
  let replicated = false;
  for (const point of points) {
    parts.forEach((part, i) => {
      collect(point[part] ?? {}, [], figures[i]);
    });
    replicated ||= point.replications !== undefined;
    for (const [name, value] of Object.entries(point.values)) note(types, name, value);
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
    for (const [encoded, type] of figures[i]) {
      const path = JSON.parse(encoded) as string[];
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

/** Keys of classes may hold dots, so a path is kept as JSON. */
function collect(value: object, path: readonly string[], found: Map<string, SweepColumn['type'] | undefined>): void {
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === 'object' && entry !== null) collect(entry, [...path, key], found);
    else note(found, JSON.stringify([...path, key]), entry);
  }
}

/** Values keep their type where all have the same one; any others become text. */
function note(types: Map<string, SweepColumn['type'] | undefined>, name: string, value: unknown): void {
  const known = types.get(name);
  if (value === null) {
    types.set(name, known);
    return;
  }
  const type = typeof value === 'number' ? 'real' : typeof value === 'boolean' ? 'flag' : 'text';
  types.set(name, known === undefined || known === type ? type : 'text');
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
