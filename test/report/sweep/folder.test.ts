import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PointResult } from '../../../src/experiment/sweep/point-result.js';
import {
  finishSweepFolder,
  mergeSweepFolders,
  openSweepFolder,
  readSweepPoints,
  type SweepManifest,
} from '../../../src/report/sweep/folder.js';
import { madeUpResult } from '../made-up.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'goodput-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const manifest: SweepManifest = {
  version: '0.1.0',
  name: 'grid',
  fingerprint: 'f',
  points: 3,
  hasVariants: true,
  axes: [{ name: 'x', path: 'x' }],
};
const { summary, provenance } = madeUpResult('made up', [{ name: 'a.b,c' }]);
const point = (index: number, value: unknown = index): PointResult => ({
  index,
  variant: 'hopper',
  values: { x: value },
  seed: 1,
  summary,
  provenance,
  expectations: [],
  warnings: ['one', 'two'],
});
const failed: PointResult = {
  index: 2,
  variant: 'hopper',
  values: { x: 2 },
  error: { kind: 'bad-input', message: 'no' },
};

/** Writes points into a folder, in the order given. */
function fill(name: string, points: PointResult[], changes: Partial<SweepManifest> = {}): string {
  const folder = join(root, name);
  const { file } = openSweepFolder(folder, { ...manifest, ...changes }, true);
  for (const entry of points) file.add(JSON.stringify(entry));
  file.close();
  return folder;
}
const text = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

describe('a folder of points', () => {
  it('ends up in point order, whatever the order in which they came', () => {
    const a = fill('a', [failed, point(0), point(1)]);
    const b = fill('b', [point(1), failed, point(0)]);
    for (const folder of [a, b]) finishSweepFolder(folder);
    for (const file of ['points.jsonl', 'sweep.csv', 'sweep.parquet']) expect(text(a, file)).toBe(text(b, file));
    expect([...readSweepPoints(a)].map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('drops a torn last line on resume, and nothing else', () => {
    const folder = fill('a', [point(0), point(1)]);
    appendFileSync(join(folder, 'points.jsonl'), '{"index":2,"val');
    const { file, done } = openSweepFolder(folder, manifest, true);
    expect([...done]).toEqual([0, 1]);
    file.add(JSON.stringify(failed));
    file.close();
    finishSweepFolder(folder);
    expect([...readSweepPoints(folder)].map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('goes on where a process was killed while it wrote its first or its last file', () => {
    const young = join(root, 'young');
    mkdirSync(young);
    writeFileSync(join(young, '.sweep.json.123.part'), '{"ver');
    fill('young', [point(0)]);
    const old = fill('old', [point(0)]);
    writeFileSync(join(old, '.points.jsonl.123.part'), '{"ind');
    openSweepFolder(old, manifest, true).file.close();
    for (const folder of [young, old]) expect(readdirSync(folder).sort()).toEqual(['points.jsonl', 'sweep.json']);
  });

  it('keeps the first of two lines for the same point', () => {
    const folder = fill('a', [point(0, 'first'), point(0, 'second')]);
    finishSweepFolder(folder);
    expect([...readSweepPoints(folder)].map(({ values }) => values.x)).toEqual(['first']);
  });

  it('takes only whole lines of its own points for done', () => {
    const folder = fill('a', [point(0), point(1)], { shard: { number: 1, of: 2 } });
    for (const line of [
      '{"index":2}',
      '{"index":2,"values":{},"summary":{}}',
      '[2]',
      'null',
      '{"index":7,"values":{},"error":{}}',
    ]) {
      appendFileSync(join(folder, 'points.jsonl'), `${line}\n`);
    }
    const { done, file } = openSweepFolder(folder, { ...manifest, shard: { number: 1, of: 2 } }, true);
    file.close();
    expect([...done]).toEqual([0]);
  });

  it.each(['null', '{}', '{"version":"0.1.0","axes":3}'])('is none where its manifest is %s', (manifestText) => {
    const folder = fill('a', [point(0)]);
    writeFileSync(join(folder, 'sweep.json'), manifestText);
    expect(() => openSweepFolder(folder, manifest, true)).toThrow('is no folder of a sweep');
    expect(() => mergeSweepFolders([folder], join(root, 'out'))).toThrow('is no folder of a sweep');
  });

  it('is not overwritten, and not continued by another sweep', () => {
    const folder = fill('a', [point(0)]);
    expect(() => openSweepFolder(folder, manifest, false)).toThrow(/is not empty; .*--resume/);
    expect(() => openSweepFolder(folder, { ...manifest, fingerprint: 'g' }, true)).toThrow('belongs to another sweep');
    expect(() => openSweepFolder(folder, { ...manifest, version: '9' }, true)).toThrow('written by goodput 0.1.0');
    expect(() => openSweepFolder(folder, { ...manifest, shard: { number: 1, of: 2 } }, true)).toThrow(
      'holds all points, not shard 1/2',
    );
  });

  it('is no folder of a sweep where something else is in it', () => {
    writeFileSync(join(root, 'mine.txt'), '');
    expect(() => openSweepFolder(root, manifest, true)).toThrow('is no folder of a sweep');
  });
});

describe('the table of a sweep', () => {
  it('has a row per point, failed ones too, and a column per figure', async () => {
    const folder = fill('a', [point(0), point(1, 'text'), failed]);
    finishSweepFolder(folder);
    const rows = text(folder, 'sweep.csv').trim().split('\n');
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^index,variant,x,error,seed,failedExpectations,warnings,window.startSeconds,/);
    expect(rows[1]).toMatch(/^0,hopper,0,,1,0,one; two,120,1800,/);
    expect(rows[3]).toMatch(/^2,hopper,2,no,+$/);
    const buffer = await asyncBufferFromFile(join(folder, 'sweep.parquet'));
    const objects = await parquetReadObjects({ file: buffer });
    expect(objects).toHaveLength(3);
    expect(objects[0]).toMatchObject({ index: 0, x: '0', 'ttftMs.p99': 1248, 'bottleneck.overloaded': false });
    expect(objects[2]).toMatchObject({ index: 2, error: 'no', 'ttftMs.p99': null });
  });
});

describe('merge', () => {
  const shard = (number: number, points: PointResult[]) => fill(`s${number}`, points, { shard: { number, of: 2 } });

  it('gives what one machine would have written', () => {
    const whole = fill('whole', [point(0), point(1), failed]);
    finishSweepFolder(whole);
    const out = join(root, 'out');
    mergeSweepFolders([shard(2, [point(1)]), shard(1, [failed, point(0)])], out);
    for (const file of ['sweep.json', 'points.jsonl', 'sweep.csv', 'sweep.parquet']) {
      expect(text(out, file), file).toBe(text(whole, file));
    }
  });

  it('takes points that are in two folders once, as long as they are the same', () => {
    const all = [point(0), point(1), failed];
    const shards = [shard(1, [point(0), failed]), fill('whole', all), shard(2, [point(1)])];
    const out = join(root, 'out');
    mergeSweepFolders(shards, out);
    expect(text(out, 'points.jsonl').trim().split('\n')).toHaveLength(3);
    const edited = fill('edited', [{ ...point(1), seed: 2 }]);
    expect(() => mergeSweepFolders([...shards, edited], join(root, 'other'))).toThrow(
      /edited: point 1 is another than in .*whole/,
    );
  });

  it('says which points are missing, and writes nothing', () => {
    const out = join(root, 'out');
    const shards = [shard(1, [point(0)]), shard(2, [point(1)])];
    expect(() => mergeSweepFolders(shards, out)).toThrow(
      /1 of 3 points are missing, such as 2 .*shard 1\/2, shard 2\/2/,
    );
    expect(() => readFileSync(out)).toThrow('ENOENT');
  });

  it('refuses shards of different sweeps', () => {
    const other = fill('other', [point(1)], { fingerprint: 'g' });
    expect(() => mergeSweepFolders([shard(1, [point(0)]), other], join(root, 'out'))).toThrow(
      'belongs to another sweep',
    );
  });
});
