import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { InputError } from '../scenario/input-error.js';
import type { OpenFile } from '../traffic/lines.js';
import { isGzip, SyncGunzip } from './gunzip.js';

const CHUNK_BYTES = 1 << 16;
const COMPRESSED_CHUNK_BYTES = 1 << 14;

/**
 * Opens the files that a scenario names, relative to its own folder. Text comes in chunks, so that a file of any size
 * takes the same memory; between two chunks no handle stays open. Gzipped files are unpacked on the way.
 *
 * @throws InputError where there is no such file, or it is a folder, binary or unreadable
 * @example
 * const openFile = fileOpener('scenarios');
 * for (const chunk of openFile('trace.csv')) process.stdout.write(chunk);
 */
export function fileOpener(baseDirectory: string): OpenFile {
  return (name) => {
    const file = path.resolve(baseDirectory, name);
    // Called for its errors: a wrong name should not wait for the first read.
    readable(file, name, () => {
      if (statSync(file).isDirectory()) throw new InputError({ message: 'is a folder, not a file', file: name });
      closeSync(openSync(file, 'r'));
    });
    return chunks(file, name);
  };
}

function* chunks(file: string, name: string): Generator<string> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let gunzip: SyncGunzip | undefined;
  let first = true;
  try {
    for (let position = 0; ; ) {
      const bytes = readable(file, name, () => {
        const handle = openSync(file, 'r');
        try {
          // Compressed files in small pieces: a piece can swell a thousandfold.
          return readSync(handle, buffer, 0, gunzip === undefined ? CHUNK_BYTES : COMPRESSED_CHUNK_BYTES, position);
        } finally {
          closeSync(handle);
        }
      });
      if (position === 0 && isGzip(buffer.subarray(0, bytes))) gunzip = new SyncGunzip(name);
      position += bytes;
      const read = buffer.subarray(0, bytes);
      const text = gunzip === undefined ? read : bytes === 0 ? gunzip.end() : gunzip.push(read);
      if (first && text.includes(0)) throw new InputError({ message: 'is not a text file', file: name });
      if (text.length > 0) first = false;
      yield decoder.write(text);
      if (bytes === 0) break;
    }
    yield decoder.end();
  } finally {
    gunzip?.close();
  }
}

function readable<T>(file: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error) || !('code' in error)) throw error;
    throw new InputError({
      message: error.code === 'ENOENT' ? 'no such file' : `cannot be read (${error.code})`,
      file: name,
      found: file,
      hint: 'paths in a scenario are relative to the folder of the scenario file',
    });
  }
}
