import pc from 'picocolors';
import type { CheckedFile, CheckedRun, CheckReport, CheckStatus } from '../../experiment/check/check.js';
import { expectationText } from '../expectations.js';
import { count } from '../format.js';
import { plain } from '../text.js';
import { claimLine } from './claims.js';

const MARKS = { passed: '✓', failed: '✗', broken: '!' } as const satisfies Record<CheckStatus, string>;
/** More runs of one sweep than this are counted, not listed. */
const MOST_RUNS = 20;

/**
 * A check for the terminal: a line per file, what fails below it, and how many of each there were.
 *
 * @example process.stdout.write(checkText(report, false));
 */
export function checkText({ files, skipped }: CheckReport, color: boolean): string {
  const colors = pc.createColors(color);
  const paint = { passed: colors.green, failed: colors.red, broken: colors.red };
  const lines = files.flatMap((file) => [
    `${paint[file.status](MARKS[file.status])} ${plain(file.path)}  ${colors.dim(held(file))}`,
    ...(file.claim === undefined ? [] : [`    ${plain(claimLine(file.claim))}`]),
    ...complaints(file).map((line) => `    ${plain(line)}`),
  ]);
  return `${[...lines, '', totals(files, skipped)].join('\n')}\n`;
}

/** What did not go well in a file, and what was not looked at, a line each. */
export function complaints({ runs }: CheckedFile): string[] {
  return [...failures(runs), ...runs.flatMap(({ notes }) => notes.map((note) => `note: ${note}`))];
}

function failures(runs: readonly CheckedRun[]): string[] {
  const bad = runs.filter(({ status }) => status !== 'passed');
  const lines = bad.slice(0, MOST_RUNS).flatMap(complaintsOf);
  return bad.length > MOST_RUNS ? [...lines, `and ${count(bad.length - MOST_RUNS)} more points`] : lines;
}

function complaintsOf({ point, expectations, problems, bottleneck, advice }: CheckedRun): string[] {
  const where = point === undefined ? '' : `${point}: `;
  if (problems.length > 0) return problems.map((problem) => where + problem);
  const failed = expectations.filter(({ pass }) => !pass).map((outcome) => where + expectationText(outcome));
  const reasons = advice.map((line) => where + line);
  return bottleneck === undefined ? failed : [...failed, ...reasons, `${where}what limited the fleet: ${bottleneck}`];
}

/** Such as `2 of 3 expectations hold`. */
export function held({ kind, runs, status }: CheckedFile): string {
  const outcomes = runs.flatMap(({ expectations }) => expectations);
  const holding = outcomes.filter(({ pass }) => pass).length;
  const points = kind === 'sweep' ? `${plural(runs.length, 'point')}, ` : '';
  if (status === 'broken' && outcomes.length === 0) return `${points}could not be run`;
  if (outcomes.length === 0) return `${points}runs; expects nothing`;
  const all = `${count(holding)} of ${plural(outcomes.length, 'expectation')} ${outcomes.length === 1 ? 'holds' : 'hold'}`;
  return points + all;
}

/** Such as `3 files: 1 passed, 1 failed, 1 broken`. */
export function totals(files: readonly CheckedFile[], skipped: readonly string[]): string {
  const counted = (['passed', 'failed', 'broken'] as const)
    .map((status) => ({ status, number: files.filter((file) => file.status === status).length }))
    .filter(({ number }) => number > 0)
    .map(({ status, number }) => `${count(number)} ${status}`);
  const others = skipped.length > 0 ? [`${count(skipped.length)} left out, being no scenario`] : [];
  return `${plural(files.length, 'file')}: ${[...counted, ...others].join(', ') || 'nothing to check'}`;
}

function plural(number: number, word: string): string {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`;
}
