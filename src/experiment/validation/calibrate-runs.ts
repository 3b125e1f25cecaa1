import { type CalibrationSet, calibrate, className, levelNames } from '../../perf/index.js';
import { type AnyRun, isDisaggregated, simulateAny } from './any-run.js';
import { latencyErrors } from './errors.js';
import {
  anchor,
  coefficientNames,
  FIT_DEFAULTS,
  type FitOptions,
  type FitRun,
  fitRound,
  Parameters,
  toLevels,
} from './fit.js';
import { priorSpreads } from './priors.js';
import type { SimulatedRun } from './simulate-run.js';

/** Simulations and fits in turn: a fit moves the estimates, a simulation says what they left out. */
const ROUNDS = 3;

/** A calibration before anything was measured: the datasheets. */
export const DATASHEET_SET: CalibrationSet = {
  schema: 'goodput-calibration-1',
  title: 'datasheets and rules of thumb',
  asOf: '',
  data: { sha256: '', runs: 0, source: '' },
  groups: {},
  errors: { fit: null, measured: null, transferred: null, disaggregated: null },
  levels: {},
};

export interface CalibrateOptions {
  /**
   * Where the fit starts, and what it shrinks towards. Runs on a base that knows measurements adjust the group of GPU, stack
   * and format they belong to, and leave what others share alone.
   */
  readonly base: CalibrationSet;
  readonly title: string;
  readonly sha256: string;
  readonly fit?: Partial<FitOptions>;
  readonly rounds?: number;
  readonly onRound?: (round: number, of: number) => void;
}

/**
 * Fits a calibration to runs. The same runs give the same set, bit for bit.
 *
 * @example calibrateRuns(splitRows(rows, anyRun).runs, { base: DATASHEET_SET, title: 'my cluster', sha256: '' })
 */
export function calibrateRuns(runs: readonly AnyRun[], options: CalibrateOptions): CalibrationSet {
  const { base } = options;
  const fitted = distinct(runs);
  const refines = Object.keys(base.levels).length > 0;
  const settings = { ...FIT_DEFAULTS, ...options.fit };
  const parameters = new Parameters([...levelsOf(fitted, refines), ...Object.keys(base.levels)]);
  parameters.levels.forEach((level, l) => {
    coefficientNames.forEach((name, c) => {
      parameters.values[l * coefficientNames.length + c] = Math.log(base.levels[level]?.[name] ?? 1);
    });
  });
  const prior = { centers: Float64Array.from(parameters.values), spreads: priorSpreads(parameters, fitted, refines) };
  const rounds = options.rounds ?? ROUNDS;
  for (let round = 0; round < rounds; round++) {
    options.onRound?.(round, rounds);
    const simulated = simulateRuns(
      fitted.map(({ run }) => run),
      { ...base, levels: toLevels(parameters) },
    );
    const anchors = fitted.map((run, i) => anchor(run, parameters, simulated[i]));
    fitRound(anchors, parameters, prior, settings);
  }
  const groups: Record<string, number> = { ...base.groups };
  for (const run of runs) groups[className(run)] = (groups[className(run)] ?? 0) + 1;
  const newest =
    runs
      .map(({ measurement }) => measurement.measuredOn)
      .concat(base.asOf)
      .sort()
      .at(-1) ?? '';
  const sources = [
    ...new Set(runs.map(({ measurement }) => measurement.source).filter((source) => source !== '')),
  ].sort();
  const set: CalibrationSet = {
    schema: 'goodput-calibration-1',
    title: options.title,
    asOf: newest,
    data: { sha256: options.sha256, runs: runs.length, source: sources.join(', ') },
    groups: Object.fromEntries(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1))),
    errors: base.errors,
    levels: toLevels(parameters),
  };
  const predicted = simulateRuns(runs, set);
  const points = runs.map((run, i) => ({ run, predicted: predicted[i] }));
  const together = points.filter(({ run }) => !isDisaggregated(run));
  const fit = latencyErrors(together.length > 0 ? together : points);
  return { ...set, errors: { ...base.errors, fit } };
}

/** Simulates runs under a calibration; equal runs once. */
export function simulateRuns(runs: readonly AnyRun[], set: CalibrationSet): SimulatedRun[] {
  const done = new Map<string, SimulatedRun>();
  return runs.map((run) => {
    let simulated = done.get(run.simulationKey);
    if (simulated === undefined) {
      simulated = simulateAny(run, calibrate(set, run));
      done.set(run.simulationKey, simulated);
    }
    return simulated;
  });
}

/**
 * Runs below which a GPU, a stack or a release gets no factors of its own in a fit from scratch: fewer cannot tell what is peculiar to
 * it from a bad day, and would be taken for its speed wherever it is planned with.
 */
const FEWEST_RUNS = 20;

/** Levels that runs belong to; in a fit from scratch those that enough of them do. */
function levelsOf(fitted: readonly FitRun[], refines: boolean): string[] {
  const counts = new Map<string, number>();
  for (const { run } of fitted) {
    for (const level of levelNames(run)) counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  const fewest = refines ? 1 : Math.min(FEWEST_RUNS, fitted.length);
  return [...counts].filter(([, runs]) => runs >= fewest).map(([level]) => level);
}

/** Files list some runs more than once, to the last digit: such a run counts once. */
function distinct(runs: readonly AnyRun[]): FitRun[] {
  const seen = new Map<string, FitRun>();
  for (const run of runs) {
    const { ttftMs, tpotMs, percentiles } = run.measurement;
    const key = `${run.simulationKey} ${ttftMs} ${tpotMs ?? percentiles.tpotP50Ms}`;
    if (!seen.has(key)) seen.set(key, { run, weight: 1 });
  }
  return [...seen.values()];
}
