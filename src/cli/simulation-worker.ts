import { parentPort, workerData } from 'node:worker_threads';
import type { Progress } from '../experiment/simulate.js';
import { InputError } from '../scenario/input-error.js';
import { runJob, type SimulationJob } from './simulation-job.js';
import type { ThreadMessage } from './simulation-thread.js';

// The other side of simulation-thread.ts.

const EVERY_MS = 100;
let nextMs = 0;

function send(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

function sendProgress(progress: Progress): void {
  const now = performance.now();
  if (now < nextMs) return;
  nextMs = now + EVERY_MS;
  send({ kind: 'progress', progress });
}

try {
  send({
    kind: 'done',
    document: runJob(workerData as SimulationJob, sendProgress, (note) => send({ kind: 'note', note })),
  });
} catch (error) {
  if (error instanceof InputError) send({ kind: 'input-error', problems: error.problems });
  else if (error instanceof Error) send({ kind: 'error', message: error.message, stack: error.stack });
  else send({ kind: 'error', message: String(error), stack: undefined });
}
