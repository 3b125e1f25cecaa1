import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { runTask, type SimulationTask, type TaskOutcome } from './task.js';

/** Runs tasks somewhere. */
export interface Executor {
  /** How many tasks can run at once. */
  readonly workers: number;
  /** Never rejects. */
  run(task: SimulationTask): Promise<TaskOutcome>;
  /** Stops what is running. */
  close(): Promise<void>;
}

/** Runs tasks in the calling thread, one after the other. */
export function inlineExecutor(): Executor {
  return {
    workers: 1,
    // Lets timers and signals have their turn between two tasks.
    run: (task) => new Promise((resolve) => setImmediate(() => resolve(runTask(task)))),
    close: async () => {},
  };
}

/**
 * Runs tasks in threads. All cores are used: the calling thread only writes lines.
 *
 * @param workers number of threads; default: one per core
 * @example
 * const executor = poolExecutor(2);
 * const outcome = await executor.run(task);
 * await executor.close();
 */
export function poolExecutor(workers = availableParallelism()): Executor {
  const pool = new Piscina<SimulationTask, TaskOutcome>({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  return {
    workers,
    run: async (task) => {
      try {
        return await pool.run(task);
      } catch (error) {
        // A thread that ran out of memory, for one; the pool has started another.
        return {
          kind: 'internal-error',
          message: error instanceof Error ? error.message : String(error),
          stack: undefined,
        };
      }
    },
    close: () => pool.destroy(),
  };
}

/** Runs all tasks, as many at once as there are workers, and hands over each outcome as it comes. */
export async function runAll<Item>(
  executor: Executor,
  items: Iterable<Item>,
  taskOf: (item: Item) => SimulationTask,
  onOutcome: (item: Item, outcome: TaskOutcome) => void,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      onOutcome(next.value, await executor.run(taskOf(next.value)));
    }
  };
  // One task waits for each worker, so that none is idle while the calling thread writes a line.
  await Promise.all(Array.from({ length: 2 * executor.workers }, lane));
}
