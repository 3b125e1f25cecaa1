import { markdownTable } from 'markdown-table';
import type { ResultDocument } from '../experiment/result.js';
import { digest } from './digest.js';
import type { Cell, Facts, Grid } from './layout.js';
import { plain, width } from './text.js';

/**
 * A result for a pull request or a wiki: what the table says, in Markdown.
 *
 * @example writeFileSync('summary.md', renderMarkdown(simulate(scenario)));
 */
export function renderMarkdown(document: ResultDocument): string {
  return sectionsMarkdown(digest(document));
}

/** A title and what stands below it, in Markdown. */
export function sectionsMarkdown({ title, sections }: { title: string; sections: readonly (Facts | Grid)[] }): string {
  const blocks = sections.map((section) => (section.kind === 'grid' ? gridMarkdown(section) : factsMarkdown(section)));
  return `${[`### ${escapeMarkdown(title)}`, ...blocks].join('\n\n')}\n`;
}

/**
 * Text that Markdown shows as it is: no markup, no HTML, no mention of anybody, on one line.
 *
 * @example escapeMarkdown('a|b') // 'a\\|b'
 */
export function escapeMarkdown(text: string): string {
  return (
    plain(text)
      .replace(/[\\`*_[\]|~$#]/g, '\\$&')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // A zero-width space keeps forges from notifying whoever has that name, and from making links.
      .replaceAll('@', '@\u200b')
      .replaceAll('://', ':\u200b//')
  );
}

/** Rows and columns as a Markdown table. */
export function gridMarkdown({ head, rows, words = 1 }: Grid): string {
  return markdownTable([head.map(escapeMarkdown), ...rows.map((row) => row.map(cellMarkdown))], {
    align: head.map((_, column) => (column < words ? 'l' : 'r')),
    stringLength: width,
  });
}

function cellMarkdown({ text, link }: Cell): string {
  const words = escapeMarkdown(text);
  return link === undefined
    ? words
    : `[${words}](${encodeURI(link).replace(/[()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)})`;
}

function factsMarkdown({ facts }: Facts): string {
  return facts
    .flatMap(({ label, lines }) => lines.map(({ text }) => `- **${label}** ${escapeMarkdown(text)}`))
    .join('\n');
}
