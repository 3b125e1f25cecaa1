import type { Argv } from 'yargs';
import { inlineExecutor, type PointExecutor, poolExecutor, runAll } from '../experiment/sweep/executor.js';
import { type LoadedSweep, loadSweep, scenarioOfPoint, taskOf } from '../experiment/sweep/load-sweep.js';
import { type PointResult, pointLabel } from '../experiment/sweep/point-result.js';
import { type Shard, shardOf } from '../experiment/sweep/points.js';
import { count } from '../report/format.js';
import { defaultResultFolder } from '../report/result-folder.js';
import { sweepColumns } from '../report/sweep/columns.js';
import { csvRows } from '../report/sweep/csv.js';
import {
  finishSweepFolder,
  type OpenSweepFolder,
  openSweepFolder,
  readManifest,
  readSweepPoints,
  type SweepManifest,
} from '../report/sweep/folder.js';
import { sweepJson } from '../report/sweep/json.js';
import { sweepGrid, sweepMarkdown, sweepTable } from '../report/sweep/overview.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { VERSION } from '../version.js';
import { defineCommand, EXIT } from './command.js';
import { Interrupted, interruption } from './interruption.js';
import { type Io, print, wantsColor } from './io.js';
import { ManyRunsBar } from './sweep-progress.js';
import { wholeNumber } from './whole-number.js';

export const SWEEP_FORMATS = ['table', 'json', 'csv', 'markdown'] as const;
export type SweepFormat = (typeof SWEEP_FORMATS)[number];

interface SweepOptions {
  sweep: string;
  set: string[] | undefined;
  workers: string | undefined;
  shard: string | undefined;
  queue: string | undefined;
  resume: string | undefined;
  out: string | undefined;
  format: SweepFormat;
  quiet: boolean;
}

/** `goodput sweep`: many scenarios, in parallel, resumable. */
export const sweepCommand = defineCommand({
  usage: 'sweep <sweep>',
  describe: 'Simulate every point of a grid of scenarios, on all cores',
  builder: (yargs: Argv) =>
    yargs
      .positional('sweep', { type: 'string', demandOption: true, describe: 'YAML or JSON file: base, and what varies' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value for all points; repeatable' })
      .option('workers', { type: 'string', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('shard', { type: 'string', requiresArg: true, describe: 'i/n: only this share; join them by merge' })
      .option('queue', { type: 'string', requiresArg: true, describe: 'redis://host:6379 of goodput worker machines' })
      .option('out', { type: 'string', requiresArg: true, describe: 'Folder [default: results/<name>/<UTC time>]' })
      .option('resume', { type: 'string', requiresArg: true, describe: 'Go on with the points of this folder' })
      .option('format', { choices: SWEEP_FORMATS, default: 'table' as SweepFormat, describe: 'What is printed' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress, no notes' })
      .example('$0 sweep grid.yaml', 'all points, a table, and files in results/')
      .example('$0 sweep grid.yaml --resume results/grid/2026-08-01T12-30-05Z', 'after Ctrl-C or a crash')
      .example('$0 sweep grid.yaml --shard 2/4 --out shard-2', 'one of four machines')
      .example('$0 sweep grid.yaml --queue redis://queue.lab:6379', 'on every machine that runs goodput worker'),
  run,
});

async function run(options: SweepOptions, io: Io): Promise<number> {
  const workers = options.workers === undefined ? undefined : wholeNumber('--workers', options.workers);
  const shard = options.shard === undefined ? undefined : shardFrom(options.shard);
  if (options.out !== undefined && options.resume !== undefined) {
    throw new InputError({ message: '--out and --resume name the same thing; give one of them' });
  }
  if (options.queue !== undefined && options.workers !== undefined) {
    throw new InputError({
      message: '--workers counts threads of this machine; with --queue, goodput worker takes it',
    });
  }
  const { sweep, points, folder, open, executor } = await prepare(options, workers, shard, io);
  try {
    await runPoints(sweep, points, open, executor, io, options.quiet);
  } catch (error) {
    if (error instanceof Interrupted && !options.quiet) {
      await print(io.stderr, `go on with: goodput sweep ${plain(options.sweep)} --resume ${plain(folder)}\n`);
    }
    throw error;
  } finally {
    open.file.close();
  }
  finishSweepFolder(folder);
  return conclude(folder, options, io);
}

/** Reads the sweep, and begins its folder when all else is known to be fine. */
async function prepare(options: SweepOptions, workers: number | undefined, shard: Shard | undefined, io: Io) {
  // Threads start while the sweep is read.
  let executor = options.queue === undefined ? localExecutor(workers, io) : undefined;
  try {
    const sweep = loadSweep(options.sweep, options.set);
    executor ??= await remoteExecutor(options, sweep, io);
    const { name, fingerprint, hasVariants, axes } = sweep;
    const folder = options.resume ?? options.out ?? defaultResultFolder(name, new Date());
    const scenario = scenarioOfPoint(sweep, sweep.points[0]);
    const total = sweep.points.length;
    const manifest = { version: VERSION, name, fingerprint, points: total, shard, hasVariants, axes, scenario };
    const open = openSweepFolder(folder, manifest, options.resume !== undefined);
    const points = shard === undefined ? sweep.points : shardOf(sweep.points, shard);
    return { sweep, points, folder, open, executor };
  } catch (error) {
    await executor?.close();
    throw error;
  }
}

function localExecutor(workers: number | undefined, io: Io): PointExecutor {
  return io.threads ? poolExecutor(workers) : inlineExecutor();
}

async function remoteExecutor(
  { queue = '', quiet }: SweepOptions,
  { base }: LoadedSweep,
  io: Io,
): Promise<PointExecutor> {
  // The queue's packages take their time to load, which no other sweep should wait for.
  const { queueExecutor } = await import('../experiment/queue/queue-executor.js');
  return queueExecutor(queue, base, {
    onSilence: () => {
      if (!quiet) void print(io.stderr, 'no point has come back yet; is there a goodput worker on this queue?\n');
    },
  });
}

async function runPoints(
  sweep: LoadedSweep,
  points: LoadedSweep['points'],
  { file, done }: OpenSweepFolder,
  executor: PointExecutor,
  io: Io,
  quiet: boolean,
): Promise<void> {
  const waiting = points.filter(({ index }) => !done.has(index));
  const watched = io.stderr.isTTY === true && !quiet ? io.stderr : undefined;
  const bar = new ManyRunsBar(watched, points.length, points.length - waiting.length);
  const signals = interruption();
  try {
    const all = runAll(
      executor.workers,
      waiting,
      (point) => executor.runPoint(taskOf(sweep, point)),
      (_, { line, failed }) => {
        // What ends because the sweep was stopped is no result.
        if (signals.interrupted()) return;
        file.add(line);
        bar.add(failed);
      },
    );
    await Promise.race([all, signals.promise]);
  } finally {
    signals.stop();
    bar.erase();
    await executor.close();
  }
}

/** Prints the result of a folder; the exit code says whether something in it failed. */
export async function conclude(
  folder: string,
  { format, quiet }: Pick<SweepOptions, 'format' | 'quiet'>,
  io: Io,
): Promise<number> {
  const all = readSweepPoints(folder);
  await printSweep(folder, format, io, all);
  let points = 0;
  const broken: PointResult[] = [];
  let unmet = 0;
  let overloaded = 0;
  let firstOverloaded: PointResult | undefined;
  for (const point of all) {
    points++;
    if (point.error !== undefined) broken.push(point);
    if (point.expectations?.some(({ pass }) => !pass)) unmet++;
    if (point.summary?.bottleneck.overloaded !== true) continue;
    overloaded++;
    firstOverloaded ??= point;
  }
  if (!quiet) await print(io.stderr, `results are in ${plain(folder)}\n`);
  if (points === 0 && !quiet) await print(io.stderr, 'this shard has no points: there are more shards than points\n');
  if (broken.length > 0) {
    const [first] = broken;
    const reason = plain(first.error?.message ?? '');
    await print(
      io.stderr,
      `${count(broken.length)} of ${count(points)} points failed, such as ${first.index} (${plain(pointLabel(first))}): ${reason}\n`,
    );
  }
  if (firstOverloaded !== undefined && !quiet) {
    const which = `${firstOverloaded.index} (${plain(pointLabel(firstOverloaded))})`;
    await print(
      io.stderr,
      `${count(overloaded)} of ${count(points)} points are overloaded, such as ${which}: latencies there grow with the length of the run\n`,
    );
  }
  if (unmet > 0) await print(io.stderr, `${count(unmet)} of ${count(points)} points fail an expectation\n`);
  if (broken.some(({ error }) => error?.kind === 'internal-error')) return EXIT.internalError;
  // A shard may happen to hold all points that cannot be run.
  const whole = readManifest(folder).shard === undefined;
  if (whole && broken.length > 0 && broken.length === points) return EXIT.badInput;
  return unmet > 0 ? EXIT.expectationFailed : EXIT.fine;
}

/** Prints all points of a finished folder. */
export async function printSweep(
  folder: string,
  format: SweepFormat,
  io: Io,
  points: Iterable<PointResult> = readSweepPoints(folder),
): Promise<void> {
  const manifest = readManifest(folder);
  if (format === 'json') {
    await printPieces(sweepJson(manifest, points), io);
    return;
  }
  if (format === 'csv') {
    await printPieces(csvLines(manifest, points), io);
    return;
  }
  const grid = sweepGrid(manifest, points);
  await print(io.stdout, format === 'table' ? sweepTable(grid, wantsColor(io.stdout, io.env)) : sweepMarkdown(grid));
}

function* csvLines(manifest: SweepManifest, points: Iterable<PointResult>): Generator<string> {
  for (const row of csvRows(sweepColumns(manifest, points), points)) yield `${row}\n`;
}

/** A megabyte at a time, however much there is. */
async function printPieces(pieces: Iterable<string>, io: Io): Promise<void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < 1 << 20) continue;
    await print(io.stdout, text);
    text = '';
  }
  await print(io.stdout, text);
}

function shardFrom(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const shard = { number: Number(match?.[1]), of: Number(match?.[2]) };
  if (match !== null && shard.number >= 1 && shard.number <= shard.of) return shard;
  throw new InputError({
    message: '--shard must be i/n',
    found: JSON.stringify(text),
    allowed: 'a share from 1 and the number of shares, such as 1/4 ... 4/4',
  });
}
