import type { CheckReport } from '../../experiment/check/check.js';
import { escapeMarkdown, gridMarkdown } from '../markdown.js';
import { claimsMarkdown } from './claims.js';
import { complaints, held, totals } from './text.js';

const MARKS = { passed: '✅', failed: '❌', broken: '⚠️' } as const;

/**
 * A check for the summary of a CI job or a comment on a pull request: a row per file, what fails below.
 *
 * @example appendFileSync(process.env.GITHUB_STEP_SUMMARY, checkMarkdown(report))
 */
export function checkMarkdown({ files, skipped }: CheckReport): string {
  const grid = gridMarkdown({
    kind: 'grid',
    words: 3,
    head: ['', 'file', 'result'],
    rows: files.map((file) => [{ text: MARKS[file.status] }, { text: file.path }, { text: held(file) }]),
  });
  const details = files
    .map((file) => ({ file, lines: complaints(file).map((line) => `- ${escapeMarkdown(line)}`) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ file, lines }) => `#### ${escapeMarkdown(file.path)}\n\n${lines.join('\n')}`);
  const claims = claimsMarkdown(files.flatMap(({ path, claim }) => (claim === undefined ? [] : [{ path, claim }])));
  const parts = ['### goodput check', escapeMarkdown(totals(files, skipped)), ...claims, grid, ...details];
  return `${parts.join('\n\n')}\n`;
}
