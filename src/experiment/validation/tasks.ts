import { type CalibrationSet, calibrate } from '../../perf/index.js';
import { anyRun, simulateAny } from './any-run.js';
import { type CalibrateOptions, calibrateRuns } from './calibrate-runs.js';
import { splitRows } from './measured-run.js';
import type { Measurement } from './measurements.js';
import type { SimulatedLatencies } from './simulate-run.js';

/** Work for one thread; plain data, so that it can travel. */
export type Task =
  | { readonly kind: 'simulate'; readonly rows: readonly Measurement[]; readonly set: CalibrationSet }
  | {
      /** Fits to `training` and predicts `rows`. */
      readonly kind: 'predict';
      readonly rows: readonly Measurement[];
      readonly training: readonly Measurement[];
      readonly base: CalibrationSet;
      readonly rounds?: number;
    };

/** Predictions of the rows of a task, in their order; equal runs are simulated once. */
export function runTask(task: Task): SimulatedLatencies[] {
  const set = setOf(task);
  const done = new Map<string, SimulatedLatencies>();
  return splitRows(task.rows, anyRun).runs.map((run) => {
    let simulated = done.get(run.simulationKey);
    if (simulated === undefined) {
      const { ttftMs, tpotMs, percentiles } = simulateAny(run, calibrate(set, run));
      simulated = { ttftMs, tpotMs, percentiles };
      done.set(run.simulationKey, simulated);
    }
    return simulated;
  });
}

function setOf(task: Task): CalibrationSet {
  if (task.kind === 'simulate') return task.set;
  const { base, rounds } = task;
  const options: CalibrateOptions = {
    base,
    title: 'held out',
    sha256: '',
    ...(rounds === undefined ? {} : { rounds }),
  };
  return calibrateRuns(splitRows(task.training, anyRun).runs, options);
}
