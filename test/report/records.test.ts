import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { openRecords } from '../../src/report/records/index.js';
import { InputError } from '../../src/scenario/input-error.js';
import { madeUpRecord } from './made-up.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-records-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = Number.NaN;
const completed = madeUpRecord();
const oneToken = madeUpRecord({ id: 2, outputTokens: 1, firstTokenSeconds: 13 });
const rejected = madeUpRecord({
  id: 3,
  class: '=evil, "class"',
  outcome: 'rejected',
  instance: -1,
  admittedSeconds: never,
  firstTokenSeconds: never,
  endSeconds: 10,
  outputTokens: 0,
  good: false,
});
const inFlight = madeUpRecord({ id: 4, outcome: 'in-flight', endSeconds: never, outputTokens: 17, good: false });

const expected = [
  {
    id: 1,
    class: 'chat',
    outcome: 'completed',
    instance: 0,
    arrival_s: 10,
    admitted_s: 10.5,
    first_token_s: 11,
    end_s: 13,
    input_tokens: 512,
    output_tokens: 101,
    preemptions: 0,
    ttft_ms: 1000,
    tpot_ms: 20,
    e2e_ms: 3000,
    queue_ms: 500,
    good: true,
  },
  { id: 2, output_tokens: 1, ttft_ms: 3000, tpot_ms: null, e2e_ms: 3000 },
  {
    id: 3,
    outcome: 'rejected',
    instance: null,
    admitted_s: null,
    end_s: 10,
    ttft_ms: null,
    e2e_ms: null,
    queue_ms: null,
  },
  { id: 4, outcome: 'in-flight', end_s: null, ttft_ms: 1000, tpot_ms: null, e2e_ms: null, good: false },
];

function write(path: string, records: Iterable<RequestRecord>): void {
  const file = openRecords(path);
  for (const record of records) file.add(record);
  file.commit();
}

function bufferOf(path: string): ArrayBuffer {
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

describe('a file of requests', () => {
  const all = [completed, oneToken, rejected, inFlight];

  it('reads back from Parquet', async () => {
    const path = join(folder, 'new', 'folder', 'requests.parquet');
    write(path, all);
    const rows = await parquetReadObjects({ file: bufferOf(path) });
    expect(rows).toMatchObject(expected);
    expect(rows[2].class).toBe('=evil, "class"');
    const { schema } = parquetMetadata(bufferOf(path));
    const types = Object.fromEntries(schema.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({ id: 'INT32', class: 'BYTE_ARRAY', arrival_s: 'DOUBLE', good: 'BOOLEAN' });
  });

  it('reads back from Parquet over several row groups', async () => {
    const path = join(folder, 'many.parquet');
    const many = 250_001;
    write(
      path,
      (function* () {
        for (let id = 0; id < many; id++) yield madeUpRecord({ id, arrivalSeconds: id / 8, instance: (id % 9) - 1 });
      })(),
    );
    const { row_groups: groups, num_rows: rows } = parquetMetadata(bufferOf(path));
    expect(Number(rows)).toBe(many);
    expect(groups.map(({ num_rows: size }) => Number(size))).toEqual([100_000, 100_000, 50_001]);
    const read = await parquetReadObjects({ file: bufferOf(path), columns: ['id', 'arrival_s', 'instance'] });
    expect(read[123_456]).toEqual({ id: 123_456, arrival_s: 15432, instance: (123_456 % 9) - 1 });
    expect(read[many - 1].id).toBe(many - 1);
    expect(read.filter(({ instance }) => instance === null)).toHaveLength(Math.ceil(many / 9));
  });

  it('reads back from Parquet when there were no requests', async () => {
    const path = join(folder, 'none.parquet');
    write(path, []);
    expect(await parquetReadObjects({ file: bufferOf(path) })).toEqual([]);
  });

  it('reads back from JSON lines', () => {
    const path = join(folder, 'requests.jsonl');
    write(path, all);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(expected);
  });

  it('reads back from CSV, empty where something never came', () => {
    const path = join(folder, 'requests.CSV');
    write(path, all);
    const rows: Record<string, string>[] = parse(readFileSync(path, 'utf8'), { columns: true });
    const texts = expected.map((row) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? '' : String(value)])),
    );
    expect(rows).toMatchObject(texts);
    expect(rows[2].class).toBe('\'=evil, "class"');
  });

  it('is not there before it is complete, and leaves nothing when it is given up', () => {
    const path = join(folder, 'requests.csv');
    writeFileSync(path, 'old');
    const file = openRecords(path);
    for (let id = 0; id < 50_000; id++) file.add(madeUpRecord({ id }));
    expect(readFileSync(path, 'utf8')).toBe('old');
    file.discard();
    expect(readdirSync(folder)).toEqual(['requests.csv']);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('replaces an older one', () => {
    const path = join(folder, 'requests.jsonl');
    write(path, all);
    write(path, [completed]);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['requests.jsonl']);
  });
});

describe('a file of requests is refused', () => {
  it.each(['requests.txt', 'requests', '.parquet', 'requests.parqet'])('%s, for its extension', (name) => {
    expect(() => openRecords(join(folder, name))).toThrow(/\.parquet, \.csv, \.jsonl/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('where a folder has its name', () => {
    mkdirSync(join(folder, 'x.csv'));
    expect(() => openRecords(join(folder, 'x.csv'))).toThrow(InputError);
    expect(readdirSync(folder)).toEqual(['x.csv']);
  });

  it('where a file stands in its way', () => {
    writeFileSync(join(folder, 'x'), '');
    expect(() => openRecords(join(folder, 'x', 'y', 'requests.csv'))).toThrow(InputError);
  });

  it.runIf(existsSync('/proc/self'))('where no folder can be made', () => {
    expect(() => openRecords('/proc/goodput/requests.csv')).toThrow(InputError);
  });
});
