import type { CalibrationSet } from '../../perf/index.js';
import { type CalibrateOptions, calibrateRuns, simulateRuns } from './calibrate-runs.js';
import type { Latencies } from './estimate.js';
import { measuredRuns } from './measured-run.js';
import type { Measurement } from './measurements.js';

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

/** Predictions of the rows of a task, in their order. */
export function runTask(task: Task): Latencies[] {
  const { runs } = measuredRuns(task.rows);
  return simulateRuns(runs, setOf(task)).map(({ ttftMs, tpotMs }) => ({ ttftMs, tpotMs }));
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
  return calibrateRuns(measuredRuns(task.training).runs, options);
}
