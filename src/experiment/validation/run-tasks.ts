import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { SimulatedLatencies } from './simulate-run.js';
import { runTask, type Task } from './tasks.js';

const WORKER = new URL('./worker.js', import.meta.url);
/** Threads run compiled code; from source, as in the tests, all work stays in this one. */
const COMPILED = import.meta.url.endsWith('.js');

export interface TaskOptions {
  /** Threads; by default one per core. */
  readonly workers?: number | undefined;
  /** Called whenever a task has ended. */
  readonly onDone?: ((done: number, of: number) => void) | undefined;
}

/** Runs tasks, in threads where there are several; the results come in the order of the tasks, whatever the threads. */
export async function runTasks(
  tasks: readonly Task[],
  { workers, onDone }: TaskOptions = {},
): Promise<SimulatedLatencies[][]> {
  const threads = Math.min(workers ?? availableParallelism(), tasks.length);
  let done = 0;
  const ended = <T>(result: T): T => {
    onDone?.(++done, tasks.length);
    return result;
  };
  if (threads <= 1 || !COMPILED) return tasks.map((task) => ended(runTask(task)));
  const pool = new Piscina<Task, SimulatedLatencies[]>({
    filename: WORKER.href,
    maxThreads: threads,
    minThreads: threads,
  });
  try {
    return await Promise.all(tasks.map(async (task) => ended(await pool.run(task))));
  } finally {
    await pool.destroy();
  }
}
