import { createHash } from 'node:crypto';
import type { Argv } from 'yargs';
import { type AnyRun, anyRun } from '../experiment/validation/any-run.js';
import { calibrateRuns, simulateRuns } from '../experiment/validation/calibrate-runs.js';
import { calibrationJson, calibrationSource } from '../experiment/validation/calibration-file.js';
import { latencyErrors } from '../experiment/validation/errors.js';
import { splitRows } from '../experiment/validation/measured-run.js';
import { readMeasurements } from '../experiment/validation/measurements.js';
import { completed } from '../experiment/validation/same-run.js';
import { type ValidationReport, validate } from '../experiment/validation/validate.js';
import type { CalibrationSet, LatencyErrors } from '../perf/index.js';
import { writeFileAtomic } from '../report/atomic-file.js';
import { InputError } from '../scenario/input-error.js';
import { calibrateKernelsFrom } from './calibrate-kernels.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print } from './io.js';
import { progressOn, readCalibration, readTextFile, wholeOption } from './validate.js';

interface CalibrateOptions {
  csv: readonly string[];
  out: string | undefined;
  base: string;
  title: string | undefined;
  folds: number;
  workers: number | undefined;
  kernels: string | undefined;
  format: 'table' | 'json';
}

/** `goodput calibrate`: fits the coefficients to measured runs, or kernel curves to kernel tables. */
export const calibrateCommand = defineCommand({
  usage: 'calibrate [csv..]',
  describe: 'Fit the performance model to measured runs, or to kernel timings',
  builder: (yargs: Argv) =>
    yargs
      .positional('csv', {
        type: 'string',
        array: true,
        default: [] as readonly string[],
        describe: 'Measured runs; docs/formats.md has the columns',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'Where the calibration goes (.json, .ts)' })
      .option('base', {
        type: 'string',
        requiresArg: true,
        default: 'shipped',
        describe: 'What the runs refine: shipped, a file, or none for a fit from datasheets',
      })
      .option('title', { type: 'string', requiresArg: true, describe: 'Name that results cite as their source' })
      .option('folds', {
        type: 'number',
        requiresArg: true,
        default: 5,
        describe: 'Folds of the cross-validation; 0: none',
      })
      .option('workers', { type: 'number', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('kernels', { type: 'string', requiresArg: true, describe: 'Folder of kernel timings, instead of runs' })
      .option('format', { choices: ['table', 'json'] as const, default: 'table' as const, describe: 'What is printed' })
      .example('$0 calibrate runs.csv --out cluster.json', 'ten runs of yours refine the shipped calibration'),
  run,
});

async function run(options: CalibrateOptions, io: Io): Promise<number> {
  const { csv, out, kernels, format } = options;
  if (kernels !== undefined) {
    return calibrateKernelsFrom({ folder: kernels, format, ...(out === undefined ? {} : { out }) }, io);
  }
  if (csv.length === 0) throw new InputError({ message: 'calibrate needs a file of measured runs, or --kernels' });
  const texts = csv.map(readTextFile);
  const rows = texts.flatMap((text, i) => readMeasurements(text, csv[i]));
  const { runs, skipped } = splitRows(completed(rows), anyRun);
  if (runs.length === 0) {
    throw new InputError({
      message: 'has no row that can be simulated',
      file: csv[0],
      hint: skipped[0]?.reason,
    });
  }
  const base = readCalibration(options.base);
  const folds = wholeOption('folds', options.folds, 0, 100) ?? 0;
  const set = calibrateRuns(runs, {
    base,
    title: options.title ?? `fit to ${runs.length} measured runs`,
    sha256: createHash('sha256').update(texts.join('')).digest('hex'),
  });
  const errors = { ...set.errors };
  const context = { set: base, workers: wholeOption('workers', options.workers, 1, 1024), onDone: progressOn(io) };
  const fitted = runs.map(({ measurement }) => measurement);
  if (folds > 1) {
    const report = await validate(fitted, { ...context, holdOut: { kind: 'folds', folds } });
    errors.measured = bands(report, 'aggregated');
    errors.disaggregated = bands(report, 'disaggregated');
  }
  // Only a fit from scratch says how it does without a GPU: a base may have seen it.
  if (options.base === 'none' && folds > 1 && new Set(runs.map(({ gpu }) => gpu.name)).size > 1) {
    errors.transferred = bands(await validate(fitted, { ...context, holdOut: { kind: 'gpu' } }), 'aggregated');
  }
  const finished: CalibrationSet = { ...set, errors };
  if (out !== undefined)
    writeFileAtomic(out, out.endsWith('.ts') ? calibrationSource(finished) : calibrationJson(finished));
  await print(
    io.stdout,
    format === 'json' ? calibrationJson(finished) : summary(finished, before(runs, base), skipped.length),
  );
  return EXIT.fine;
}

function bands({ byMode }: ValidationReport, mode: 'aggregated' | 'disaggregated'): LatencyErrors | null {
  const errors = byMode[mode];
  if (errors === undefined) return null;
  const { tpot, ttft } = errors;
  return {
    tpot: { mape: tpot.mape, medianApe: tpot.medianApe },
    ttft: { mape: ttft.mape, medianApe: ttft.medianApe },
  };
}

function before(runs: readonly AnyRun[], base: CalibrationSet): LatencyErrors {
  const predicted = simulateRuns(runs, base);
  return latencyErrors(runs.map((run, i) => ({ run, predicted: predicted[i] })));
}

function summary(set: CalibrationSet, base: LatencyErrors, skipped: number): string {
  const line = (name: string, errors: LatencyErrors | null): string[] =>
    errors === null ? [] : [`${name.padEnd(36)} TPOT ${percent(errors.tpot)}   TTFT ${percent(errors.ttft)}`];
  return [
    `${set.data.runs} runs, ${skipped} skipped; mean and median error in %:`,
    ...line('before', base),
    ...line('on the runs it was fitted to', set.errors.fit),
    ...line('on configurations kept out', set.errors.measured),
    ...line('prefill and decode apart, kept out', set.errors.disaggregated),
    ...line('on GPUs kept out', set.errors.transferred),
    '',
  ].join('\n');
}

function percent({ mape, medianApe }: { mape: number; medianApe: number }): string {
  return `${mape.toFixed(1).padStart(6)} ${medianApe.toFixed(1).padStart(6)}`;
}
