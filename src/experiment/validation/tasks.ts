import { type CalibrationSet, calibrate } from '../../perf/index.js';
import { type CalibrateOptions, calibrateRuns } from './calibrate-runs.js';
import { type DisaggregatedRun, disaggregatedRun } from './disaggregated-run.js';
import { type MeasuredRun, measuredRun, measuredRuns, splitRows } from './measured-run.js';
import type { Measurement } from './measurements.js';
import { simulateDisaggregated } from './simulate-disaggregated.js';
import { type SimulatedLatencies, simulateRun } from './simulate-run.js';

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

/** A run of one instance, or of prefill and decode workers; or the reason why a row cannot be simulated. */
export function anyRun(row: Measurement): MeasuredRun | DisaggregatedRun | string {
  return row.mode === 'aggregated' ? measuredRun(row) : disaggregatedRun(row);
}

/** Predictions of the rows of a task, in their order; equal runs are simulated once. */
export function runTask(task: Task): SimulatedLatencies[] {
  const set = setOf(task);
  const done = new Map<string, SimulatedLatencies>();
  return splitRows(task.rows, anyRun).runs.map((run) => {
    const key = 'recipe' in run ? run.simulationKey : [run.configuration, run.concurrency, run.release ?? ''].join(' ');
    let simulated = done.get(key);
    if (simulated === undefined) {
      const calibration = calibrate(set, run);
      const full = 'recipe' in run ? simulateRun(run, calibration) : simulateDisaggregated(run, calibration);
      simulated = { ttftMs: full.ttftMs, tpotMs: full.tpotMs, percentiles: full.percentiles };
      done.set(key, simulated);
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
  return calibrateRuns(measuredRuns(task.training).runs, options);
}
