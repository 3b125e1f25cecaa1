import { closeSync, fsync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { PointResult } from '../../experiment/sweep/point-result.js';
import { InputError } from '../../scenario/input-error.js';
import { isMapping } from '../../scenario/schema-walk.js';
import { writeProblem } from '../atomic-file.js';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;
/** Lines reach the disk at least this often; what a killed process has written survives without. */
const SYNC_EVERY_MS = 1000;

/** Where the points stand in a `points.jsonl`. */
export interface PointsIndex {
  /** Offset and length in bytes of each point's line, by its index; the first line where there are several. */
  lines: ReadonlyMap<number, readonly [offset: number, bytes: number]>;
  /** Bytes up to the end of the last complete line. */
  completeBytes: number;
}

/**
 * Finds the points of a file; lines that are torn or no points are passed over. None where there is no file.
 *
 * @param belongs which points the file is for; others are passed over, too
 */
export function indexPoints(path: string, belongs: (index: number) => boolean): PointsIndex {
  const lines = new Map<number, readonly [number, number]>();
  let completeBytes = 0;
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return { lines, completeBytes };
  for (const line of completeLines(path)) {
    const index = pointIn(line)?.index;
    if (index !== undefined && belongs(index) && !lines.has(index)) lines.set(index, [completeBytes, line.length]);
    completeBytes += line.length + 1;
  }
  return { lines, completeBytes };
}

function openForReading(path: string): number {
  try {
    if (statSync(path).isFile()) return openSync(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new InputError({
      file: path,
      message: `cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code}`,
    });
  }
  throw new InputError({ file: path, message: 'is not a file' });
}

/** The lines of a file as they stand, without their ends; not what follows the last line end. */
export function* completeLines(path: string): Generator<Buffer> {
  const handle = openForReading(path);
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let pending = Buffer.alloc(0);
    for (let bytes = readSync(handle, chunk); bytes > 0; bytes = readSync(handle, chunk)) {
      pending = Buffer.concat([pending, chunk.subarray(0, bytes)]);
      let start = 0;
      for (let end = pending.indexOf(NEWLINE); end >= 0; end = pending.indexOf(NEWLINE, start)) {
        yield pending.subarray(start, end);
        start = end + 1;
      }
      pending = pending.subarray(start);
    }
  } finally {
    closeSync(handle);
  }
}

const PARTS = ['goodput', 'ttftMs', 'tpotMs', 'throughput', 'cost'] as const;

/** The point that a line holds; undefined where it is torn, or is no point. */
export function pointIn(line: Buffer): PointResult | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isMapping(value) || !Number.isSafeInteger(value.index) || !isMapping(value.values)) return undefined;
  const { summary, error } = value;
  const isWhole = isMapping(summary) ? PARTS.every((part) => isMapping(summary[part])) : isMapping(error);
  return isWhole ? (value as unknown as PointResult) : undefined;
}

/** Lines of a `points.jsonl` in the order of the points; one at a time, however many there are. */
export function* linesInOrder(path: string, { lines }: PointsIndex): Generator<string> {
  const handle = openSync(path, 'r');
  try {
    for (const index of [...lines.keys()].sort((a, b) => a - b)) {
      const [offset, bytes] = lines.get(index) ?? [0, 0];
      const buffer = Buffer.alloc(bytes);
      readSync(handle, buffer, 0, bytes, offset);
      yield buffer.toString('utf8');
    }
  } finally {
    closeSync(handle);
  }
}

/**
 * Appends points as they come, a line each, so that whatever ends the process costs at most the line it is writing.
 *
 * @example
 * const file = new PointsFile('results/grid/points.jsonl');
 * file.add(JSON.stringify(result));
 * file.close();
 */
export class PointsFile {
  private readonly handle: number;
  private syncedMs = performance.now();
  private syncing = false;
  private open = true;

  /** @param completeBytes length up to which an existing file is kept; what follows is a line that was never finished */
  constructor(
    private readonly path: string,
    completeBytes = 0,
  ) {
    this.handle = this.writing(() => openSync(path, 'a'));
    this.writing(() => ftruncateSync(this.handle, completeBytes));
  }

  /** @param line a {@link PointResult} as JSON */
  add(line: string): void {
    if (!this.open) return;
    const bytes = Buffer.from(`${line}\n`);
    this.writing(() => {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.handle, bytes, written);
    });
    this.syncNowAndThen();
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.writing(() => {
      fsyncSync(this.handle);
      closeSync(this.handle);
    });
  }

  private syncNowAndThen(): void {
    if (this.syncing || performance.now() < this.syncedMs + SYNC_EVERY_MS) return;
    this.syncing = true;
    // In the background: the disk may take its time, and a failure shows at the next write or at the end.
    fsync(this.handle, () => {
      this.syncing = false;
      this.syncedMs = performance.now();
    });
  }

  private writing<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw writeProblem(this.path, error);
    }
  }
}
