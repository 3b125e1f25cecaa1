import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isMapping } from '../../scenario/schema-walk.js';

const CHUNK_BYTES = 1 << 20;
/** Keys of a scenario whose value may be the name of a file. */
const KEYS: ReadonlySet<unknown> = new Set(['file', 'calibration']);

/**
 * What the files hold that parts of scenarios name: names with a digest each, in order. Where a file cannot be read the digest
 * is null: what the name means is known where the points are simulated, perhaps on another machine.
 *
 * @param parts values with the keys that they are for
 * @example namedFiles([['arrivals', { process: 'trace', file: 'azure.csv' }]], 'scenarios') // [['azure.csv', '3a7bd3...']]
 */
export function namedFiles(
  parts: Iterable<readonly [key: unknown, value: unknown]>,
  baseDirectory: string,
): (readonly [name: string, digest: string | null])[] {
  const names = new Set<string>();
  const look = (key: unknown, value: unknown): void => {
    if (typeof value === 'string' && KEYS.has(key)) names.add(value);
    else if (Array.isArray(value)) for (const entry of value) look(key, entry);
    else if (isMapping(value)) for (const [own, entry] of Object.entries(value)) look(own, entry);
  };
  for (const [key, value] of parts) look(key, value);
  return [...names].sort().map((name) => [name, digestOf(resolve(baseDirectory, name))]);
}

function digestOf(path: string): string | null {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let handle: number | undefined;
  try {
    handle = openSync(path, 'r');
    for (let bytes = readSync(handle, chunk); bytes > 0; bytes = readSync(handle, chunk)) {
      hash.update(chunk.subarray(0, bytes));
    }
    return hash.digest('hex');
  } catch {
    return null;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
