import { describe, expect, it } from 'vitest';
import type { CheckedRun, CheckReport } from '../../src/experiment/check/check.js';
import { checkMarkdown } from '../../src/report/check/markdown.js';
import { checkText } from '../../src/report/check/text.js';
import { junitXml } from '../../src/report/junit.js';

const run = (changes: Partial<CheckedRun>): CheckedRun => ({
  point: undefined,
  status: 'passed',
  expectations: [],
  bottleneck: 'KV cache: it was full',
  advice: [],
  warnings: [],
  notes: [],
  problems: [],
  wallSeconds: 0.25,
  ...changes,
});
const good = { metric: 'goodput.attainment', limit: 'min 0.95', value: 0.99, pass: true };
const bad = { metric: 'ttftMs.p99', limit: 'max 1000', value: 1248, pass: false };

const report: CheckReport = {
  files: [
    { path: 'a.yaml', kind: 'scenario', status: 'passed', runs: [run({ expectations: [good] })] },
    {
      path: 'b<&"\u0007.yaml',
      kind: 'sweep',
      status: 'failed',
      runs: [
        run({ point: 'x=1', expectations: [good] }),
        run({ point: 'x=2', status: 'failed', expectations: [good, bad] }),
      ],
    },
    {
      path: 'c.yaml',
      kind: 'scenario',
      status: 'broken',
      runs: [run({ status: 'broken', problems: ['c.yaml:1:1: no | good', 'second'], wallSeconds: 0 })],
    },
    { path: 'd.yaml', kind: 'scenario', status: 'passed', runs: [run({})] },
  ],
  skipped: ['package.json'],
};

describe('JUnit XML', () => {
  const xml = junitXml(report);

  it('has a suite per file and a case per expectation, and counts them', () => {
    expect(xml).toContain('<testsuites name="goodput check" tests="6" failures="1" errors="1" time="1.000">');
    expect(xml.match(/<testsuite /g)).toHaveLength(4);
    expect(xml.match(/<testcase /g)).toHaveLength(6);
    expect(xml).toContain('<testcase name="runs" classname="d.yaml" time="0.250"/>');
  });

  it('says what failed, and what limited the fleet', () => {
    expect(xml).toContain('<failure message="ttftMs.p99: 1,248, expected max 1000">');
    expect(xml).toContain('what limited the fleet: KV cache: it was full</failure>');
    expect(xml).toContain('<error message="c.yaml:1:1: no | good">c.yaml:1:1: no | good\nsecond</error>');
  });

  it('escapes what XML cannot hold', () => {
    expect(xml).toContain('<testsuite name="b&lt;&amp;&quot;.yaml"');
    expect(xml).not.toContain('\u0007');
  });
});

describe('a check in words', () => {
  it('has a line per file, and what fails below it', () => {
    expect(checkText(report, false).split('\n')).toEqual([
      '✓ a.yaml  1 of 1 expectation holds',
      '✗ b<&".yaml  2 points, 2 of 3 expectations hold',
      '    x=2: ttftMs.p99: 1,248, expected max 1000',
      '    x=2: what limited the fleet: KV cache: it was full',
      '! c.yaml  could not be run',
      '    c.yaml:1:1: no | good',
      '    second',
      '✓ d.yaml  runs; expects nothing',
      '',
      '4 files: 2 passed, 1 failed, 1 broken, 1 left out, being no scenario',
      '',
    ]);
  });

  it('lists no more than twenty failing points of a sweep', () => {
    const runs = Array.from({ length: 50 }, (_, i) => run({ point: `x=${i}`, status: 'broken', problems: ['no'] }));
    const text = checkText({ files: [{ path: 's.yaml', kind: 'sweep', status: 'broken', runs }], skipped: [] }, false);
    expect(text).toContain('and 30 more points');
    expect(text.split('\n').length).toBeLessThan(30);
  });

  it('is a table and a list in Markdown', () => {
    const text = checkMarkdown(report);
    expect(text).toContain('| ❌ | b&lt;&amp;".yaml | 2 points, 2 of 3 expectations hold |');
    expect(text).toContain('- x=2: ttftMs.p99: 1,248, expected max 1000');
    expect(text).toContain('no \\| good');
  });
});
