import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manyRunsText } from '../../src/cli/sweep-progress.js';
import { goodput, QUICK } from './harness.js';

let folder: string;
let grid: string;
const at = (...parts: string[]) => join(folder, ...parts);
const text = (...parts: string[]) => readFileSync(at(...parts), 'utf8');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-sweep-'));
  writeFileSync(at('quick.yaml'), QUICK);
  grid = at('grid.yaml');
  writeFileSync(
    grid,
    'base: quick.yaml\naxes:\n  - { path: seed, values: [1, 2] }\n  - { path: "factory.pools[0].replicas", values: [1, 2, -1] }\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A sweep whose points all run. */
function fine(name: string, more = ''): string {
  writeFileSync(at(name), `base: quick.yaml\naxes:\n  - { path: seed, values: [1, 2, 3] }\n${more}`);
  return at(name);
}

describe('goodput sweep', () => {
  it('prints a row per point, and keeps all of them in files', async () => {
    const { code, stdout, stderr } = await goodput(['sweep', grid, '--out', at('a')]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0].trim().replace(/\s+/g, ' ')).toBe('point seed replicas good TTFT p99 TPOT p99 tok/s/GPU $/M good');
    expect(lines).toHaveLength(8);
    expect(readdirSync(at('a')).sort()).toEqual(['points.jsonl', 'sweep.csv', 'sweep.json', 'sweep.parquet']);
    expect(stderr).toContain(`results are in ${at('a')}`);
  });

  it('records a point that fails, with its reason, and goes on', async () => {
    const { code, stdout, stderr } = await goodput(['sweep', grid, '--out', at('b'), '--format', 'json']);
    expect(code).toBe(0);
    const { points, total } = JSON.parse(stdout);
    expect(total).toBe(6);
    expect(points).toHaveLength(6);
    expect(points.map((point: { error?: object }) => point.error !== undefined)).toEqual([
      ...[false, false, true],
      ...[false, false, true],
    ]);
    expect(points[2].error).toEqual({
      kind: 'bad-input',
      message: 'factory.pools[0].replicas: is out of range (found -1; allowed: 1 to 100,000)',
    });
    expect(points[3]).toMatchObject({ index: 3, values: { seed: 2, 'factory.pools[0].replicas': 1 }, seed: 2 });
    expect(stderr).toContain('2 of 6 points failed, such as 2 (seed=1, factory.pools[0].replicas=-1)');
  });

  it('gives each point what goodput run gives it', async () => {
    const sweep = await goodput(['sweep', fine('one.yaml'), '--out', at('c'), '--format', 'json']);
    const run = await goodput(['run', at('quick.yaml'), '--set', 'seed=2', '--format', 'json']);
    expect(JSON.parse(sweep.stdout).points[1].summary).toEqual(JSON.parse(run.stdout).summary);
  });

  it('goes on where it was cut short, to the same bytes', async () => {
    await goodput(['sweep', grid, '--out', at('whole'), '--quiet']);
    await goodput(['sweep', grid, '--out', at('cut'), '--quiet']);
    const [first, second] = text('cut', 'points.jsonl').split('\n');
    writeFileSync(at('cut', 'points.jsonl'), `${second}\n${first}\n{"index":5,"va`);
    const { code } = await goodput(['sweep', grid, '--resume', at('cut'), '--quiet']);
    expect(code).toBe(0);
    for (const file of readdirSync(at('whole'))) expect(text('cut', file), file).toBe(text('whole', file));
  });

  it('starts where --resume finds nothing yet', async () => {
    expect((await goodput(['sweep', fine('new.yaml'), '--resume', at('new'), '--quiet'])).code).toBe(0);
    expect(text('new', 'points.jsonl').trim().split('\n')).toHaveLength(3);
  });

  it('splits into shards that merge to the same bytes', async () => {
    await goodput(['sweep', grid, '--out', at('all'), '--quiet']);
    for (const i of [1, 2, 3, 4]) {
      await goodput(['sweep', grid, '--shard', `${i}/4`, '--out', at(`shard-${i}`), '--quiet']);
    }
    const shards = [3, 1, 4, 2].map((i) => at(`shard-${i}`));
    const merged = await goodput(['merge', ...shards, '--out', at('merged'), '--format', 'csv']);
    expect(merged.code).toBe(0);
    expect(merged.stdout).toBe(text('all', 'sweep.csv'));
    for (const file of readdirSync(at('all'))) expect(text('merged', file), file).toBe(text('all', file));
  });

  it('says how many points are overloaded, and which is the first', async () => {
    const sweep = fine('busy.yaml', 'zip: [{ path: "traffic[0].arrivals.rate", name: rate, values: [5, 900, 901] }]\n');
    const { stderr } = await goodput(['sweep', sweep, '--out', at('busy'), '--set', 'horizon.requests=2000']);
    expect(stderr).toMatch(/6 of 9 points are overloaded, such as 3 \(rate=900, seed=1\): latencies there grow/);
  });

  it('ends with 1 when a point fails an expectation', async () => {
    const sweep = fine(
      'expect.yaml',
      'variants: [{ name: strict, set: { expect: [{ metric: e2eMs.p99, max: 1 }] } }]\n',
    );
    const { code, stderr } = await goodput(['sweep', sweep, '--out', at('expect')]);
    expect(code).toBe(1);
    expect(stderr).toContain('3 of 3 points fail an expectation');
  });

  it('leaves it to the merge whether all points failed', async () => {
    const sweep = fine('half.yaml', 'variants: [{ name: bad, set: { factory.model: gpt-7 } }, { name: good }]\n');
    const codes: number[] = [];
    for (const i of [1, 7]) {
      const { code, stderr } = await goodput(['sweep', sweep, '--shard', `${i}/7`, '--out', at(`half-${i}`)]);
      codes.push(code);
      if (i === 7) expect(stderr).toContain('this shard has no points: there are more shards than points');
    }
    expect(codes).toEqual([0, 0]);
  });

  it('ends with 2 when no point could run', async () => {
    const sweep = fine('none.yaml', 'variants: [{ name: bad, set: { factory.model: gpt-7 } }]\n');
    const { code, stderr } = await goodput(['sweep', sweep, '--out', at('none')]);
    expect(code).toBe(2);
    expect(stderr).toContain('unknown model');
  });

  it('prints half-widths where points are replicated', async () => {
    const { stdout } = await goodput(['sweep', fine('rep.yaml'), '--set', 'replications=3', '--out', at('rep')]);
    expect(stdout).toMatch(/1 .* ms ±[\d.]+ ms/);
    expect(text('rep', 'sweep.csv').split('\n')[0]).toMatch(/,replications,.*,halfWidth\.ttftMs\.mean,/);
  });

  it.each([
    [['--shard', '5/4'], '--shard must be i/n (found "5/4"'],
    [['--workers', '0'], '--workers must be a whole number (found "0"'],
    [['--out', 'x', '--resume', 'y'], '--out and --resume name the same thing'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await goodput(['sweep', grid, ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('the progress of a sweep', () => {
  it('shows rate and time left, of what this process did', () => {
    const text = manyRunsText({ done: 400, total: 1000, before: 200, failed: 3, seconds: 10 });
    expect(text).toBe('[############                  ] 400 of 1,000, 20.0/s, 30 s left, 3 failed');
  });
});
