import { pointResult } from './point-result.js';
import type { SweepPoint } from './points.js';
import type { SimulationTask, TaskOutcome } from './task.js';

/** One point of a sweep to run; plain data, so that it can move to another thread or machine. */
export interface PointTask extends SimulationTask {
  point: Pick<SweepPoint, 'index' | 'variant' | 'values'>;
}

/** What is left of a point: its line in `points.jsonl`. A text moves between threads faster than what it says. */
export interface PointLine {
  line: string;
  /** Whether there is an error instead of a summary. */
  failed: boolean;
}

/** The line of a point whose outcome is known. */
export function pointLine({ point }: PointTask, outcome: TaskOutcome): PointLine {
  return { line: JSON.stringify(pointResult(point, outcome)), failed: outcome.kind !== 'done' };
}
