import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { PointExecutor } from '../sweep/executor.js';
import { type PointLine, type PointTask, pointLine } from '../sweep/point-line.js';
import type { ScenarioText } from '../sweep/task.js';
import { connect, hasSweeps, QUEUE, QUEUE_PREFIX, type QueuedPoint, resultsKey, sweepKey } from './connection.js';

/** Points in the queue at a time: plenty for a room of machines, and little memory for Redis whatever the sweep. */
const WINDOW = 512;
/** The sweep's key lives this long after its last sign of life: workers then drop its points. */
const LIFE_SECONDS = 60;
const HEARTBEAT_MS = 15_000;
const LOOK_MS = 1000;
/** A point without a result for this long is put into the queue again, should it have got lost; if not, nothing happens. */
const AGAIN_MS = 30_000;
/** Time that workers have to take note of their last points, so that nothing is left in Redis. */
const FAREWELL_MS = 3000;

interface Pending {
  task: PointTask;
  sinceMs: number;
  resolve: (line: PointLine) => void;
}

export interface QueueExecutorOptions {
  /** Called once where no point has come back for a while, since perhaps nobody works on the queue. */
  onSilence?: () => void;
  /** Until then. */
  silenceMs?: number;
}

/**
 * Runs points on whatever machines have `goodput worker` on the same Redis. A worker pushes the line of a point before it
 * takes the point off the queue, so a worker that dies loses nothing: its points go to another, and a line that comes
 * twice is the same line.
 *
 * @param base what all points start from
 * @throws InputError where nobody answers at the address
 */
export async function queueExecutor(
  url: string,
  base: ScenarioText,
  { onSilence, silenceMs = 10_000 }: QueueExecutorOptions = {},
): Promise<PointExecutor> {
  const client = await connect(url);
  const lines = client.duplicate();
  lines.on('error', () => {});
  const sweep = randomUUID();
  const queue = new Queue<QueuedPoint>(QUEUE, {
    connection: client,
    prefix: QUEUE_PREFIX,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: false },
  });
  queue.on('error', () => {});
  const pending = new Map<number, Pending>();
  let open = true;
  let heard = false;

  const settle = (index: number, line: PointLine): void => {
    const found = pending.get(index);
    pending.delete(index);
    found?.resolve(line);
  };
  const alive = () => client.set(sweepKey(sweep), JSON.stringify(base), 'EX', LIFE_SECONDS);
  const look = () => lookAfter(queue, sweep, pending, settle);

  await alive();
  // Whoever was the last to leave may have been ended while it cleared the queue, which pauses it.
  await queue.resume();
  const timers = [
    setInterval(() => void alive().catch(ignored), HEARTBEAT_MS),
    setInterval(() => void look(), LOOK_MS),
  ];
  const silence = setTimeout(() => {
    if (!heard) onSilence?.();
  }, silenceMs);
  const fetching = fetchLines(
    lines,
    sweep,
    () => open,
    (index, line) => {
      heard = true;
      settle(index, line);
    },
  );

  return {
    workers: WINDOW / 2,
    runPoint: (task) =>
      new Promise((resolve, reject) => {
        pending.set(task.point.index, { task, sinceMs: performance.now(), resolve });
        queue.add(sweep, queued(sweep, task), { jobId: jobId(sweep, task) }).catch(reject);
      }),
    close: async () => {
      open = false;
      clearTimeout(silence);
      timers.forEach(clearInterval);
      lines.disconnect();
      await fetching;
      await client.del(sweepKey(sweep));
      for (const { task } of pending.values()) await queue.remove(jobId(sweep, task)).catch(ignored);
      await leave(queue, client, sweep);
      await queue.close();
      client.disconnect();
    },
  };
}

/** Hands over lines as they come. */
async function fetchLines(
  client: Redis,
  sweep: string,
  goOn: () => boolean,
  onLine: (index: number, line: PointLine) => void,
): Promise<void> {
  while (goOn()) {
    try {
      const popped = await client.blpop(resultsKey(sweep), 1);
      if (popped === null) continue;
      const { index, ...line } = JSON.parse(popped[1]) as PointLine & { index: number };
      onLine(index, line);
    } catch {
      // The connection is gone: for a while, or because all is done.
      if (goOn()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** Points that killed every worker that tried them come back as failed; those without a trace are queued again. */
async function lookAfter(
  queue: Queue<QueuedPoint>,
  sweep: string,
  pending: Map<number, Pending>,
  settle: (index: number, line: PointLine) => void,
): Promise<void> {
  try {
    for (const job of await queue.getFailed(0, 100)) {
      const task = job?.name === sweep ? pending.get(job.data.point.index)?.task : undefined;
      if (job === undefined || task === undefined) continue;
      const message = job.failedReason ?? 'the workers that tried this point died';
      settle(task.point.index, pointLine(task, { kind: 'internal-error', message, stack: undefined }));
      await job.remove();
    }
    const now = performance.now();
    const late = [...pending.values()].filter(({ sinceMs }) => now - sinceMs > AGAIN_MS);
    for (const entry of late) entry.sinceMs = now;
    // A job whose number is in the queue already is not added a second time.
    if (late.length > 0) {
      await queue.addBulk(
        late.map(({ task }) => ({ name: sweep, data: queued(sweep, task), opts: { jobId: jobId(sweep, task) } })),
      );
    }
  } catch {
    // The connection is gone; the next look comes soon.
  }
}

/** Leaves nothing behind in Redis, unless somebody else still works with the queue. */
async function leave(queue: Queue<QueuedPoint>, client: Redis, sweep: string): Promise<void> {
  try {
    const deadline = performance.now() + FAREWELL_MS;
    while ((await queue.getActiveCount()) > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await client.del(resultsKey(sweep));
    const jobs = await queue.getJobCountByTypes('active', 'wait', 'delayed', 'prioritized');
    if (jobs === 0 && !(await hasSweeps(client))) await queue.obliterate({ force: true });
  } catch {
    // Keys that are left run out by themselves, but for a few counters of the queue.
  }
}

function queued(sweep: string, { overrides, point }: PointTask): QueuedPoint {
  return { sweep, overrides, point };
}

function jobId(sweep: string, { point }: PointTask): string {
  return `${sweep}-${point.index}`;
}

function ignored(): void {}
