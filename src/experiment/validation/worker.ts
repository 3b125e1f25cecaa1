import { runTask } from './tasks.js';

// What a thread of `run-tasks.ts` does; Piscina calls the default export.
export default runTask;
