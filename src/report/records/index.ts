import { extname } from 'node:path';
import type { RequestRecord } from '../../metrics/recorder.js';
import { InputError } from '../../scenario/input-error.js';
import { didYouMean } from '../../scenario/suggest.js';
import { AtomicFile } from '../atomic-file.js';
import { CsvRecords } from './csv.js';
import { JsonlRecords } from './jsonl.js';
import { ParquetRecords } from './parquet.js';

/** Writes requests in one format. */
interface RecordsFormat {
  add(record: RequestRecord): void;
  /** Writes what is still held back. */
  end(): void;
}

/** The formats by extension; a new one is one file and one line here. */
const formats: Readonly<Record<string, new (file: AtomicFile) => RecordsFormat>> = {
  '.parquet': ParquetRecords,
  '.csv': CsvRecords,
  '.jsonl': JsonlRecords,
};

/** A file of requests that is being written. */
export interface RecordsFile {
  add(record: RequestRecord): void;
  /** Puts the complete file in its place. */
  commit(): void;
  /** Leaves nothing behind. */
  discard(): void;
}

/**
 * Opens a file with one row per request; its extension chooses the format.
 *
 * @throws InputError where the extension is none of them or the file cannot be written
 * @example
 * const records = openRecords('requests.parquet');
 * simulate(scenario, { onRecord: (record) => records.add(record) });
 * records.commit();
 */
export function openRecords(path: string): RecordsFile {
  const Format = formats[checkRecordsPath(path)];
  const file = new AtomicFile(path);
  const records = new Format(file);
  return {
    add: (record) => records.add(record),
    commit: () => {
      records.end();
      file.commit();
    },
    discard: () => file.discard(),
  };
}

function checkRecordsPath(path: string): string {
  const extension = extname(path).toLowerCase();
  if (Object.hasOwn(formats, extension)) return extension;
  const known = Object.keys(formats);
  throw new InputError({
    file: path,
    message: 'the extension of a file of requests chooses its format',
    found: extension === '' ? 'none' : extension,
    allowed: known.join(', '),
    hint: didYouMean(extension, known),
  });
}
