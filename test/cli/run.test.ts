import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../src/experiment/result.js';
import { goodput, QUICK } from './harness.js';

let folder: string;
let quick: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-cli-'));
  quick = join(folder, 'quick.yaml');
  writeFileSync(quick, QUICK);
});
afterEach(() => rmSync(folder, { recursive: true }));

const json = async (...argv: string[]): Promise<ResultDocument> => {
  const { stdout } = await goodput(['run', quick, '--format', 'json', ...argv]);
  return JSON.parse(stdout);
};

describe('goodput run', () => {
  it('prints a table, and nothing on stderr when that is no terminal', async () => {
    const { code, stdout, stderr } = await goodput(['run', quick]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('quick');
    expect(stdout).toContain('200 arrived, 200 completed');
    expect(stdout).toContain('with the step times of the scenario');
  });

  it.each([
    ['json', /^\{\n {2}"version": /],
    ['csv', /^name,version,seed,/],
    ['markdown', /^### quick\n/],
  ])('prints %s', async (format, beginning) => {
    const { code, stdout } = await goodput(['run', quick, '--format', format]);
    expect(code).toBe(0);
    expect(stdout).toMatch(beginning);
  });

  it('applies --set in order, and --seed after it', async () => {
    const { scenario, seed } = await json('--set', 'factory.pools[0].replicas=3', '--set', 'seed=5', '--seed', '9');
    expect(scenario.factory.pools[0].replicas).toBe(3);
    expect(seed).toBe(9);
  });

  it('takes the last of an option that is given twice', async () => {
    expect((await json('--seed', '1', '--seed', '2')).seed).toBe(2);
    expect((await goodput(['run', quick, '--format', 'csv', '--format', 'markdown'])).stdout).toMatch(/^### /);
  });

  it('reads stdin for -', async () => {
    const { code, stdout } = await goodput(['run', '-', '--format', 'json'], { stdin: QUICK });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).summary).toEqual((await json()).summary);
    const wrong = await goodput(['run', '-'], { stdin: 'traffic: 3' });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('stdin:1:');
  });

  it('gives the same result step by step and with its laws checked', async () => {
    const { summary } = await json();
    const reference = (await json('--reference', '--check-invariants')).summary;
    expect(reference.requests).toEqual(summary.requests);
    expect(reference.e2eMs.mean).toBeCloseTo(summary.e2eMs.mean ?? Number.NaN, 6);
  });

  it('colours for a terminal, unless NO_COLOR says otherwise', async () => {
    const escapeCode = String.fromCharCode(27);
    expect((await goodput(['run', quick], { tty: true })).stdout).toContain(escapeCode);
    expect((await goodput(['run', quick], { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(escapeCode);
    expect((await goodput(['run', quick])).stdout).not.toContain(escapeCode);
  });

  it('exits with 1 when an expectation fails, after it has printed everything', async () => {
    const failing = [
      '--set',
      'expect=[{ metric: goodput.attainment, min: 2 }, { metric: requests.completed, min: 1 }]',
    ];
    const out = join(folder, 'out');
    const { code, stdout, stderr } = await goodput(['run', quick, ...failing, '--out', out, '--quiet']);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ goodput.attainment: 1, expected min 2');
    expect(stderr).toBe('expectation failed: goodput.attainment: 1, expected min 2\n');
    expect(readdirSync(out)).toContain('result.json');
  });

  it('writes a result folder, and says where', async () => {
    const out = join(folder, 'a', 'b');
    const { stderr, stdout } = await goodput(['run', quick, '--out', out, '--format', 'json']);
    expect(stderr).toBe(`results are in ${out}\n`);
    expect(readFileSync(join(out, 'result.json'), 'utf8')).toBe(stdout);
    const again = await goodput(['run', join(out, 'scenario.yaml'), '--format', 'json']);
    expect(JSON.parse(again.stdout).summary).toEqual(JSON.parse(stdout).summary);
  });

  it('writes one row per request', async () => {
    const path = join(folder, 'requests.csv');
    const { code } = await goodput(['run', quick, '--records', path]);
    expect(code).toBe(0);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^id,class,outcome,instance,arrival_s/);
    expect(lines).toHaveLength(201);
  });

  it('leaves no file of requests when the run fails', async () => {
    const { code } = await goodput([
      'run',
      quick,
      '--records',
      join(folder, 'requests.parquet'),
      '--set',
      'expect=[{ metric: no.such.metric, min: 1 }]',
    ]);
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual(['quick.yaml']);
  });
});

describe('goodput run refuses', () => {
  const cases: [string, string[], RegExp][] = [
    ['no scenario', ['run'], /run needs a scenario file/],
    ['a file that is not there', ['run', 'nowhere.yaml'], /nowhere\.yaml: there is no such file/],
    ['a seed that is no number', ['run', 'x.yaml', '--seed', '1.5'], /--seed must be a whole number \(found "1\.5"/],
    ['an unknown format', ['run', 'x.yaml', '--format', 'xml'], /"xml".*"json"/],
    ['a mistyped option', ['run', 'x.yaml', '--recrods', 'r.csv'], /no option --recrods; did you mean "--records"\?/],
    ['an option without its value', ['run', 'x.yaml', '--records'], /Not enough arguments following: records/],
    ['two scenarios', ['run', 'a.yaml', 'b.yaml'], /run does not take "b\.yaml"/],
    ['a mistyped command', ['runn', 'a.yaml'], /unknown command \(found "runn".*did you mean "run"\?/],
    ['no command', [], /no command given/],
    ['a hostile file name', ['run', 'a\u001b[2Jb\u0007.yaml'], /^ab\.yaml: there is no such file/],
  ];
  it.each(cases)('%s', async (_, argv, message) => {
    const { code, stdout, stderr } = await goodput(argv);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a mistake in the file, with its line', async () => {
    writeFileSync(quick, QUICK.replace('replicas', 'replica'));
    const { code, stderr } = await goodput(['run', quick]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/quick\.yaml:11:\d+: factory\.pools\[0\]\.replica: .*did you mean "replicas"\?/);
  });

  it('a mistake that shows only in the simulation, with its line', async () => {
    writeFileSync(quick, `${QUICK}expect:\n  - { metric: goodput.attainmint, min: 1 }\n`);
    const { code, stderr } = await goodput(['run', quick]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/quick\.yaml:13:\d+: expect\[0\]\.metric: .*did you mean "goodput\.attainment"\?/);
  });

  it('records in a format that it does not know', async () => {
    const { code, stderr } = await goodput(['run', quick, '--records', join(folder, 'r.xlsx')]);
    expect(code).toBe(2);
    expect(stderr).toContain('(found .xlsx; allowed: .parquet, .csv, .jsonl)');
  });

  it('a result folder that is a file, but prints the result first', async () => {
    const { code, stdout, stderr } = await goodput(['run', quick, '--out', quick]);
    expect(code).toBe(2);
    expect(stdout).toContain('goodput');
    expect(stderr).toContain('cannot be written');
  });

  it('a result file whose place is taken by a folder', async () => {
    mkdirSync(join(folder, 'out', 'result.json'), { recursive: true });
    const { code, stderr } = await goodput(['run', quick, '--out', join(folder, 'out')]);
    expect(code).toBe(2);
    expect(stderr).toContain('is a folder');
  });
});
