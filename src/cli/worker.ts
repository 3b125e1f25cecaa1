import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { inlineExecutor, poolExecutor } from '../experiment/sweep/executor.js';
import { counted } from '../report/format.js';
import { InputError } from '../scenario/input-error.js';
import { parseSeconds } from '../scenario/quantities.js';
import { defineCommand, EXIT } from './command.js';
import { Interrupted, interruption } from './interruption.js';
import { type Io, print } from './io.js';
import { wholeNumber } from './whole-number.js';

interface WorkerOptions {
  queue: string;
  workers: string | undefined;
  files: string | undefined;
  idle: string | undefined;
  patience: string;
  quiet: boolean;
}

/** `goodput worker`: lends this machine to sweeps of others. */
export const workerCommand = defineCommand({
  usage: 'worker',
  describe: 'Run points of sweeps that others put into a queue, until Ctrl-C',
  builder: (yargs: Argv) =>
    yargs
      .option('queue', { type: 'string', requiresArg: true, demandOption: true, describe: 'redis://host:6379' })
      .option('workers', { type: 'string', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('files', { type: 'string', requiresArg: true, describe: 'Folder of the files that scenarios name' })
      .option('idle', { type: 'string', requiresArg: true, describe: 'End after this long without a point' })
      .option('patience', {
        type: 'string',
        requiresArg: true,
        default: '15s',
        describe: 'Silence after which the points of a worker go to others',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'No notes' })
      .example('$0 worker --queue redis://queue.lab:6379', 'on every machine of the pool')
      .example('$0 sweep grid.yaml --queue redis://queue.lab:6379', 'where the results are wanted'),
  run,
});

async function run(options: WorkerOptions, io: Io): Promise<number> {
  const workers = options.workers === undefined ? undefined : wholeNumber('--workers', options.workers);
  const patience = seconds('--patience', options.patience);
  const idle = options.idle === undefined ? Number.POSITIVE_INFINITY : seconds('--idle', options.idle);
  // The queue's packages take their time to load, which no other command should wait for.
  const { queueWorker } = await import('../experiment/queue/queue-worker.js');
  const signals = interruption();
  const executor = io.threads ? poolExecutor(workers) : inlineExecutor();
  let done = 0;
  let lastMs = performance.now();
  try {
    const worker = await queueWorker(options.queue, executor, {
      patienceMs: patience * 1000,
      files: options.files === undefined ? undefined : resolve(options.files),
      onPoint: () => {
        done++;
        lastMs = performance.now();
      },
    });
    if (!options.quiet)
      await print(
        io.stderr,
        `${counted(executor.workers, 'thread')} ${executor.workers === 1 ? 'waits' : 'wait'} for points\n`,
      );
    const idled = new Promise<void>((end) => {
      const timer = setInterval(() => {
        if (performance.now() - lastMs < idle * 1000) return;
        clearInterval(timer);
        end();
      }, 100);
      signals.promise.catch(() => clearInterval(timer));
    });
    await Promise.race([idled, signals.promise]).catch((error) => {
      // Points in hand are finished; a second Ctrl-C ends them, too, and another worker will have them.
      if (!(error instanceof Interrupted)) throw error;
      signals.stop();
    });
    await worker.close();
  } finally {
    signals.stop();
    await executor.close();
  }
  if (!options.quiet) await print(io.stderr, `${counted(done, 'point')} done\n`);
  return EXIT.fine;
}

function seconds(option: string, text: string): number {
  const value = parseSeconds(text);
  if (value !== undefined && value >= 0.1 && value <= 86_400) return value;
  throw new InputError({
    message: `${option} must be a duration`,
    found: JSON.stringify(text),
    allowed: '100ms to 24h, such as 30s',
  });
}
