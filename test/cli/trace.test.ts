import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { trafficSchema } from '../../src/scenario/traffic-schema.js';
import { goodput, QUICK } from './harness.js';

let folder: string;
let trace: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-trace-'));
  trace = join(folder, 'log.csv');
  const rows = Array.from(
    { length: 400 },
    (_, i) => `${Math.floor(i / 20) * 30 + (i % 20) * 0.3},${100 + i},${10 + (i % 7)}`,
  );
  writeFileSync(trace, `t,in,out\n${rows.join('\n')}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const columns = ['--columns', 't,in,out'];

describe('goodput trace describe', () => {
  it('prints rates, bursts and lengths', async () => {
    const { code, stdout, stderr } = await goodput(['trace', 'describe', trace, ...columns]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/requests +400/);
    expect(stdout).toMatch(/IDC 10 s/);
    expect(stdout).toMatch(/prompts +299.5/);
  });

  it('prints JSON, with the fit and a traffic block that a scenario takes', async () => {
    const { code, stdout } = await goodput(['trace', 'describe', trace, ...columns, '--fit', '--format', 'json']);
    expect(code).toBe(0);
    const { requests, fit, traffic } = JSON.parse(stdout);
    expect(requests).toBe(400);
    expect(fit.error).toBeGreaterThanOrEqual(0);
    expect(trafficSchema.parse(traffic)[0].name).toBe('log');
  });

  it('prints the block as YAML, and draws a picture', async () => {
    const svg = join(folder, 'log.svg');
    const { code, stdout } = await goodput(['trace', 'describe', trace, ...columns, '--fit', '--svg', svg]);
    expect(code).toBe(0);
    expect(parse(stdout.slice(stdout.indexOf('traffic:'))).traffic[0].input.distribution).toBe('empirical');
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg/);
  });

  it('refuses a broken line by its number, or leaves it out and says so', async () => {
    writeFileSync(trace, 't,in,out\n0,5,5\n1,x,5\n2,5,5\n');
    const refused = await goodput(['trace', 'describe', trace, ...columns]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('log.csv:3');
    const skipped = await goodput(['trace', 'describe', trace, ...columns, '--skip-bad-lines']);
    expect(skipped.code).toBe(0);
    expect(skipped.stderr).toContain('1 broken lines were left out; the first is line 3');
  });

  it.each([
    [['trace', 'draw', 'x.csv'], /describe, export/],
    [['trace', 'describe'], /trace needs describe and a trace, or export and a scenario file/],
    [
      ['trace', 'describe', 'x.jsonl', '--trace-format', 'mooncake', '--block-tokens', '0'],
      /block-tokens is no number/,
    ],
    [['trace', 'describe', 'x.csv', '--columns', 'a'], /time,input,output/],
    [['trace', 'describe', 'x.csv', '--trace-format', 'csv'], /needs --columns/],
    [['trace', 'describe', 'no-such-file.csv'], /no-such-file/],
  ])('%j is refused with exit code 2', async (argv, message) => {
    const { code, stdout, stderr } = await goodput(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('goodput trace export', () => {
  it('writes the demand of a scenario as JSONL that goodput reads again', async () => {
    const scenario = join(folder, 'quick.yaml');
    writeFileSync(scenario, QUICK);
    const out = join(folder, 'quick.jsonl');
    const { code, stdout, stderr } = await goodput(['trace', 'export', scenario, '--out', out]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^200 requests/);
    const again = await goodput(['trace', 'describe', out, '--format', 'json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ requests: 200, format: 'mooncake' });
    const printed = await goodput(['trace', 'export', scenario]);
    expect(printed.stdout).toBe(readFileSync(out, 'utf8'));
  });

  it('leaves nothing behind where the scenario is wrong', async () => {
    const scenario = join(folder, 'wrong.yaml');
    writeFileSync(scenario, 'traffic: 3');
    const out = join(folder, 'wrong.jsonl');
    expect((await goodput(['trace', 'export', scenario, '--out', out])).code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});
