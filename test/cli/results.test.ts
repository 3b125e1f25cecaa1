import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput, QUICK } from './harness.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const run = (out: string, ...set: string[]) =>
  goodput([
    'run',
    at('quick.yaml'),
    '--out',
    at('results', out),
    '--quiet',
    ...set.flatMap((entry) => ['--set', entry]),
  ]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-kept-'));
  writeFileSync(at('quick.yaml'), QUICK);
  writeFileSync(at('grid.yaml'), 'base: quick.yaml\naxes:\n  - { path: seed, values: [1, 2] }\n');
  await run('quick/1');
  await run('quick/2', 'factory.pools[0].replicas=4');
  await run('noisy/1', 'replications=5');
  await run('noisy/2', 'replications=5', 'seed=99');
  await goodput(['sweep', at('grid.yaml'), '--out', at('results', 'grid', '1'), '--quiet']);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('goodput results', () => {
  it('lists what is kept, by name and time', async () => {
    const { code, stdout } = await goodput(['results', 'list', at('results')]);
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n').slice(1);
    expect(lines.map((line) => line.trim().split(/\s+/).slice(0, 3).join(' '))).toEqual([
      'grid sweep 1',
      'quick run 1',
      'quick run 2',
      'quick run 1',
      'quick run 2',
    ]);
  });

  it('shows the newest of a name as goodput run printed it', async () => {
    const shown = await goodput(['results', 'show', at('results', 'quick'), '--format', 'json']);
    expect(JSON.parse(shown.stdout).scenario.factory.pools[0].replicas).toBe(4);
    const sweep = await goodput(['results', 'show', at('results', 'grid'), '--format', 'csv']);
    expect(sweep.stdout.trim().split('\n')).toHaveLength(3);
  });

  it('lists and shows comparisons', async () => {
    const compare = ['compare', at('quick.yaml'), at('quick.yaml'), '--no-curve'];
    const { stdout } = await goodput([...compare, '--out', at('compared', 'both'), '--quiet']);
    expect((await goodput(['results', 'list', at('compared')])).stdout).toMatch(/quick +comparison +both +2 fleets/);
    expect((await goodput(['results', 'show', at('compared', 'both')])).stdout).toBe(stdout);
    const csv = await goodput(['results', 'show', at('compared', 'both'), '--format', 'csv']);
    expect(csv).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot show a comparison as csv') });
  });

  it('says by how much a figure changed that may be negative, not by what share of it', async () => {
    const priced = (name: string, dollars: number) =>
      run(
        name,
        'factory.pools[0].gpu=h100-sxm',
        'traffic[0].price={input: 0.1, output: 0.1}',
        `economics.gpuHour={h100-sxm: ${dollars}}`,
      );
    await priced('loss/1', 2);
    await priced('loss/2', 3);
    const { stdout } = await goodput(['results', 'diff', at('results', 'loss', '1'), at('results', 'loss', '2')]);
    expect(stdout).toMatch(/revenue\.margin .* -[\d,.]+ points/);
  });

  it('says which settings and figures of two results differ', async () => {
    const { stdout } = await goodput(['results', 'diff', at('results', 'quick', '1'), at('results', 'quick', '2')]);
    expect(stdout).toContain('factory.pools[0].replicas: 2 → 4');
    expect(stdout).toMatch(/throughput\.outputTokensPerSecondPerGpu .* -\d+(\.\d)? %/);
  });

  it('finds no difference between a result and itself', async () => {
    const same = at('results', 'quick', '1');
    const { stdout } = await goodput(['results', 'diff', same, same, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ settings: [], figures: [] });
  });

  it('tells noise from a change where results have intervals', async () => {
    const { stdout } = await goodput(['results', 'diff', at('results', 'noisy', '1'), at('results', 'noisy', '2')]);
    expect(stdout).toContain('within noise');
  });

  it('says of a damaged result that it is one, and lists the others', async () => {
    const damaged = at('damaged', 'bad');
    mkdirSync(damaged, { recursive: true });
    writeFileSync(
      join(damaged, 'result.json'),
      '{"version":"0","scenario":{"name":"a"},"summary":{},"expectations":[]}',
    );
    const shown = await goodput(['results', 'show', damaged]);
    expect(shown.code).toBe(2);
    expect(shown.stderr).toMatch(/bad: is not laid out as goodput .*; run it again with this version\n$/);
    cpSync(at('results', 'quick', '1'), at('damaged', 'good'), { recursive: true });
    const { code, stdout } = await goodput(['results', 'list', at('damaged')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/a +run +bad +damaged\n +quick +run +good/);
  });

  it.each([
    [['list', '/nowhere'], '/nowhere: there is no such folder'],
    [['show', 'nothing-like-it'], 'nothing-like-it: holds no result'],
    [['diff', 'one'], 'results diff takes two results (found 1)'],
    [['lst'], 'results has no such action (found "lst"; allowed: list, show, diff); did you mean "list"?'],
  ])('refuses %j with one message', async (words, message) => {
    const { code, stderr } = await goodput(['results', ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
