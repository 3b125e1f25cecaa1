import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput, QUICK } from './harness.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const expecting = (most: number) => `${QUICK}expect: [{ metric: e2eMs.p99, max: ${most} }]\n`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-check-'));
  for (const name of ['good', 'mixed']) mkdirSync(at(name));
  writeFileSync(at('good', 'one.yaml'), expecting(100_000));
  writeFileSync(at('good', 'grid.yaml'), 'base: one.yaml\naxes: [{ path: seed, values: [1, 2] }]\n');
  writeFileSync(at('good', 'package.json'), '{ "name": "x" }');
  writeFileSync(at('mixed', 'broken.yaml'), QUICK.replace('traffic', 'trafic'));
  writeFileSync(at('mixed', 'strict.yaml'), expecting(1));
  writeFileSync(at('mixed', 'one.yaml'), expecting(100_000));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('goodput check', () => {
  it('passes where all expectations hold, those of the points of sweeps too', async () => {
    const { code, stdout, stderr } = await goodput(['check', at('good')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('grid.yaml  2 points, 2 of 2 expectations hold');
    expect(stdout).toContain('2 files: 2 passed, 1 left out, being no scenario');
  });

  it('ends with 1 where an expectation fails, and says what limited the fleet', async () => {
    const { code, stdout } = await goodput(['check', at('mixed', 'strict.yaml'), at('good')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/e2eMs.p99: [\d.]+, expected max 1\n/);
    expect(stdout).toContain('what limited the fleet:');
  });

  it('ends with 2 where a file is broken, and still runs the others', async () => {
    const { code, stdout } = await goodput(['check', at('mixed'), at('nowhere.yaml')]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/broken.yaml:4:1: trafic: unknown key .*did you mean "traffic"/);
    expect(stdout).toContain('nowhere.yaml: there is no such file');
    expect(stdout).toContain('4 files: 1 passed, 1 failed, 2 broken');
  });

  it('writes JUnit XML and Markdown', async () => {
    const files = ['--junit', at('out', 'junit.xml'), '--markdown', at('out', 'summary.md')];
    await goodput(['check', at('mixed'), ...files]);
    expect(readFileSync(at('out', 'junit.xml'), 'utf8')).toContain('tests="3" failures="1" errors="1"');
    expect(readFileSync(at('out', 'summary.md'), 'utf8')).toContain('### goodput check');
  });

  it('adds to the summary of a GitHub step', async () => {
    const summary = at('step.md');
    writeFileSync(summary, 'before\n');
    await goodput(['check', at('good'), '--markdown', summary], { env: { GITHUB_STEP_SUMMARY: summary } });
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n### goodput check/);
  });

  it('prints one JSON document', async () => {
    const { stdout } = await goodput(['check', at('mixed'), '--format', 'json']);
    const statuses = JSON.parse(stdout).files.map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(['broken', 'passed', 'failed']);
  });

  it('does not pass where there is nothing to check', async () => {
    mkdirSync(at('empty'));
    const { code, stderr } = await goodput(['check', at('empty')]);
    expect(code).toBe(2);
    expect(stderr).toContain('holds no scenario');
  });

  it('changes all scenarios by --set', async () => {
    expect((await goodput(['check', at('good'), '--set', 'expect[0].max=1'])).code).toBe(1);
  });
});

describe('goodput check --baseline', () => {
  const slower = QUICK.replace('base: 10ms', 'base: 12ms');
  const check = (...options: string[]) => goodput(['check', at('now.yaml'), '--baseline', at('results'), ...options]);
  beforeAll(async () => {
    writeFileSync(at('now.yaml'), QUICK);
    await goodput(['run', at('now.yaml'), '--out', at('results', 'quick', '1'), '--quiet']);
  });

  it('passes where nothing has changed', async () => {
    const { code, stdout } = await check('--tolerance', '0%');
    expect(code).toBe(0);
    expect(stdout).toContain('4 of 4 expectations hold');
  });

  it('fails where a figure got worse by more than the tolerance, and says from what to what', async () => {
    writeFileSync(at('now.yaml'), slower);
    const { code, stdout } = await check();
    expect(code).toBe(1);
    expect(stdout).toMatch(/tpotMs.p99: 12[\d.]*, expected no more than 5 % worse than the baseline's 10/);
    expect((await check('--tolerance', '90%')).code).toBe(0);
  });

  it('takes no noise for a regression, where the stored result is that of a single run', async () => {
    writeFileSync(at('now.yaml'), QUICK);
    const { code, stdout } = await check('--set', 'seed=3', '--tolerance', '1%');
    expect(stdout).toContain('4 of 4 expectations hold');
    expect(code).toBe(0);
  });

  it('sees a change far smaller than the noise of a run, since both sides see the same requests', async () => {
    writeFileSync(at('now.yaml'), QUICK.replace('perPrefillToken: 20us', 'perPrefillToken: 21us'));
    const { code, stdout } = await check('--tolerance', '0.1%');
    expect(code).toBe(1);
    expect(stdout).toMatch(/ttftMs.p99: .* over 10 pairs of runs it is 0\.\d+ worse, give or take 0\.0\d+/);
  });

  it('says which scenarios have no baseline, and fails where none has one', async () => {
    writeFileSync(at('now.yaml'), QUICK.replace('name: quick', 'name: quik'));
    const alone = await check();
    expect(alone).toMatchObject({ code: 2 });
    expect(alone.stderr).toContain('holds no baseline of any of these scenarios');
    writeFileSync(at('known.yaml'), QUICK);
    const { code, stdout } = await goodput(['check', at('now.yaml'), at('known.yaml'), '--baseline', at('results')]);
    expect(code).toBe(0);
    expect(stdout).toContain('note: there is no baseline of quik; did you mean "quick"?');
  });

  it.each([
    [['--markdown', ''], '--markdown needs the name of a file'],
    [['--tolerance', 'much'], '--tolerance must be a share (found "much"'],
    [['--baseline', 'nowhere'], 'there is no such baseline'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await check(...options);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
