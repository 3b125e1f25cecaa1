import { escapeMarkdown, gridMarkdown } from '../markdown.js';
import type { DataTable, Report } from './report.js';

/** More rows than this are in the files, not in a comment on a pull request. */
const MOST_ROWS = 30;

/**
 * A report for a pull request: the answer, how sure it is, and its tables.
 *
 * @example renderMarkdownPage([comparisonReport(comparison)])
 */
export function renderMarkdownPage(reports: readonly Report[]): string {
  return reports.map(reportMarkdown).join('\n');
}

function reportMarkdown({ title, headline, reasons, tiles, glance, sureness, assumptions, sections }: Report): string {
  const lines = (entries: readonly { label: string; text: string }[]) =>
    entries.map(({ label, text }) => `- **${escapeMarkdown(label)}**: ${escapeMarkdown(text)}`).join('\n');
  const tables = sections.flatMap((section) => [
    ...(section.charts ?? []).flatMap(({ table }) => (table === undefined ? [] : [table])),
    ...(section.tables ?? []),
  ]);
  return `${[
    `### ${escapeMarkdown(title)}`,
    `**${escapeMarkdown(headline)}**`,
    reasons.map((text) => `- ${escapeMarkdown(text)}`).join('\n'),
    lines(tiles.map(({ label, value, note }) => ({ label, text: note === undefined ? value : `${value} (${note})` }))),
    ...(glance === undefined ? [] : [gridOf(glance)]),
    '#### How sure is that?',
    lines(sureness),
    '#### What was assumed',
    lines(assumptions),
    ...tables.map(tableMarkdown),
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}

function tableMarkdown(table: DataTable): string {
  const { title, rows } = table;
  const more = rows.length > MOST_ROWS ? `\n\n${rows.length - MOST_ROWS} more rows are left out.` : '';
  return `<details><summary>${escapeMarkdown(title)}</summary>\n\n${gridOf(table)}${more}\n\n</details>`;
}

function gridOf({ head, rows }: DataTable): string {
  const words = head.findIndex(({ words }) => words !== true);
  return gridMarkdown({
    kind: 'grid',
    words: words === -1 ? head.length : words,
    head: head.map(({ label }) => label),
    rows: rows.slice(0, MOST_ROWS),
  });
}
