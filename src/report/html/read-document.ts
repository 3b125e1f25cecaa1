import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison } from '../../experiment/compare/compare.js';
import type { CapacityDocument, PlanDocument } from '../../experiment/plan/document.js';
import type { ResultDocument } from '../../experiment/result.js';
import { resultNamed } from '../../experiment/results/find.js';
import { withDocumentOf } from '../../experiment/results/read.js';
import type { Sensitivity } from '../../experiment/sensitivity/sensitivity.js';
import type { PointResult } from '../../experiment/sweep/point-result.js';
import { InputError } from '../../scenario/input-error.js';
import type { Scenario } from '../../scenario/schema.js';
import { readManifest, readSweepPoints } from '../sweep/folder.js';
import { inCurrency } from './currency.js';
import { capacityReport } from './pages/capacity.js';
import { comparisonReport } from './pages/comparison.js';
import { planReport } from './pages/plan.js';
import { runReport } from './pages/run.js';
import { sensitivityReport } from './pages/sensitivity.js';
import { sweepReport } from './pages/sweep.js';
import type { Report } from './report.js';

const KNOWN =
  'a result folder or result.json, a sweep folder, or the JSON that goodput run, compare, sweep, plan or sensitivity print with --format json';

/**
 * Reads what a path holds and makes a report of it.
 *
 * @throws InputError where it is nothing that goodput has written
 * @example reportOf('results/chat/2026-08-01T12-30-05Z').headline
 */
export function reportOf(path: string): Report {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return reportOf(newestResult(path));
  if (!status.isDirectory()) return fromJson(path);
  const has = (name: string) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() === true;
  for (const name of ['comparison.json', 'plan.json', 'capacity.json'])
    if (has(name)) return fromJson(join(path, name));
  if (has('sweep.json')) return withDocumentOf(path, () => sweepIn(path));
  if (has('result.json')) return fromJson(join(path, 'result.json'));
  throw new InputError({
    file: path,
    message: 'holds none of result.json, comparison.json, plan.json, capacity.json and sweep.json',
    allowed: KNOWN,
    hint: 'goodput run, compare and plan with --out write such folders, and goodput sweep does',
  });
}

function sweepIn(folder: string): Report {
  const manifest = readManifest(folder);
  return inCurrency(sweepReport(manifest, [...readSweepPoints(folder)]), currencyOf(manifest));
}

/** The newest result of a name under `results/`. */
function newestResult(name: string): string {
  try {
    return resultNamed(name).folder;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError({ file: name, message: 'does not exist, nor is there a result of that name', allowed: KNOWN });
  }
}

function fromJson(file: string): Report {
  const document = parsed(file);
  const report = withDocumentOf(file, () => reportOfDocument(document));
  if (report !== undefined) return report;
  throw new InputError({ file, message: 'is no document of goodput', found: shapeOf(document), allowed: KNOWN });
}

/** The report of a document by what it holds, in its currency; undefined where it is none that goodput writes. */
export function reportOfDocument(document: unknown): Report | undefined {
  const report = reportInDollars(document);
  return report === undefined ? undefined : inCurrency(report, currencyOf(document));
}

/** Comparisons name it themselves, all others in their scenario. */
function currencyOf(document: unknown): string {
  const { currency, scenario } = document as { currency?: string; scenario?: Partial<Scenario> };
  return currency ?? scenario?.economics?.currency ?? 'USD';
}

function reportInDollars(document: unknown): Report | undefined {
  if (has(document, 'space.excluded', 'search.log', 'frontier', 'target', 'scenario.factory')) {
    return planReport(document as PlanDocument);
  }
  if (has(document, 'curve', 'fleet', 'target', 'scenario.factory'))
    return capacityReport(document as CapacityDocument);
  if (has(document, 'summary.requests', 'summary.cost', 'summary.goodput', 'scenario.traffic', 'fleet')) {
    return runReport(document as ResultDocument);
  }
  if (
    has(document, 'replications', 'alignment', 'expectations') &&
    each(document, 'scenarios', 'summary.cost', 'fleet', 'provenance', 'expectations')
  ) {
    return comparisonReport(document as Comparison);
  }
  if (has(document, 'metric', 'base', 'skipped') && each(document, 'inputs', 'path', 'swing')) {
    return sensitivityReport(document as Sensitivity);
  }
  if (has(document, 'axes', 'name') && each(document, 'points', 'values')) {
    const { axes, points, total, name, version, scenario } = document as {
      axes: { name: string; path: string }[];
      points: PointResult[];
      total: number;
      name: string;
      version: string;
      scenario?: Scenario;
    };
    const hasVariants = points.some(({ variant }) => variant !== undefined);
    return sweepReport({ version, name, fingerprint: '', points: total, hasVariants, axes, scenario }, points);
  }
  return undefined;
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError({
      file,
      message: `cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'}`,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new InputError({ file, message: `is no JSON: ${reason}`, allowed: KNOWN });
  }
}

function has(value: unknown, ...paths: readonly string[]): boolean {
  return paths.every((path) => {
    let at = value;
    for (const key of path.split('.')) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
      at = (at as Record<string, unknown>)[key];
    }
    return at !== null && at !== undefined;
  });
}

/** Whether a value has a list, not empty, in which every entry has these paths. */
function each(value: unknown, list: string, ...paths: readonly string[]): boolean {
  if (!has(value, list)) return false;
  const entries = (value as Record<string, unknown>)[list];
  return Array.isArray(entries) && entries.length > 0 && entries.every((entry) => has(entry, ...paths));
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'nothing';
  const keys = Object.keys(value);
  return `the keys ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ' ...' : ''}`;
}
