import type { Calibration } from '../../perf/index.js';
import { type DisaggregatedRun, disaggregatedRun } from './disaggregated-run.js';
import { type MeasuredRun, measuredRun } from './measured-run.js';
import type { Measurement } from './measurements.js';
import { simulateDisaggregated } from './simulate-disaggregated.js';
import { type SimulatedRun, simulateRun } from './simulate-run.js';

/** A run of one instance, or of prefill and decode workers. */
export type AnyRun = MeasuredRun | DisaggregatedRun;

export function isDisaggregated(run: AnyRun): run is DisaggregatedRun {
  return 'decode' in run;
}

/** The run of a row, or the reason why it cannot be simulated. */
export function anyRun(row: Measurement): AnyRun | string {
  return row.mode === 'aggregated' ? measuredRun(row) : disaggregatedRun(row);
}

/** Simulates a run the way it was measured. */
export function simulateAny(run: AnyRun, calibration: Calibration): SimulatedRun {
  return isDisaggregated(run) ? simulateDisaggregated(run, calibration) : simulateRun(run, calibration);
}
