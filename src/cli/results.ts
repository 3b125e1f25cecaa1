import { join } from 'node:path';
import type { Argv } from 'yargs';
import type { Comparison } from '../experiment/compare/compare.js';
import type { CapacityDocument, PlanDocument } from '../experiment/plan/document.js';
import { diffResults } from '../experiment/results/diff.js';
import { findResults, RESULT_FILES, resultNamed, type StoredResult } from '../experiment/results/find.js';
import { readResult, withDocumentOf } from '../experiment/results/read.js';
import { formats } from '../report/index.js';
import { gridMarkdown, sectionsMarkdown } from '../report/markdown.js';
import { capacitySections } from '../report/plan/capacity.js';
import { planSections } from '../report/plan/plan.js';
import { diffSections } from '../report/results/diff.js';
import { resultsGrid } from '../report/results/list.js';
import { renderGrid, renderSections } from '../report/table.js';
import { InputError } from '../scenario/input-error.js';
import { didYouMean } from '../scenario/suggest.js';
import { defineCommand, EXIT } from './command.js';
import { comparisonText } from './compare.js';
import { type Io, print, wantsColor } from './io.js';
import { printSweep, SWEEP_FORMATS, type SweepFormat } from './sweep.js';

interface ResultsOptions {
  action: string;
  paths: string[] | undefined;
  format: SweepFormat;
}

const ACTIONS = { list: 'folder', show: 'result', diff: 'before after' } as const;

/** `goodput results`: what was kept. */
export const resultsCommand = defineCommand({
  usage: 'results <action> [paths..]',
  describe: 'List, show or compare what is kept in result folders',
  builder: (yargs: Argv) =>
    yargs
      .positional('action', { type: 'string', demandOption: true, describe: Object.keys(ACTIONS).join(', ') })
      .positional('paths', { type: 'string', array: true, describe: 'Folders, or names under results/: the newest' })
      .option('format', { choices: SWEEP_FORMATS, default: 'table' as SweepFormat, describe: 'What is printed' })
      .example('$0 results list', 'everything under results/')
      .example('$0 results show quickstart', 'the newest of that name')
      .example('$0 results diff results/chat/2026-08-01T12-30-05Z chat', 'settings and figures that differ'),
  run,
});

async function run({ action, paths = [], format }: ResultsOptions, io: Io): Promise<number> {
  const color = wantsColor(io.stdout, io.env);
  if (action === 'list') {
    takes(action, paths, 0, 1);
    await print(io.stdout, list(findResults(paths[0] ?? 'results'), format, color));
    return EXIT.fine;
  }
  if (action === 'show') {
    takes(action, paths, 1, 1);
    await show(resultNamed(paths[0]), format, io);
    return EXIT.fine;
  }
  if (action === 'diff') {
    takes(action, paths, 2, 2);
    await print(io.stdout, diff(resultNamed(paths[0]), resultNamed(paths[1]), format, color));
    return EXIT.fine;
  }
  throw new InputError({
    message: 'results has no such action',
    found: JSON.stringify(action),
    allowed: Object.keys(ACTIONS).join(', '),
    hint: didYouMean(action, Object.keys(ACTIONS)),
  });
}

function takes(action: keyof typeof ACTIONS, paths: readonly string[], least: number, most: number): void {
  if (paths.length >= least && paths.length <= most) return;
  const needs =
    least === 0 ? 'at most one folder' : ACTIONS[action].split(' ').length === 2 ? 'two results' : 'a result';
  throw new InputError({
    message: `results ${action} takes ${needs}`,
    found: `${paths.length}`,
    hint: `goodput results ${action} ${ACTIONS[action]}`,
  });
}

function list(results: readonly StoredResult[], format: SweepFormat, color: boolean): string {
  if (format === 'json') {
    const entries = results.map(({ document: _, ...entry }) => entry);
    return `${JSON.stringify(entries, null, 2)}\n`;
  }
  if (format === 'csv') refuseCsv('list');
  if (results.length === 0) return 'no results yet; goodput run SCENARIO --out keeps one\n';
  const grid = resultsGrid(results);
  return format === 'markdown' ? `${gridMarkdown(grid)}\n` : `${renderGrid(grid, color)}\n`;
}

async function show(result: StoredResult, format: SweepFormat, io: Io): Promise<void> {
  if (result.kind === 'sweep') {
    await printSweep(result.folder, format, io);
    return;
  }
  const color = wantsColor(io.stdout, io.env);
  await print(
    io.stdout,
    withDocumentOf(result.folder, () => shown(result, format, color)),
  );
}

function shown({ folder, kind, document }: StoredResult, format: SweepFormat, color: boolean): string {
  if (kind === 'run') return formats[format](readResult(join(folder, RESULT_FILES.run)), { color });
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (format === 'csv') return refuseCsv(`show a ${kind}`);
  if (kind === 'comparison') return comparisonText(document as unknown as Comparison, format, color);
  const sections =
    kind === 'plan'
      ? planSections(document as unknown as PlanDocument)
      : capacitySections(document as unknown as CapacityDocument);
  return format === 'markdown' ? sectionsMarkdown(sections) : renderSections(sections, { color });
}

function diff(before: StoredResult, after: StoredResult, format: SweepFormat, color: boolean): string {
  for (const { folder, kind } of [before, after]) {
    if (kind === 'run') continue;
    const hint = 'goodput report draws it';
    throw new InputError({ file: folder, message: `holds a ${kind}`, allowed: 'results of goodput run --out', hint });
  }
  if (format === 'csv') refuseCsv('diff');
  const [a, b] = [before, after].map(({ folder }) => readResult(join(folder, RESULT_FILES.run)));
  const difference = diffResults(a, b);
  if (format === 'json') {
    return `${JSON.stringify({ before: before.folder, after: after.folder, ...difference }, null, 2)}\n`;
  }
  const sections = diffSections(difference, before.folder, after.folder);
  return format === 'markdown' ? sectionsMarkdown(sections) : renderSections(sections, { color });
}

function refuseCsv(what: string): never {
  throw new InputError({ message: `cannot ${what} as csv`, allowed: 'table, json, markdown' });
}
