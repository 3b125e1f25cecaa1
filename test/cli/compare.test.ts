import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput, QUICK } from './harness.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-compare-'));
  mkdirSync(at('other'));
  writeFileSync(at('slow.yaml'), QUICK.replace('name: quick', 'name: slow'));
  writeFileSync(at('fast.yaml'), QUICK.replace('name: quick', 'name: fast').replace('base: 10ms', 'base: 5ms'));
  writeFileSync(at('other', 'busy.yaml'), QUICK.replace('name: quick', 'name: busy').replace('5/s', '50/s'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('goodput compare', () => {
  it('shows fleets side by side with ratios and their intervals', async () => {
    const { code, stdout, stderr } = await goodput([
      'compare',
      at('slow.yaml'),
      at('fast.yaml'),
      '--replications',
      '3',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0].trim().split(/\s+/)).toEqual(['slow', 'fast', 'ratio']);
    expect(stdout).toMatch(/tpotMs.mean +1\d\.\d ms +5\.\d+ ms +0\.5\d+ ±0\.\d+/);
    expect(stdout).toContain('means of 3 runs each');
  });

  it('gives all fleets the demand of the first, and says so', async () => {
    const argv = ['compare', at('slow.yaml'), at('other', 'busy.yaml'), '--replications', '2', '--format', 'json'];
    const { code, stdout, stderr } = await goodput(argv);
    expect(code).toBe(0);
    const [slow, busy] = JSON.parse(stdout).scenarios;
    expect(busy.summary).toEqual(slow.summary);
    expect(busy.figures['ttftMs.mean']).toMatchObject({ ratio: 1, difference: 0, significant: false });
    expect(stderr).toContain('busy.yaml has another demand');
  });

  it('runs once each where that is asked for', async () => {
    const { stdout } = await goodput(['compare', at('slow.yaml'), at('fast.yaml'), '--replications', '1']);
    expect(stdout).toContain('one run each: ratios have no intervals');
    expect(stdout).not.toContain('±');
  });

  it.each([
    [[], 'compare needs two scenario files or more'],
    [['slow.yaml'], 'compare needs two scenarios or more'],
    [['slow.yaml', 'nowhere.yaml'], 'there is no such file'],
  ])('refuses %j', async (files, message) => {
    const { code, stderr } = await goodput(['compare', ...files.map((file) => at(file))]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
