import CliTable from 'cli-table3';
import pc from 'picocolors';
import type { ResultDocument } from '../experiment/result.js';
import { digest } from './digest.js';
import type { Facts, Grid, Tone } from './layout.js';
import { clip, plain, width, wrap } from './text.js';

/** Columns of the terminal that a report may take. */
const WIDTH = 100;
const LABEL = 15;
const LONGEST_NAME = 40;
const SHORTEST_NAME = 8;
const GAP = 2;

/** Borderless: columns are told apart by space alone. */
const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((end) => [`${side}${end}`, '']),
  ),
);

export interface TableOptions {
  /** Whether the reader is a terminal that shows colours. */
  color?: boolean;
}

/**
 * A result for the terminal: about thirty lines of at most 100 columns.
 *
 * @example process.stdout.write(renderTable(simulate(scenario), { color: process.stdout.isTTY }));
 */
export function renderTable(document: ResultDocument, options: TableOptions = {}): string {
  return renderSections(digest(document), options);
}

/** A title and what stands below it, for the terminal. */
export function renderSections(
  { title, sections }: { title: string; sections: readonly (Facts | Grid)[] },
  { color = false }: TableOptions = {},
): string {
  const paint = painter(color);
  const blocks = sections.map((section) =>
    section.kind === 'grid' ? renderGrid(section, color) : factsText(section, paint),
  );
  return `${[paint.title(clip(plain(title), WIDTH)), ...blocks].join('\n\n')}\n`;
}

/**
 * Rows and columns for the terminal, without lines around them. Texts are made safe to print.
 *
 * @example renderGrid({ kind: 'grid', head: ['gpu', 'GB'], rows: [[{ text: 'h200' }, { text: '141' }]] }, false)
 */
export function renderGrid({ head, rows, words = 1 }: Grid, color: boolean): string {
  const paint = painter(color);
  const texts = rows.map((row) => row.map(({ text }) => plain(text)));
  const widths = head.map((name, column) => Math.max(...[name, ...texts.map((row) => row[column])].map(width)));
  const excess = widths.reduce((sum, columns) => sum + GAP + columns, 0) - WIDTH;
  // Names are the only thing without a bound.
  const longestName = Math.max(SHORTEST_NAME, Math.min(LONGEST_NAME, widths[0] - excess));
  const table = new CliTable({
    chars: { ...NO_BORDERS, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: head.map((_, column) => (column < words ? 'left' : 'right')),
  });
  table.push(head.map((name) => paint.heading(name)));
  texts.forEach((row, i) => {
    table.push(
      row.map((text, column) => paint.tone(column === 0 ? clip(text, longestName) : text, rows[i][column].tone)),
    );
  });
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

function factsText({ facts }: Facts, paint: Painter): string {
  const lines: string[] = [];
  for (const { label, lines: cells } of facts) {
    let margin = paint.heading(`  ${label}`.padEnd(LABEL));
    for (const { text, tone } of cells) {
      for (const line of wrap(plain(text), WIDTH - LABEL)) {
        lines.push(margin + paint.tone(line, tone));
        margin = ' '.repeat(LABEL);
      }
    }
  }
  return lines.join('\n');
}

type Painter = ReturnType<typeof painter>;

function painter(color: boolean) {
  const colors = pc.createColors(color);
  const tones: Record<Tone, (text: string) => string> = {
    good: colors.green,
    bad: colors.red,
    warning: colors.yellow,
    quiet: colors.dim,
  };
  return {
    title: colors.bold,
    heading: colors.dim,
    tone: (text: string, tone: Tone | undefined) => (tone === undefined || text === '' ? text : tones[tone](text)),
  };
}
