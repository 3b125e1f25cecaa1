import { Worker } from 'node:worker_threads';
import type { ResultDocument } from '../experiment/result.js';
import type { Progress } from '../experiment/simulate.js';
import { removeTemporary } from '../report/atomic-file.js';
import { streamedFiles } from '../report/exports/index.js';
import { InputError, type InputProblem } from '../scenario/input-error.js';
import { interruption } from './interruption.js';
import type { SimulationJob } from './simulation-job.js';

/** What the thread has to say. Classes do not survive the way between threads, so errors travel as their parts. */
export type ThreadMessage =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'note'; note: string }
  | { kind: 'done'; document: ResultDocument }
  | { kind: 'input-error'; problems: readonly InputProblem[] }
  | { kind: 'error'; message: string; stack: string | undefined };

/**
 * Runs a job in a thread of its own. A simulation does not let go of its thread, so the signal of Ctrl-C would wait for
 * its end; here it stops the run, and what was begun to be written is removed.
 *
 * @throws Interrupted on Ctrl-C
 */
export async function runInThread(
  job: SimulationJob,
  onProgress?: (progress: Progress) => void,
  onNote?: (note: string) => void,
): Promise<ResultDocument> {
  const worker = new Worker(new URL('./simulation-worker.js', import.meta.url), { workerData: job });
  const signals = interruption();
  try {
    const done = new Promise<ResultDocument>((resolve, reject) => {
      worker.on('message', (message: ThreadMessage) => {
        if (message.kind === 'progress') onProgress?.(message.progress);
        else if (message.kind === 'note') onNote?.(message.note);
        else if (message.kind === 'done') resolve(message.document);
        else if (message.kind === 'input-error') reject(new InputError(message.problems));
        else reject(Object.assign(new Error(message.message), { stack: message.stack }));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the simulation thread ended with code ${code}`)));
    });
    return await Promise.race([done, signals.promise]);
  } finally {
    await worker.terminate();
    if (job.recordsPath !== undefined) removeTemporary(job.recordsPath);
    if (job.traceEvents !== undefined) removeTemporary(job.traceEvents.path);
    if (job.exports !== undefined) streamedFiles(job.exports.names, job.exports.folder).forEach(removeTemporary);
    signals.stop();
  }
}
