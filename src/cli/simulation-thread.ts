import { Worker } from 'node:worker_threads';
import type { ResultDocument } from '../experiment/result.js';
import type { Progress } from '../experiment/simulate.js';
import { removeTemporary } from '../report/atomic-file.js';
import { streamedFiles } from '../report/exports/index.js';
import { InputError, type InputProblem } from '../scenario/input-error.js';
import type { SimulationJob } from './simulation-job.js';

/** What the thread has to say. Classes do not survive the way between threads, so errors travel as their parts. */
export type ThreadMessage =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'note'; note: string }
  | { kind: 'done'; document: ResultDocument }
  | { kind: 'input-error'; problems: readonly InputProblem[] }
  | { kind: 'error'; message: string; stack: string | undefined };

/** The user has stopped the run. */
export class Interrupted extends Error {
  constructor(
    /** As shells report a process that was ended by this signal. */
    readonly exitCode: number,
  ) {
    super('interrupted');
  }
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

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
  const stopListening: (() => void)[] = [];
  try {
    return await new Promise<ResultDocument>((resolve, reject) => {
      for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
        const stop = () => reject(new Interrupted(exitCode));
        process.on(signal, stop);
        stopListening.push(() => process.off(signal, stop));
      }
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
  } finally {
    await worker.terminate();
    if (job.recordsPath !== undefined) removeTemporary(job.recordsPath);
    if (job.traceEvents !== undefined) removeTemporary(job.traceEvents.path);
    if (job.exports !== undefined) streamedFiles(job.exports.names, job.exports.folder).forEach(removeTemporary);
    for (const stop of stopListening) stop();
  }
}
