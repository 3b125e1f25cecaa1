import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSweep, looksLikeSweep, taskOf } from '../../../src/experiment/sweep/load-sweep.js';
import { runTask } from '../../../src/experiment/sweep/task.js';
import { QUICK } from '../../cli/harness.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-sweep-'));
  mkdirSync(join(folder, 'bases'));
  writeFileSync(join(folder, 'bases', 'quick.yaml'), QUICK);
  writeFileSync(join(folder, 'bases', 'torn.yaml'), 'traffic: [\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads a sweep file with this text. */
function load(text: string, settings: string[] = []) {
  const file = join(folder, 'grid.yaml');
  writeFileSync(file, text);
  return loadSweep(file, settings);
}

const BASE = 'base: bases/quick.yaml\n';
const SEEDS = 'axes:\n  - { path: seed, values: [1, 2] }\n';

describe('a sweep file', () => {
  it('names its base relative to its own folder, and is called like the file', () => {
    const sweep = load(BASE + SEEDS);
    expect(sweep.name).toBe('grid');
    expect(sweep.points).toHaveLength(2);
    expect(runTask(taskOf(sweep, sweep.points[1]))).toMatchObject({ kind: 'done', document: { seed: 2 } });
  });

  it('may hold its base itself', () => {
    const base = QUICK.trim().replaceAll('\n', '\n  ');
    const sweep = load(`base:\n  ${base}\n${SEEDS}`);
    expect(runTask(taskOf(sweep, sweep.points[0]))).toMatchObject({ kind: 'done' });
  });

  it('belongs together with results as long as neither it, nor its base, nor --set changes', () => {
    const { fingerprint } = load(BASE + SEEDS);
    expect(load(`# a comment\nname: other\n${BASE}${SEEDS}`).fingerprint).toBe(fingerprint);
    expect(load(BASE + SEEDS.replace('2]', '3]')).fingerprint).not.toBe(fingerprint);
    expect(load(BASE + SEEDS, ['horizon.requests=9']).fingerprint).not.toBe(fingerprint);
  });

  it.each([
    [`base:\n  traffic: [{ arrivals: { process: trace, file: some.csv } }]\n${SEEDS}`, []],
    [`${BASE}axes:\n  - { path: "traffic[0].arrivals", values: [{ process: trace, file: some.csv }] }\n`, []],
    [`${BASE}axes:\n  - { path: factory.calibration, values: [some.csv] }\n`, []],
    [`${BASE}variants: [{ name: a, set: { "traffic[0].input": { distribution: empirical, file: some.csv } } }]\n`, []],
    [`${BASE}${SEEDS}`, ['factory.calibration=some.csv']],
  ])('belongs together with results as long as the files that it names do not change: %j %j', (text, settings) => {
    const now = (content: string) => {
      for (const place of ['.', 'bases']) writeFileSync(join(folder, place, 'some.csv'), content);
      return load(text, settings).fingerprint;
    };
    const before = now('one');
    expect(now('one')).toBe(before);
    expect(now('two')).not.toBe(before);
  });

  it.each([
    ['axes: []\n', /grid.yaml:1:1: base: is missing/],
    [`${BASE}axes: []\n`, /a sweep needs axes, zip or variants/],
    [`${BASE}axis: []\n`, /grid.yaml:2:1: axis: unknown key .*did you mean "axes"/],
    [`${BASE}axes:\n  - { path: seed, value: [1] }\n`, /axes\[0\].value: unknown key .*did you mean "values"/],
    [`${BASE}axes:\n  - { path: seed, values: 3 }\n`, /grid.yaml:3:27: axes\[0\].values: must be a list \(found 3/],
    [`${BASE}axes:\n  - { path: sed, values: [3] }\n`, /grid.yaml:3:13: axes\[0\].path: leads nowhere .*"seed"/],
    [
      `${BASE}axes:\n  - { path: "factory.pools[7].gpu", values: [a] }\n`,
      /axes\[0\].path: leads nowhere .*no such entry/,
    ],
    [
      `${BASE}axes:\n  - { path: factory.pools[0].gpu, values: [a] }\n`,
      /quotes, such as "factory.pools\[0\].replicas"/,
    ],
    [`${BASE}axes:\n  - { path: "factory..pools", values: [a] }\n`, /is not a path into a scenario/],
    [`base: bases/quik.yaml\n${SEEDS}`, /grid.yaml:1:7: base: there is no such file .*did you mean "quick.yaml"/],
    [`base: 7\n${SEEDS}`, /base: must be a scenario \(found 7; allowed: the path/],
    [`${BASE}${SEEDS}zip:\n  - { path: seed, values: [1] }\n`, /two columns would be called seed/],
    [
      `${BASE}axes: [{ path: seed, name: a, values: [1] }, { path: seed, values: [1] }]\n`,
      /another axis sets this, too/,
    ],
    [`${BASE}variants: [{ name: a }, { name: a }]\n`, /two variants are called a/],
    [
      `${BASE}variants:\n  - { name: a, set: { seed: 2 } }\n  - { name: b, set: { sed: 2 } }\n`,
      /grid.yaml:4:\d+: variants\[1\].set.sed: leads nowhere .*"seed"/,
    ],
    [`base: grid.yaml\n${SEEDS}`, /base: is a sweep itself/],
    [`base: bases/torn.yaml\n${SEEDS}`, /^bases\/torn.yaml:2:1: is not valid YAML/],
    [
      `${BASE}axes:\n  - { path: seed, values: [1, 2, 1] }\n`,
      /grid.yaml:3:\d+: axes\[0\].values\[2\]: comes twice, so every point with it would be simulated twice \(found 1\)/,
    ],
    [
      `${BASE}axes:\n  - { path: seed, logRange: { from: 3, to: 3, points: 2 } }\n`,
      /grid.yaml:3:5: axes\[0\]: comes twice/,
    ],
    [
      `${BASE}zip:\n  - { path: seed, values: [1, 1] }\n  - { path: name, values: [a, a] }\n`,
      /zip: comes twice, .*\(found 1, "a"\)/,
    ],
    [
      `${BASE}zip:\n  - { path: seed, values: [1, 2] }\n  - { path: name, values: [a] }\n`,
      /grid.yaml:4:5: zip\[1\]: has 1 values where seed has 2/,
    ],
    [
      `${BASE}${SEEDS}exclude:\n  - { seed: 7 }\n`,
      /grid.yaml:5:\d+: exclude\[0\].seed: leaves nothing out: no point has this value \(found 7; allowed: 1, 2\)/,
    ],
    [`${BASE}${SEEDS}exclude: [{}]\n`, /exclude\[0\]: names no axis/],
    [`${BASE}${SEEDS}exclude: [{ seed: [1, 2] }]\n`, /grid.yaml:4:\d+: exclude: leaves no point of the sweep/],
    ['- 1\n', /is not a sweep/],
    [QUICK, /is a scenario, not a sweep/],
  ])('%j is refused with %s', (text, message) => expect(() => load(text)).toThrow(message));

  it.each([
    ['bad', /^--set bad: is no override/],
    ['horizon.request=3', /^--set horizon.request=3: horizon.request: unknown key .*"requests"/],
  ])('is refused with --set %s', (setting, message) => {
    const axis = `${BASE}axes:\n  - { path: factory.pools, values: [[{ replicas: 1 }], [{ replicas: 2 }]] }\n`;
    expect(() => load(axis, [setting])).toThrow(message);
  });

  it('may ask whether a value of --set fits', () => {
    expect(load(BASE + SEEDS, ['horizon.warmup=1y']).points).toHaveLength(2);
  });

  it('may ask for values that cannot be simulated: those points fail, not the sweep', () => {
    const sweep = load(`${BASE}axes:\n  - { path: horizon.requests, values: [5, -5, many] }\n`);
    expect(sweep.points.map((point) => runTask(taskOf(sweep, point)).kind)).toEqual(['done', 'bad-input', 'bad-input']);
  });

  it.each([
    [{ base: 'x', axes: [] }, true],
    [{ axes: [] }, true],
    [{ traffic: [], factory: {} }, false],
    [{ jobs: {} }, false],
    [[1], false],
  ])('is told from a scenario: %j', (value, expected) => expect(looksLikeSweep(value)).toBe(expected));
});
