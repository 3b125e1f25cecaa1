import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { shippedCalibration } from '../catalog/calibrations/shipped.js';
import { DATASHEET_SET } from '../experiment/validation/calibrate-runs.js';
import { parseCalibration } from '../experiment/validation/calibration-file.js';
import type { GroupErrors } from '../experiment/validation/errors.js';
import { type Measurement, readMeasurements } from '../experiment/validation/measurements.js';
import { validationPlot } from '../experiment/validation/plot.js';
import { type HoldOut, type ValidationReport, validate } from '../experiment/validation/validate.js';
import type { CalibrationSet } from '../perf/index.js';
import { writeFileAtomic } from '../report/atomic-file.js';
import { number } from '../report/format.js';
import { renderGrid } from '../report/table.js';
import { InputError } from '../scenario/input-error.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print, wantsColor } from './io.js';

interface ValidateOptions {
  csv: readonly string[];
  format: 'table' | 'json';
  calibration: string | undefined;
  folds: number | undefined;
  leaveOut: 'model' | 'gpu' | undefined;
  plot: string | undefined;
  workers: number | undefined;
  quiet: boolean;
}

/** `goodput validate`: simulates measured runs and says how far off the model is. */
export const validateCommand = defineCommand({
  usage: 'validate <csv..>',
  describe: 'Simulate measured runs the way they were measured and print the errors',
  builder: (yargs: Argv) =>
    yargs
      .positional('csv', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Measured runs; docs/formats.md has the columns',
      })
      .option('format', { choices: ['table', 'json'] as const, default: 'table' as const, describe: 'What is printed' })
      .option('calibration', {
        type: 'string',
        requiresArg: true,
        describe: 'File of goodput calibrate, or none for datasheets [default: the shipped one]',
      })
      .option('folds', {
        type: 'number',
        requiresArg: true,
        describe: 'Cross-validate: fit to all folds but one, by configuration, and predict that one',
      })
      .option('leave-out', {
        choices: ['model', 'gpu'] as const,
        describe: 'Cross-validate: predict each model or GPU by a fit that never saw it',
      })
      .option('plot', { type: 'string', requiresArg: true, describe: 'SVG of predicted against measured' })
      .option('workers', { type: 'number', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress' })
      .example('$0 validate runs.csv', 'how well the shipped calibration predicts your cluster')
      .example('$0 validate runs.csv --folds 5', 'how well a fit predicts runs it has not seen')
      .conflicts('folds', 'leave-out'),
  run,
});

async function run(options: ValidateOptions, io: Io): Promise<number> {
  const rows = options.csv.flatMap(readMeasurementFile);
  const holdOut = holdOutOf(options);
  const report = await validate(rows, {
    set: holdOut === undefined ? readCalibration(options.calibration) : DATASHEET_SET,
    holdOut,
    workers: wholeOption('workers', options.workers, 1, 1024),
    onDone: options.quiet ? undefined : progressOn(io),
  });
  if (options.plot !== undefined) writeFileAtomic(options.plot, validationPlot(report.points));
  const text = options.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : tables(report, io);
  await print(io.stdout, text);
  return EXIT.fine;
}

function holdOutOf({ folds, leaveOut }: ValidateOptions): HoldOut | undefined {
  const count = wholeOption('folds', folds, 2, 100);
  if (count !== undefined) return { kind: 'folds', folds: count };
  return leaveOut === undefined ? undefined : { kind: leaveOut };
}

/** @throws InputError where the file cannot be read */
export function readMeasurementFile(path: string): Measurement[] {
  return readMeasurements(readTextFile(path), path);
}

/** A calibration by its file; `none` means datasheets, nothing the shipped one. */
export function readCalibration(path: string | undefined): CalibrationSet {
  if (path === undefined || path === 'shipped') return shippedCalibration;
  return path === 'none' ? DATASHEET_SET : parseCalibration(readTextFile(path), path);
}

export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const message = error.code === 'ENOENT' ? 'no such file' : `cannot be read (${error.code})`;
    throw new InputError({ message, file: path });
  }
}

export function wholeOption(name: string, value: number | undefined, min: number, max: number): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
  throw new InputError({
    message: `--${name} must be a whole number`,
    found: String(value),
    allowed: `${min} to ${max}`,
  });
}

/** A counter on stderr, where somebody watches. */
export function progressOn(io: Io): ((done: number, of: number) => void) | undefined {
  if (io.stderr.isTTY !== true) return undefined;
  return (done, of) => {
    io.stderr.write(done === of ? '\r\u001b[K' : `\r\u001b[K${done} of ${of}`, () => {});
  };
}

function tables(report: ValidationReport, io: Io): string {
  const color = wantsColor(io.stdout, io.env);
  const blocks: [string, Readonly<Record<string, GroupErrors>>][] = [
    ['', { all: report.overall, 'repeated runs': report.disagreement }],
    ['GPU', report.byGpu],
    ['stack', report.byStack],
    ['model', report.byModel],
    ['mode', report.byMode],
    ['load', report.byLoad],
    ['source', report.bySource],
    ['worst cells', worst(report.byCell)],
  ];
  const skipped = new Map<string, number>();
  for (const { reason } of report.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  return [
    `${report.simulated} of ${report.rows} rows simulated; ${report.method}`,
    ...[...skipped].map(([reason, count]) => `  ${count} skipped: ${reason}`),
    ...blocks.map(([title, groups]) => `\n${renderGrid(gridOf(title, groups), color)}`),
    'Errors in % of what was measured; bias above 0 means predicted too slow. Repeated runs: how far measurements of',
    'the same configuration disagree with their own median, the least any prediction can reach.',
    '',
  ].join('\n');
}

function worst(cells: Readonly<Record<string, GroupErrors>>): Record<string, GroupErrors> {
  const ranked = Object.entries(cells).sort(([, a], [, b]) => b.tpot.mape * b.runs - a.tpot.mape * a.runs);
  return Object.fromEntries(ranked.slice(0, 8));
}

function gridOf(title: string, groups: Readonly<Record<string, GroupErrors>>) {
  return {
    kind: 'grid' as const,
    head: [title, 'runs', 'TPOT mean', 'median', 'bias', 'TTFT mean', 'median', 'bias'],
    rows: Object.entries(groups).map(([name, { runs, tpot, ttft }]) =>
      [
        name,
        String(runs),
        ...[tpot, ttft].flatMap(({ mape, medianApe, bias }) => [number(mape), number(medianApe), number(bias)]),
      ].map((text) => ({ text })),
    ),
  };
}
