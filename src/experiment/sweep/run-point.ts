import { type PointLine, type PointTask, pointLine } from './point-line.js';
import { runTask } from './task.js';

/**
 * Runs a point and writes its line. Never throws.
 *
 * @example runPoint(pointTaskOf(sweep, sweep.points[0])).line // '{"index":0,"values":{...},"summary":...'
 */
export function runPoint(task: PointTask): PointLine {
  return pointLine(task, runTask(task));
}
