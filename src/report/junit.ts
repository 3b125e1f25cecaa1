import type { CheckedFile, CheckedRun, CheckReport } from '../experiment/check/check.js';
import { expectationText } from './expectations.js';

/**
 * A check as JUnit XML, which CI systems show as tests: a suite per file, a case per expectation. The format follows
 * https://github.com/testmoapp/junitxml, the subset that Jenkins, GitLab and GitHub actions read.
 *
 * @example writeFileAtomic('junit.xml', junitXml(report))
 */
export function junitXml({ files }: CheckReport): string {
  const suites = files.map((file) => ({ file, cases: file.runs.flatMap((run) => casesOf(file, run)) }));
  const all = suites.flatMap(({ cases }) => cases);
  const seconds = files.reduce((sum, file) => sum + secondsOf(file), 0);
  const lines = suites.flatMap(({ file, cases }) => [
    `  <testsuite ${attributes({ name: file.path, ...counts(cases), time: secondsOf(file).toFixed(3) })}>`,
    ...cases.map(({ xml }) => xml),
    '  </testsuite>',
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'goodput check', ...counts(all), time: seconds.toFixed(3) })}>`,
    ...lines,
    '</testsuites>\n',
  ].join('\n');
}

interface TestCase {
  verdict: 'passed' | 'failure' | 'error';
  xml: string;
}

function casesOf(file: CheckedFile, run: CheckedRun): TestCase[] {
  const prefix = run.point === undefined ? '' : `${run.point}: `;
  const time = run.wallSeconds.toFixed(3);
  const testCase = (name: string, verdict: TestCase['verdict'], message = '', details = message): TestCase => {
    const head = `    <testcase ${attributes({ name: prefix + name, classname: file.path, time })}`;
    if (verdict === 'passed') return { verdict, xml: `${head}/>` };
    const body = `<${verdict} ${attributes({ message })}>${escapeXml(details)}</${verdict}>`;
    return { verdict, xml: `${head}>\n      ${body}\n    </testcase>` };
  };
  if (run.status === 'broken') return [testCase('runs', 'error', run.problems[0] ?? '', run.problems.join('\n'))];
  if (run.expectations.length === 0) return [testCase('runs', 'passed')];
  return run.expectations.map((outcome) => {
    const name = `${outcome.metric} ${outcome.limit}`;
    if (outcome.pass) return testCase(name, 'passed');
    const why = [...run.advice, ...(run.bottleneck === undefined ? [] : [`what limited the fleet: ${run.bottleneck}`])];
    const text = expectationText(outcome);
    return testCase(name, 'failure', text, [text, ...why].join('\n'));
  });
}

function counts(cases: readonly TestCase[]) {
  const count = (verdict: TestCase['verdict']) => cases.filter((each) => each.verdict === verdict).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error') };
}

function secondsOf({ runs }: CheckedFile): number {
  return runs.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(String(value)).replace(/\s+/g, ' ')}"`)
    .join(' ');
}

/** What XML 1.0 cannot hold, however it is written. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

function escapeXml(text: string): string {
  return text
    .replace(ILLEGAL, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
