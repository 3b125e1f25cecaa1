import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { PointExecutor } from '../sweep/executor.js';
import type { ScenarioText } from '../sweep/task.js';
import { connect, hasSweeps, QUEUE, QUEUE_PREFIX, type QueuedPoint, resultsKey, sweepKey } from './connection.js';

/** Lines that nobody fetches are gone after this time. */
const RESULT_SECONDS = 3600;
/** How long a worker believes that a sweep is still wanted. */
const BELIEF_MS = 5000;
/** Workers that may die on a point before it counts as failed. */
const MOST_DEATHS = 5;

export interface QueueWorkerOptions {
  /** A worker that shows no sign of life for this long loses its points to others. */
  patienceMs?: number;
  /** Folder in which files that scenarios name are found, in place of the one on the machine that runs the sweep. */
  files?: string | undefined;
  onPoint?: (failed: boolean) => void;
}

/** Work on a queue, until it is closed. */
export interface QueueWorker {
  /** Resolves when the points in hand are done. */
  close(): Promise<void>;
}

/**
 * Takes points from the queue, runs them and pushes their lines.
 *
 * @throws InputError where nobody answers at the address
 * @example const worker = await queueWorker('redis://localhost:6379', poolExecutor());
 */
export async function queueWorker(
  url: string,
  executor: PointExecutor,
  { patienceMs = 15_000, files, onPoint }: QueueWorkerOptions = {},
): Promise<QueueWorker> {
  const client = await connect(url);
  const sweeps = new Map<string, { base: ScenarioText; checkedMs: number }>();

  const baseOf = async (sweep: string): Promise<ScenarioText | undefined> => {
    const known = sweeps.get(sweep);
    if (known !== undefined && performance.now() - known.checkedMs < BELIEF_MS) return known.base;
    const text = await client.get(sweepKey(sweep));
    if (text === null) {
      sweeps.delete(sweep);
      return undefined;
    }
    const base = known?.base ?? withFiles(JSON.parse(text) as ScenarioText, files);
    sweeps.set(sweep, { base, checkedMs: performance.now() });
    return base;
  };

  const work = async ({ data: { sweep, overrides, point } }: Job<QueuedPoint>): Promise<void> => {
    const base = await baseOf(sweep);
    // Nobody waits for it any more.
    if (base === undefined) return;
    const { line, failed } = await executor.runPoint({ ...base, overrides, point });
    await push(client, sweep, JSON.stringify({ index: point.index, line, failed }));
    onPoint?.(failed);
  };

  const worker = new Worker<QueuedPoint, void>(QUEUE, work, {
    connection: client,
    prefix: QUEUE_PREFIX,
    // One more than threads, so that none waits while the queue is asked for the next point.
    concurrency: executor.workers + 1,
    lockDuration: patienceMs,
    stalledInterval: patienceMs / 2,
    maxStalledCount: MOST_DEATHS,
    drainDelay: 1,
  });
  // Errors of the connection: BullMQ tries again by itself.
  worker.on('error', () => {});
  return {
    close: async () => {
      await worker.close();
      // What BullMQ notes down about a queue, whether or not it is used.
      if (!(await hasSweeps(client))) await client.del(`${QUEUE_PREFIX}:${QUEUE}:meta`);
      client.disconnect();
    },
  };
}

async function push(client: Redis, sweep: string, text: string): Promise<void> {
  if ((await client.exists(sweepKey(sweep))) === 0) return;
  await client.multi().rpush(resultsKey(sweep), text).expire(resultsKey(sweep), RESULT_SECONDS).exec();
}

function withFiles(base: ScenarioText, files: string | undefined): ScenarioText {
  return files === undefined ? base : { ...base, baseDirectory: files };
}
