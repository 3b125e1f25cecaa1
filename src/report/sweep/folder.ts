import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PointResult } from '../../experiment/sweep/point-result.js';
import { inShard, type Shard } from '../../experiment/sweep/points.js';
import { InputError } from '../../scenario/input-error.js';
import type { Scenario } from '../../scenario/schema.js';
import { isMapping } from '../../scenario/schema-walk.js';
import { AtomicFile, isTemporary, makeFolder, writeFileAtomic, writeProblem } from '../atomic-file.js';
import { sweepColumns } from './columns.js';
import { csvRows } from './csv.js';
import { writeParquet } from './parquet.js';
import { completeLines, indexPoints, linesInOrder, PointsFile, type PointsIndex, pointIn } from './points-file.js';

const MANIFEST = 'sweep.json';
const POINTS = 'points.jsonl';
/** Points of files up to this length are read once and kept while tables are made of them; those of others once a table. */
const HELD_BYTES = 64 << 20;

/** What a folder of points belongs to. */
export interface SweepManifest {
  version: string;
  name: string;
  /** Equal for equal sweeps. */
  fingerprint: string;
  /** Number of points of the whole sweep. */
  points: number;
  /** Which share of them is here; undefined where it is all of them. */
  shard?: Shard | undefined;
  hasVariants: boolean;
  axes: readonly { name: string; path: string }[];
  /** The scenario of the first point, with all defaults filled in; undefined where it is no valid one. */
  scenario?: Scenario | undefined;
}

/** A folder that points are being written to. */
export interface OpenSweepFolder {
  file: PointsFile;
  /** Points that are there already. */
  done: ReadonlySet<number>;
}

/**
 * Begins a folder, or goes on with one.
 *
 * @param resume whether the folder may hold points of the same sweep
 * @throws InputError where it holds something else, or cannot be written
 */
export function openSweepFolder(folder: string, manifest: SweepManifest, resume: boolean): OpenSweepFolder {
  const path = join(folder, POINTS);
  if (resume) removeTemporaries(folder);
  if (!isEmpty(folder)) {
    if (!resume) {
      throw new InputError({
        file: folder,
        message: 'is not empty',
        hint: `go on with what is there by --resume ${folder}, or choose another folder`,
      });
    }
    checkSame(readManifest(folder), manifest, folder);
    const index = indexPoints(path, belongingTo(manifest));
    return { file: new PointsFile(path, index.completeBytes), done: new Set(index.lines.keys()) };
  }
  try {
    makeFolder(folder);
  } catch (error) {
    throw writeProblem(folder, error);
  }
  writeFileAtomic(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return { file: new PointsFile(path), done: new Set() };
}

/** Puts the points into their order and writes `sweep.csv` and `sweep.parquet` beside them. */
export function finishSweepFolder(folder: string): void {
  const manifest = readManifest(folder);
  const path = join(folder, POINTS);
  writePoints(folder, linesInOrder(path, indexPoints(path, belongingTo(manifest))));
  writeTables(folder, manifest);
}

/** The points of a finished folder, in their order; to be gone through as often as need be. */
export function readSweepPoints(folder: string): Iterable<PointResult> {
  const path = join(folder, POINTS);
  const points = {
    *[Symbol.iterator](): Generator<PointResult> {
      for (const line of completeLines(path)) {
        const point = pointIn(line);
        if (point !== undefined) yield point;
      }
    },
  };
  const { size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return size <= HELD_BYTES ? [...points] : points;
}

/**
 * Joins folders that hold parts of the same sweep into one that looks as if one machine had done it all.
 *
 * @throws InputError where they belong to different sweeps, or points are missing
 * @example mergeSweepFolders(['shard-1', 'shard-2'], 'results/grid/all')
 */
export function mergeSweepFolders(folders: readonly string[], out: string): SweepManifest {
  const manifests = folders.map(readManifest);
  const { shard: _, ...whole } = manifests[0];
  manifests.forEach((manifest, i) => {
    checkSame(manifest, { ...whole, shard: manifest.shard }, folders[i]);
  });
  const sources = folders.map((folder, i): Source => {
    const path = join(folder, POINTS);
    return { path, index: indexPoints(path, belongingTo(manifests[i])) };
  });
  const owner = new Map<number, number>();
  sources.forEach(({ index }, source) => {
    for (const point of index.lines.keys()) if (!owner.has(point)) owner.set(point, source);
  });
  checkOverlap(folders, sources);
  const missing: number[] = [];
  for (let point = 0; point < whole.points; point++) if (!owner.has(point)) missing.push(point);
  if (missing.length > 0) throw new InputError(incomplete(missing, manifests, whole.points));
  if (!isEmpty(out)) throw new InputError({ file: out, message: 'is not empty', hint: 'choose another folder' });

  makeFolder(out);
  writeFileAtomic(join(out, MANIFEST), `${JSON.stringify(whole, null, 2)}\n`);
  const readers = sources.map(({ path, index }, source) =>
    linesInOrder(path, { ...index, lines: new Map([...index.lines].filter(([point]) => owner.get(point) === source)) }),
  );
  writePoints(
    out,
    (function* () {
      for (let point = 0; point < whole.points; point++) {
        const next = readers[owner.get(point) ?? 0].next();
        if (next.done !== true) yield next.value;
      }
    })(),
  );
  writeTables(out, whole);
  return whole;
}

/** The points of a folder that is merged. */
interface Source {
  path: string;
  index: PointsIndex;
}

/** Points may be in several folders, as long as they are the same. */
function checkOverlap(folders: readonly string[], sources: readonly Source[]): void {
  const times = new Map<number, number>();
  for (const { index } of sources)
    for (const point of index.lines.keys()) times.set(point, (times.get(point) ?? 0) + 1);
  const first = new Map<number, { digest: string; folder: string }>();
  sources.forEach(({ path, index }, source) => {
    const shared = [...index.lines].filter(([point]) => (times.get(point) ?? 0) > 1).sort(([a], [b]) => a - b);
    const lines = linesInOrder(path, { ...index, lines: new Map(shared) });
    for (const [point] of shared) {
      const line = lines.next();
      const digest = createHash('sha256')
        .update(line.done === true ? '' : line.value)
        .digest('hex');
      const seen = first.get(point);
      if (seen === undefined) first.set(point, { digest, folder: folders[source] });
      else if (seen.digest !== digest) {
        throw new InputError({
          file: folders[source],
          message: `point ${point} is another than in ${seen.folder}`,
          hint: 'one of them was edited, or simulated by other code; leave that folder out, or simulate it again',
        });
      }
    }
  });
}

export function readManifest(folder: string): SweepManifest {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch {
    value = undefined;
  }
  if (isManifest(value)) return value;
  throw new InputError({
    file: folder,
    message: `is no folder of a sweep: there is no readable ${MANIFEST} in it`,
    hint: 'give a folder that goodput sweep has written',
  });
}

function isManifest(value: unknown): value is SweepManifest {
  if (!isMapping(value)) return false;
  const { version, name, fingerprint, points, shard, hasVariants, axes } = value;
  const whole = (number: unknown) => Number.isSafeInteger(number);
  return (
    [version, name, fingerprint].every((text) => typeof text === 'string') &&
    whole(points) &&
    typeof hasVariants === 'boolean' &&
    (shard === undefined || (isMapping(shard) && whole(shard.number) && whole(shard.of))) &&
    Array.isArray(axes) &&
    axes.every((axis) => isMapping(axis) && typeof axis.name === 'string' && typeof axis.path === 'string')
  );
}

/** Which points a folder is for. */
function belongingTo({ points, shard }: SweepManifest): (index: number) => boolean {
  return (index) => index >= 0 && index < points && (shard === undefined || inShard(index, shard));
}

function checkSame(found: SweepManifest, expected: SweepManifest, folder: string): void {
  const refuse = (message: string) => {
    throw new InputError({ file: folder, message, hint: 'results of different sweeps cannot be put together' });
  };
  if (found.version !== expected.version) {
    refuse(`was written by goodput ${found.version}, not ${expected.version}`);
  }
  if (found.fingerprint !== expected.fingerprint) {
    refuse('belongs to another sweep, or the sweep file, its base, --set or a file that they name have changed since');
  }
  if (shardText(found) !== shardText(expected)) refuse(`holds ${shardText(found)}, not ${shardText(expected)}`);
}

function shardText({ shard }: SweepManifest): string {
  return shard === undefined ? 'all points' : `shard ${shard.number}/${shard.of}`;
}

function incomplete(missing: readonly number[], manifests: readonly SweepManifest[], total: number) {
  const there = manifests.map(shardText).join(', ');
  const some = missing.slice(0, 5).join(', ');
  return {
    message: `${missing.length} of ${total} points are missing, such as ${some} (there are: ${there})`,
    hint: 'finish the shards that were cut short with --resume, and name all of them',
  };
}

/** What a process left that was killed while it wrote. */
function removeTemporaries(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(folder).filter(isTemporary)) rmSync(join(folder, name), { force: true });
}

function isEmpty(folder: string): boolean {
  const status = statSync(folder, { throwIfNoEntry: false });
  if (status === undefined) return true;
  if (!status.isDirectory()) throw new InputError({ file: folder, message: 'is a file, not a folder' });
  return readdirSync(folder).length === 0;
}

function writePoints(folder: string, lines: Iterable<string>): void {
  writeLines(join(folder, POINTS), lines);
}

function writeTables(folder: string, manifest: SweepManifest): void {
  const points = readSweepPoints(folder);
  const columns = sweepColumns(manifest, points);
  writeLines(join(folder, 'sweep.csv'), csvRows(columns, points));
  writeParquet(join(folder, 'sweep.parquet'), columns, points);
}

function writeLines(path: string, lines: Iterable<string>): void {
  const file = new AtomicFile(path);
  try {
    for (const line of lines) file.write(`${line}\n`);
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
}
