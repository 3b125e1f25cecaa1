import type { CalibrationSet } from '../../perf/index.js';
import { anyRun } from './any-run.js';
import { disagreement, errorsBy, type GroupErrors, groupErrors, loadOf, type Point } from './errors.js';
import { type RunIdentity, type SkippedRow, splitRows } from './measured-run.js';
import type { MeasuredPercentiles, Measurement } from './measurements.js';
import { runTasks, type TaskOptions } from './run-tasks.js';
import { completed } from './same-run.js';
import type { SimulatedLatencies } from './simulate-run.js';
import type { Task } from './tasks.js';

/** What is kept out of the fit that predicts it; without any, a given calibration predicts all. */
export type HoldOut =
  | { readonly kind: 'folds'; readonly folds: number }
  | { readonly kind: 'model' }
  | { readonly kind: 'gpu' };

export interface ValidateOptions extends TaskOptions {
  /** Calibration that predicts; where runs are held out, the base that fits start from. */
  readonly set: CalibrationSet;
  readonly holdOut?: HoldOut | undefined;
  readonly rounds?: number;
}

/** One simulated row, as `--format json` prints it. */
export interface ValidationPoint {
  readonly id: string;
  readonly gpu: string;
  readonly stack: string;
  readonly model: string;
  readonly precision: string;
  readonly mode: string;
  readonly concurrency: number;
  readonly measured: {
    readonly ttftMs: number | null;
    readonly tpotMs: number | null;
    readonly percentiles: MeasuredPercentiles;
  };
  readonly predicted: SimulatedLatencies;
}

/** Errors in percent: `goodput validate --format json`. */
export interface ValidationReport {
  readonly rows: number;
  readonly simulated: number;
  readonly skipped: readonly SkippedRow[];
  readonly method: string;
  readonly overall: GroupErrors;
  /** How far repeated measurements of the same configuration disagree with their own median: the floor. */
  readonly disagreement: GroupErrors;
  readonly byGpu: Readonly<Record<string, GroupErrors>>;
  readonly byStack: Readonly<Record<string, GroupErrors>>;
  readonly byModel: Readonly<Record<string, GroupErrors>>;
  readonly byMode: Readonly<Record<string, GroupErrors>>;
  readonly byLoad: Readonly<Record<string, GroupErrors>>;
  readonly bySource: Readonly<Record<string, GroupErrors>>;
  /** GPU, stack, model and precision together. */
  readonly byCell: Readonly<Record<string, GroupErrors>>;
  readonly points: readonly ValidationPoint[];
}

/** Tasks that a plain validation is cut into, so that threads have equal work. */
const PIECES = 16;

/** Simulates every row the way it was measured and compares. The number of threads changes nothing but the time. */
export async function validate(given: readonly Measurement[], options: ValidateOptions): Promise<ValidationReport> {
  const rows = completed(given);
  const { runs, skipped } = splitRows<RunIdentity>(rows, anyRun);
  const groups = holdOutGroups(runs, options.holdOut);
  const tasks = groups.map((members): Task => taskOf(runs, members, options));
  const results = await runTasks(tasks, options);
  const predicted: SimulatedLatencies[] = new Array(runs.length);
  groups.forEach((members, g) => {
    members.forEach((at, i) => {
      predicted[at] = results[g][i];
    });
  });
  const points = runs.map((run, i): Point => ({ run, predicted: predicted[i] }));
  return report(rows.length, skipped, points, options);
}

function taskOf(runs: readonly RunIdentity[], members: readonly number[], options: ValidateOptions): Task {
  const rows = members.map((at) => runs[at].measurement);
  if (options.holdOut === undefined) return { kind: 'simulate', rows, set: options.set };
  const held = new Set(members);
  return {
    kind: 'predict',
    rows,
    training: runs.filter((_, at) => !held.has(at)).map(({ measurement }) => measurement),
    base: options.set,
    ...(options.rounds === undefined ? {} : { rounds: options.rounds }),
  };
}

/** Positions of the runs by what they are predicted together with; fits never see what they predict. */
function holdOutGroups(runs: readonly RunIdentity[], holdOut: HoldOut | undefined): number[][] {
  const groups = new Map<string | number, number[]>();
  runs.forEach((run, at) => {
    const key = groupKey(run, at, holdOut);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [at]);
    else group.push(at);
  });
  return [...groups.values()];
}

function groupKey(run: RunIdentity, at: number, holdOut: HoldOut | undefined): string | number {
  switch (holdOut?.kind) {
    case undefined:
      // Rows of one place in the file take similar time, so neighbours go to different threads.
      return at % PIECES;
    case 'folds':
      return fnv1a(run.configuration) % holdOut.folds;
    case 'gpu':
      return run.gpu.name;
    case 'model':
      // Models of the same shapes (DeepSeek V3 and R1) leave together.
      return run.shapes;
  }
}

/** Fowler-Noll-Vo hash (FNV-1a, 32 bit), stirred: spreads configurations over folds, the same everywhere. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function report(
  rows: number,
  skipped: readonly SkippedRow[],
  points: readonly Point[],
  { holdOut, set }: ValidateOptions,
): ValidationReport {
  return {
    rows,
    simulated: points.length,
    skipped,
    method: methodOf(holdOut, set),
    overall: groupErrors(points),
    disagreement: disagreement(points.map(({ run }) => run)),
    byGpu: errorsBy(points, ({ gpu }) => gpu.name),
    byStack: errorsBy(points, ({ stack }) => stack.name),
    byModel: errorsBy(points, ({ model }) => model.name),
    byMode: errorsBy(points, ({ measurement }) => measurement.mode),
    byLoad: errorsBy(points, loadOf),
    bySource: errorsBy(points, ({ measurement }) => measurement.source || 'unknown'),
    byCell: errorsBy(points, ({ gpu, stack, model, precision }) =>
      [gpu.name, stack.name, model.name, precision].join(' '),
    ),
    points: points.map(({ run, predicted }) => ({
      id: run.measurement.id,
      gpu: run.gpu.name,
      stack: run.stack.name,
      model: run.model.name,
      precision: run.precision,
      mode: run.measurement.mode,
      concurrency: run.concurrency,
      measured: {
        ttftMs: run.measurement.ttftMs,
        tpotMs: run.measurement.tpotMs,
        percentiles: run.measurement.percentiles,
      },
      predicted,
    })),
  };
}

function methodOf(holdOut: HoldOut | undefined, set: CalibrationSet): string {
  switch (holdOut?.kind) {
    case undefined:
      return `calibration "${set.title}"; runs it was fitted to are among them where it knows them`;
    case 'folds':
      return `${holdOut.folds} folds by configuration: every run is predicted by a fit that saw no other load of it`;
    case 'gpu':
      return 'leave one GPU out: every run is predicted by a fit that never saw its GPU';
    case 'model':
      return 'leave one model out: every run is predicted by a fit that never saw its model';
  }
}
