import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { type PointLine, type PointTask, pointLine } from './point-line.js';
import type { SimulationTask, TaskOutcome } from './task.js';

/** Runs tasks somewhere. */
export interface Executor {
  /** How many tasks can run at once. */
  readonly workers: number;
  /** Never rejects. */
  run(task: SimulationTask): Promise<TaskOutcome>;
  /** Stops what is running. */
  close(): Promise<void>;
}

/** Runs points of sweeps somewhere, perhaps on other machines. */
export interface PointExecutor {
  readonly workers: number;
  /** Rejects only where there is no way left to run anything. */
  runPoint(task: PointTask): Promise<PointLine>;
  close(): Promise<void>;
}

/** Runs tasks in the calling thread, one after the other. */
export function inlineExecutor(): Executor & PointExecutor {
  // Loaded late, since a thread that leaves the work to others needs no simulator.
  const worker = import('./worker.js');
  // Lets timers and signals have their turn between two tasks.
  const later = <T>(work: (of: Awaited<typeof worker>) => T) =>
    worker.then((of) => new Promise<T>((resolve) => setImmediate(() => resolve(work(of)))));
  return {
    workers: 1,
    run: (task) => later((of) => of.default(task)),
    runPoint: (task) => later((of) => of.runPoint(task)),
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
export function poolExecutor(workers = availableParallelism()): Executor & PointExecutor {
  const pool = new Piscina<SimulationTask | PointTask, TaskOutcome | PointLine>({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  return {
    workers,
    run: async (task) => {
      try {
        return (await pool.run(task)) as TaskOutcome;
      } catch (error) {
        return threadDied(error);
      }
    },
    runPoint: async (task) => {
      try {
        return (await pool.run(task, { name: 'runPoint' })) as PointLine;
      } catch (error) {
        return pointLine(task, threadDied(error));
      }
    },
    close: () => pool.destroy(),
  };
}

/** A thread that ran out of memory, for one; the pool has started another. */
function threadDied(error: unknown): TaskOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'internal-error', message, stack: undefined };
}

/** Runs all items, as many at once as there are workers, and hands over each outcome as it comes. */
export async function runAll<Item, Outcome>(
  workers: number,
  items: Iterable<Item>,
  run: (item: Item) => Promise<Outcome>,
  onOutcome: (item: Item, outcome: Outcome) => void,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      onOutcome(next.value, await run(next.value));
    }
  };
  // One task waits for each worker, so that none is idle while the calling thread writes a line.
  await Promise.all(Array.from({ length: 2 * workers }, lane));
}
