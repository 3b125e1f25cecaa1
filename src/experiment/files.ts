import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { InputError } from '../scenario/input-error.js';
import type { OpenFile } from '../traffic/lines.js';

const CHUNK_BYTES = 1 << 18;

/**
 * Opens the files that a scenario names, relative to its own folder. Text comes in chunks, so that a file of any size
 * takes the same memory; between two chunks no handle stays open.
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
  for (let position = 0; ; ) {
    const bytes = readable(file, name, () => {
      const handle = openSync(file, 'r');
      try {
        return readSync(handle, buffer, 0, CHUNK_BYTES, position);
      } finally {
        closeSync(handle);
      }
    });
    if (bytes === 0) break;
    if (position === 0 && buffer.subarray(0, bytes).includes(0)) {
      throw new InputError({
        message: 'is not a text file',
        file: name,
        hint: 'compressed files must be unpacked first',
      });
    }
    position += bytes;
    yield decoder.write(buffer.subarray(0, bytes));
  }
  yield decoder.end();
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
