import { dirname, resolve } from 'node:path';
import { formatProblem, InputError } from '../../scenario/input-error.js';
import type { CheckedClaim } from '../compare/claims.js';
import { remembering } from '../compare/remembering.js';
import { readText } from '../load-scenario.js';
import type { ExpectationOutcome, ResultDocument } from '../result.js';
import { type Executor, runAll } from '../sweep/executor.js';
import { loadSweep, taskOf } from '../sweep/load-sweep.js';
import { pointLabel, problemText } from '../sweep/point-result.js';
import type { SimulationTask, TaskOutcome } from '../sweep/task.js';
import { adviceOn } from './advice.js';
import type { BaselineOutcome } from './baseline.js';
import { type ComparisonOutcome, runComparisonCheck } from './check-comparison.js';
import { type CheckFile, type FileKind, kindOf } from './find-files.js';

/** `broken`: it could not be run. */
export type CheckStatus = 'passed' | 'failed' | 'broken';

/** What became of one run: a scenario, or a point of a sweep. */
export interface CheckedRun {
  /** Which point of the sweep; undefined for a scenario. */
  point: string | undefined;
  status: CheckStatus;
  expectations: ExpectationOutcome[];
  /** What limited the fleet, in one sentence. */
  bottleneck: string | undefined;
  /** Why expectations failed, and which knob turns it back. */
  advice: string[];
  warnings: string[];
  /** What the check could not look at. */
  notes: string[];
  /** Why it could not be run. */
  problems: string[];
  wallSeconds: number;
}

/** What became of one file. */
export interface CheckedFile {
  path: string;
  kind: 'scenario' | 'sweep' | 'comparison';
  status: CheckStatus;
  runs: CheckedRun[];
  /** Of a comparison that makes one. */
  claim?: CheckedClaim | undefined;
}

export interface CheckReport {
  files: CheckedFile[];
  /** Files in folders that are neither scenarios nor sweeps nor comparisons. */
  skipped: string[];
}

export interface CheckOptions {
  /** `path=value` for all scenarios. */
  settings?: readonly string[];
  /** Holds the result of a scenario, but not those of the points of a sweep, against a stored one. */
  judge?: ((task: SimulationTask, document: ResultDocument) => Promise<BaselineOutcome>) | undefined;
  /** Called when all files are known, with the number of runs. */
  onStart?: (runs: number) => void;
  onRun?: (status: CheckStatus) => void;
}

interface PlannedRun {
  task: SimulationTask;
  point: string | undefined;
  into: CheckedRun[];
  place: number;
}

/**
 * Runs every scenario and every point of every sweep in some files, and holds the results against their expectations. A
 * file that cannot be run is part of the report and does not keep the others from being run.
 *
 * @example
 * const report = await checkFiles(findFiles(['scenarios']), poolExecutor());
 * report.files.filter(({ status }) => status !== 'passed');
 */
export async function checkFiles(
  files: readonly CheckFile[],
  executor: Executor,
  { settings = [], judge, onStart, onRun }: CheckOptions = {},
): Promise<CheckReport> {
  const report: CheckReport = { files: [], skipped: [] };
  const planned: PlannedRun[] = [];
  const comparisons: CheckedFile[] = [];
  for (const { path, named } of files) {
    const runs: CheckedRun[] = [];
    const plan = planFile(path, settings);
    if (plan.kind === 'other' && !named) {
      report.skipped.push(path);
      continue;
    }
    const kind = plan.kind === 'other' ? 'scenario' : plan.kind;
    const file: CheckedFile = { path, kind, status: 'passed', runs };
    report.files.push(file);
    if (kind === 'comparison' && plan.problems.length === 0) comparisons.push(file);
    if (plan.problems.length > 0) runs.push(brokenRun(undefined, plan.problems));
    plan.tasks.forEach((task, place) => {
      planned.push({ ...task, into: runs, place });
    });
  }
  onStart?.(planned.length + comparisons.length);
  await runAll(
    executor.workers,
    planned,
    async ({ task, point }) => {
      const outcome = await executor.run(task);
      const judged = point === undefined && outcome.kind === 'done' ? await judge?.(task, outcome.document) : undefined;
      return checkedRun(point, outcome, judged);
    },
    ({ into, place }, run) => {
      into[place] = run;
      onRun?.(run.status);
    },
  );
  // One after the other: each fills all workers by itself.
  const known = remembering(executor);
  for (const file of comparisons) {
    const { claim, ...outcome } = await runComparisonCheck(file.path, known, settings);
    file.claim = claim;
    file.runs.push(comparisonRun(outcome));
    onRun?.(file.runs[0].status);
  }
  for (const file of report.files) file.status = worst(file.runs);
  return report;
}

/** The worst that happened in a number of runs or files. */
export function worst(of: readonly { status: CheckStatus }[]): CheckStatus {
  const order: readonly CheckStatus[] = ['broken', 'failed', 'passed'];
  return order.find((status) => of.some((each) => each.status === status)) ?? 'passed';
}

interface FilePlan {
  kind: FileKind;
  tasks: { task: SimulationTask; point: string | undefined }[];
  problems: string[];
}

function planFile(path: string, settings: readonly string[]): FilePlan {
  let kind: FileKind = 'scenario';
  try {
    kind = kindOf(path);
    if (kind === 'comparison') return { kind, tasks: [], problems: [] };
    if (kind === 'sweep') {
      const sweep = loadSweep(path, settings);
      const tasks = sweep.points.map((point) => ({ task: taskOf(sweep, point), point: pointLabel(point) }));
      return { kind, tasks, problems: [] };
    }
    const task = { text: readText(path), file: path, baseDirectory: dirname(resolve(path)), overrides: settings };
    return { kind, tasks: [{ task, point: undefined }], problems: [] };
  } catch (error) {
    if (error instanceof InputError) return { kind, tasks: [], problems: error.problems.map(formatProblem) };
    throw error;
  }
}

function checkedRun(
  point: string | undefined,
  outcome: TaskOutcome,
  judged: BaselineOutcome = { expectations: [], notes: [] },
): CheckedRun {
  if (outcome.kind === 'bad-input') {
    return brokenRun(point, outcome.problems.map(point === undefined ? formatProblem : problemText));
  }
  if (outcome.kind === 'internal-error') return brokenRun(point, [`internal error: ${outcome.message}`]);
  const { document } = outcome;
  const expectations = [...document.expectations, ...judged.expectations];
  return {
    point,
    status: expectations.every(({ pass }) => pass) ? 'passed' : 'failed',
    expectations,
    bottleneck: document.summary.bottleneck.verdict,
    advice: adviceOn(
      document,
      expectations.filter(({ pass }) => !pass),
    ),
    warnings: document.warnings,
    notes: judged.notes,
    problems: [],
    wallSeconds: document.simulation.wallSeconds,
  };
}

function comparisonRun({ expectations, problems, wallSeconds }: Omit<ComparisonOutcome, 'claim'>): CheckedRun {
  if (problems.length > 0) return brokenRun(undefined, problems);
  const status = expectations.every(({ pass }) => pass) ? 'passed' : 'failed';
  return { ...brokenRun(undefined, problems), status, expectations, wallSeconds };
}

function brokenRun(point: string | undefined, problems: string[]): CheckedRun {
  const nothing = { expectations: [], bottleneck: undefined, advice: [], warnings: [], notes: [] };
  return { point, status: 'broken', ...nothing, problems, wallSeconds: 0 };
}
