import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** A row as read: numbers and texts by column. */
export type TableRow = Readonly<Record<string, number | string>>;

/** A file that holds no table: a pointer of Git LFS, or something else by that name. */
export class NotATable extends Error {}

const LFS = 'version https://git-lfs';

/** Rows of a Parquet or CSV table; of the columns those in `columns` that it has. */
export async function readTable(path: string, columns: readonly string[]): Promise<TableRow[]> {
  const rows = path.endsWith('.parquet') ? await readParquet(path, columns) : await readCsv(path, columns);
  return rows;
}

async function readParquet(path: string, columns: readonly string[]): Promise<TableRow[]> {
  const head = (await readFile(path)).subarray(0, LFS.length).toString('latin1');
  if (!head.startsWith('PAR1')) throw new NotATable(head === LFS ? 'a Git LFS pointer, not the file' : 'not Parquet');
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const present = parquetSchema(metadata).children.map((child) => child.element.name);
  const wanted = columns.filter((column) => present.includes(column));
  const rows = await parquetReadObjects({ file, metadata, columns: wanted, compressors });
  return rows.map((row) => Object.fromEntries(wanted.map((column) => [column, plain(row[column])])));
}

async function readCsv(path: string, columns: readonly string[]): Promise<TableRow[]> {
  const text = await readFile(path, 'utf8');
  if (text.startsWith(LFS)) throw new NotATable('a Git LFS pointer, not the file');
  const records: Record<string, string>[] = parse(text, { columns: true, skip_empty_lines: true, trim: true });
  return records.map((record) =>
    Object.fromEntries(columns.filter((column) => column in record).map((column) => [column, plain(record[column])])),
  );
}

function plain(value: unknown): number | string {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return '';
  const number = Number(value);
  return value !== '' && Number.isFinite(number) ? number : value;
}
