import { runPoint } from './run-point.js';
import { runTask } from './task.js';

// What a thread of the pool runs; the other side is executor.ts.
export default runTask;
export { runPoint };
