import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/experiment/check/check.js';
import { checkComparison, verdictOf } from '../../src/experiment/compare/claims.js';
import { fleetsOf, loadComparison } from '../../src/experiment/compare/comparison-file.js';
import { scenarioOf } from '../../src/experiment/compare/fleet-task.js';
import { inlineExecutor } from '../../src/experiment/sweep/executor.js';
import { checkMarkdown } from '../../src/report/check/markdown.js';
import { checkText } from '../../src/report/check/text.js';

let folder: string;
const at = (name: string) => path.join(folder, name);

/** One fleet takes 10 ms for a step, the other 5: exactly twice the tokens per second for a user. */
const twice = (claim: string, expectation: string) => `claim:
  statement: Fast is twice as fast as slow.
  source: a test
  claimed: 2
${claim}
base:
  traffic:
    - arrivals: { process: poisson, rate: 1/s }
      input: { distribution: fixed, value: 10 }
      output: { distribution: fixed, value: 20 }
  factory: { performance: { type: linear, base: 10ms }, pools: [{ gpu: h200-sxm }] }
fleets:
  - { name: slow }
  - { name: fast, set: { factory.performance.base: 5ms } }
curve: { users: [1, 2], requestsPerUser: 2 }
expect: [{ metric: throughput.outputTokensPerSecondPerUser, fleet: fast, against: slow, ${expectation} }]
`;
const CHOICES = `  chosen:
    - what: the step time
      value: 5 ms
      others: [{ name: 2 ms, fleets: { fast: { factory.performance.base: 2ms } } }]`;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'goodput-claims-'));
  writeFileSync(at('holds.yaml'), twice('', 'at: 0, min: 1.9, max: 2.1'));
  writeFileSync(at('depends.yaml'), twice(CHOICES, 'at: 0, min: 1.9, max: 2.1'));
  writeFileSync(at('fails.yaml'), twice(CHOICES, 'at: 0, min: 3, max: 4'));
  writeFileSync(at('unreachable.yaml'), twice('', 'at: 150, min: 1.9, max: 2.1'));
  writeFileSync(at('known.yaml'), twice(`${CHOICES}\n  verdict: not-reproduced`, 'at: 0, min: 3, max: 4'));
  writeFileSync(at('other.yaml'), twice(`${CHOICES}\n  verdict: reproduced`, 'at: 0, min: 3, max: 4'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const checked = async (name: string) => (await checkComparison(loadComparison(at(name)), inlineExecutor())).claim;

describe('a claim', () => {
  it('is reproduced where no choice breaks it, conditional where some do, not reproduced where all do', () => {
    expect(verdictOf(true, [])).toBe('reproduced');
    expect(verdictOf(true, [true, false])).toBe('conditional');
    expect(verdictOf(false, [false, true])).toBe('conditional');
    expect(verdictOf(false, [false])).toBe('not-reproduced');
  });

  it('is simulated as chosen, and for every other choice', async () => {
    expect(await checked('holds.yaml')).toMatchObject({ verdict: 'reproduced', claimed: 2 });
    const depends = await checked('depends.yaml');
    expect(depends?.simulated).toBeCloseTo(2, 9);
    expect(depends?.verdict).toBe('conditional');
    expect(depends?.chosen[0].others[0].simulated).toBeCloseTo(5, 9);
    expect(await checked('fails.yaml')).toMatchObject({ verdict: 'not-reproduced' });
  });

  it('is not reproduced where a fleet is not that fast', async () => {
    expect(await checked('unreachable.yaml')).toMatchObject({ verdict: 'not-reproduced', simulated: null });
  });

  it('passes a check where what is known comes out, and fails it where something else does', async () => {
    const names = ['depends.yaml', 'fails.yaml', 'holds.yaml', 'known.yaml', 'other.yaml'];
    const report = await checkFiles(
      names.map((name) => ({ path: at(name), named: false })),
      inlineExecutor(),
    );
    expect(report.files.map(({ status }) => status)).toEqual(['passed', 'failed', 'passed', 'passed', 'failed']);
    expect(report.files[4].runs[0].expectations[0]).toMatchObject({ limit: 'to be reproduced', pass: false });
  });

  it('says in which line a fleet, a choice or an expectation is wrong', async () => {
    const text = twice(CHOICES, 'at: 0, min: 1.9, max: 2.1');
    const problemOf = async (from: string, to: string) => {
      writeFileSync(at('wrong.yaml'), text.replace(from, to));
      const { files } = await checkFiles([{ path: at('wrong.yaml'), named: true }], inlineExecutor());
      return files[0].runs[0].problems[0];
    };
    const place = (line: number) => `${at('wrong.yaml')}:${line}:`;
    const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split('\n').length;
    expect(await problemOf('set: { factory.performance.base: 5ms', 'set: { factory.performance.bass: 5ms')).toMatch(
      `${place(lineOf('name: fast, set'))}26: factory.performance.bass: unknown key`,
    );
    expect(await problemOf('base: 2ms', 'base: fast')).toMatch(`${place(lineOf('others:'))}`);
    expect(await problemOf('metric: throughput', 'metric: throughputs')).toMatch(
      `${place(lineOf('metric: throughput'))}20: expect[0].metric: is not a metric`,
    );
  });

  it('shows the band of every figure that it is held to', async () => {
    const further = '{ metric: throughput.requestsPerSecond, at: 0, min: 0 }';
    writeFileSync(at('two.yaml'), twice('', 'at: 0, min: 1.9, max: 2.1').replace(' }]\n', ` }, ${further}]\n`));
    expect((await checked('two.yaml'))?.band).toBe(
      'min 1.9, max 2.1; throughput.requestsPerSecond of slow at its cheapest: min 0',
    );
  });

  it('stands in the reports, claimed beside simulated', async () => {
    const report = await checkFiles([{ path: at('known.yaml'), named: true }], inlineExecutor());
    const markdown = checkMarkdown(report);
    expect(markdown).toMatch(
      /\| \[Fast is twice as fast as slow\.\]\([^)]*known\.yaml\) *\| *2\.00x *\| *2\.00x *\| *2\.00 to 5\.00x *\| *0 of 2 *\| *not reproduced *\|/,
    );
    expect(markdown).toContain('- chosen for the step time: 5 ms (2 ms: 5.00x)');
    expect(checkText(report, false)).toContain('not reproduced: claimed 2.00x, simulated 2.00x');
  });
});

describe('scenarios/claims/', () => {
  const claims = path.resolve(import.meta.dirname, '../../scenarios/claims');
  const files = readdirSync(claims).filter((name) => name.endsWith('.yaml'));

  it.each(files)('%s can be run in all configurations, as chosen and otherwise', (name) => {
    const file = loadComparison(path.join(claims, name));
    const { claim } = file;
    expect(claim?.verdict).toBeDefined();
    expect(claim?.chosen.length).toBeGreaterThan(0);
    const alternatives = [undefined, ...(claim?.chosen ?? []).flatMap(({ others }) => others)];
    for (const alternative of alternatives) {
      for (const fleet of fleetsOf(file, [], alternative)) {
        for (const { overrides } of fleet.configs) {
          const scenario = scenarioOf({ ...fleet, overrides: [...fleet.overrides, ...overrides] });
          expect(scenario.traffic).toHaveLength(1);
        }
      }
    }
  });
});
