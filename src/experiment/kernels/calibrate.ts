import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Gpu, gpus } from '../../catalog/index.js';
import type { KernelCurve } from '../../catalog/kernel-curves/kernel-curve.js';
import {
  type CoefficientSpecs,
  type CurveForm,
  curveForms,
  type KernelOperation,
  kernelLimits,
} from '../../perf/curves/index.js';
import { fitCurve, type Timing } from './fit-curve.js';
import { NotATable, readTable, type TableRow } from './read-table.js';
import type { TableAdapter } from './tables/adapter.js';
import { tableAdapters } from './tables/index.js';
import { findTables, type TableFile } from './tree.js';

/** Something of the tables that no curve came from. */
export interface KernelNote {
  readonly where: string;
  readonly reason: string;
}

export interface KernelCalibration {
  readonly curves: readonly KernelCurve[];
  readonly notes: readonly KernelNote[];
  /** Number and hash of the tables that curves came from. */
  readonly tables: { readonly count: number; readonly sha256: string };
}

export interface KernelCalibrationOptions {
  /** Called before each table, for progress. */
  readonly onTable?: (table: string, index: number, of: number) => void;
  /** Fits the tables it accepts; by default all. */
  readonly only?: (file: TableFile) => boolean;
}

/** Fewer shapes than this say nothing about five to eight coefficients. */
const MIN_SHAPES = 40;
/** Share of shapes faster than physics beyond which a cell is no measurement of a GPU's memory but of its caches. */
const MAX_IMPOSSIBLE = 0.06;
/** A curve that is further off on average says less than one of a related GPU or stack. */
const MAX_MEAN_ERROR = 0.45;
/** As `MAX_IMPOSSIBLE` for one of several kernels, which is no loss. */
const MAX_IMPOSSIBLE_OF_KERNEL = 0.03;

/** Fits a curve to every operation, GPU, stack and number format that the tables under `root` hold. */
export async function calibrateKernels(
  root: string,
  options: KernelCalibrationOptions = {},
): Promise<KernelCalibration> {
  const files = (await findTables(root)).filter((file) => options.only?.(file) ?? true);
  const curves: KernelCurve[] = [];
  const notes: KernelNote[] = [];
  const hash = createHash('sha256');
  let count = 0;
  for (const [index, file] of files.entries()) {
    const name = `${file.gpu}/${file.stack}/${file.table}`;
    const adapter = tableAdapters.get(file.table);
    const gpu = gpus[file.gpu];
    if (adapter === undefined || gpu === undefined) {
      notes.push({ where: name, reason: adapter === undefined ? 'no curve for this kind of table' : 'unknown GPU' });
      continue;
    }
    options.onTable?.(name, index, files.length);
    try {
      hash.update(name).update(await readFile(file.path));
      count++;
      const rows = await readTable(file.path, [
        ...new Set([...adapter.columns, 'kernel_source', 'latency', 'version']),
      ]);
      curves.push(...fitTable(file, adapter, gpu, rows, notes));
    } catch (error) {
      if (!(error instanceof NotATable)) throw error;
      notes.push({ where: name, reason: error.message });
    }
  }
  curves.sort(byPlace);
  return { curves, notes, tables: { count, sha256: hash.digest('hex') } };
}

interface Cell {
  readonly operation: KernelOperation;
  readonly type: string;
  readonly timings: readonly Timing<unknown>[];
}

function fitTable(
  file: TableFile,
  adapter: TableAdapter,
  gpu: Gpu,
  rows: readonly TableRow[],
  notes: KernelNote[],
): KernelCurve[] {
  const where = `${file.gpu}/${file.stack}/${file.table}`;
  const curves: KernelCurve[] = [];
  for (const cell of cells(where, adapter, gpu, rows, notes)) {
    const note = (reason: string) => notes.push({ where: `${where} ${cell.type}`, reason });
    if (cell.timings.length < MIN_SHAPES) {
      note(`${cell.timings.length} shapes are too few`);
      continue;
    }
    const fit = fitCurve(formOf(cell.operation), cell.timings, kernelLimits(gpu, cell.operation, cell.type));
    if (fit.impossible > MAX_IMPOSSIBLE * cell.timings.length) {
      note(`${fit.impossible} of ${cell.timings.length} shapes faster than the GPU's memory or peak allows`);
      continue;
    }
    if (fit.meanError > MAX_MEAN_ERROR) {
      note(`the fit is off by ${(100 * fit.meanError).toFixed(0)} % on shapes kept out`);
      continue;
    }
    if (fit.impossible > 0) note(`left out ${fit.impossible} shapes faster than the GPU's memory or peak allows`);
    curves.push({
      operation: cell.operation,
      type: cell.type,
      gpu: file.gpu,
      stack: file.stack,
      stackVersion: file.version ?? String(rows[0]?.version ?? ''),
      shapes: fit.shapes,
      meanError: Number(fit.meanError.toFixed(4)),
      medianError: Number(fit.medianError.toFixed(4)),
      coefficients: fit.coefficients,
    });
  }
  return curves;
}

interface Sample {
  readonly key: string;
  readonly shape: unknown;
  readonly part: string;
  readonly kernel: string;
  readonly seconds: number;
}

/**
 * Sorts rows by operation and type. Where several kernels were timed on one shape the fastest counts, as an engine picks
 * it; parts of an operation are added up.
 */
function cells(where: string, adapter: TableAdapter, gpu: Gpu, rows: readonly TableRow[], notes: KernelNote[]): Cell[] {
  const byCell = new Map<string, { operation: KernelOperation; type: string; samples: Sample[] }>();
  const useless = new Map<string, number>();
  for (const row of rows) {
    const timed = adapter.read(row, gpu);
    if (typeof timed === 'string' || typeof row.latency !== 'number' || !(row.latency > 0)) {
      const reason = typeof timed === 'string' ? timed : 'no latency';
      useless.set(reason, (useless.get(reason) ?? 0) + 1);
      continue;
    }
    const { operation, type, shape, part = 'all' } = timed;
    const cellKey = `${operation} ${type}`;
    const cell = byCell.get(cellKey) ?? { operation, type, samples: [] };
    byCell.set(cellKey, cell);
    const kernel = String(row.kernel_source ?? '');
    cell.samples.push({ key: JSON.stringify(shape), shape, part, kernel, seconds: row.latency / 1e3 });
  }
  for (const [reason, count] of useless) notes.push({ where, reason: `${count} rows left out: ${reason}` });
  return [...byCell.keys()].sort().map((cellKey) => {
    const { operation, type, samples } = byCell.get(cellKey)!;
    const parts = adapter.parts ?? 1;
    const usable = parts > 1 ? samples : possibleKernels(`${where} ${type}`, operation, type, gpu, samples, notes);
    return { operation, type, timings: mergeSamples(usable, parts) };
  });
}

/** Leaves out kernels whose timings beat physics, where another one was timed as well. */
function possibleKernels(
  where: string,
  operation: KernelOperation,
  type: string,
  gpu: Gpu,
  samples: readonly Sample[],
  notes: KernelNote[],
): readonly Sample[] {
  const form = formOf(operation);
  const limits = kernelLimits(gpu, operation, type);
  const counts = new Map<string, { all: number; impossible: number }>();
  for (const { kernel, shape, seconds } of samples) {
    const count = counts.get(kernel) ?? { all: 0, impossible: 0 };
    counts.set(kernel, count);
    count.all++;
    if (seconds < form.floorSeconds(shape, limits)) count.impossible++;
  }
  const excess = [...counts].filter(([, { all, impossible }]) => impossible > MAX_IMPOSSIBLE_OF_KERNEL * all);
  if (excess.length === 0 || excess.length === counts.size) return samples;
  for (const [kernel, { all, impossible }] of excess) {
    notes.push({ where, reason: `kernel ${kernel} left out: ${impossible} of ${all} timings beat memory or peak` });
  }
  const left = new Set(excess.map(([kernel]) => kernel));
  return samples.filter(({ kernel }) => !left.has(kernel));
}

function mergeSamples(samples: readonly Sample[], parts: number): Timing<unknown>[] {
  const shapes = new Map<string, { shape: unknown; seconds: Map<string, number> }>();
  for (const { key, shape, part, seconds } of samples) {
    const merged = shapes.get(key) ?? { shape, seconds: new Map<string, number>() };
    shapes.set(key, merged);
    merged.seconds.set(part, Math.min(merged.seconds.get(part) ?? Number.POSITIVE_INFINITY, seconds));
  }
  return [...shapes]
    .filter(([, { seconds }]) => seconds.size === parts)
    .map(([key, { shape, seconds }]) => ({ key, shape, seconds: [...seconds.values()].reduce((a, b) => a + b, 0) }));
}

/** Each operation's adapter makes the shapes its form takes; the pairing is by name and beyond the type system. */
function formOf(operation: KernelOperation): CurveForm<unknown, CoefficientSpecs> {
  return curveForms[operation] as unknown as CurveForm<unknown, CoefficientSpecs>;
}

function byPlace(a: KernelCurve, b: KernelCurve): number {
  const text = (c: KernelCurve) => `${c.gpu} ${c.operation} ${c.type} ${c.stack}`;
  return text(a) < text(b) ? -1 : 1;
}
