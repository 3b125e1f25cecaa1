import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ResultDocument } from '../experiment/result.js';
import { makeFolder, writeFileAtomic } from './atomic-file.js';
import { renderCsv } from './csv.js';
import { renderJson } from './json.js';
import { renderMarkdown } from './markdown.js';
import { renderSeriesCsv } from './series-csv.js';

/**
 * Writes `result.json`, `scenario.yaml`, `summary.csv`, `series.csv` and `summary.md` into a folder; results/README.md explains them.
 *
 * @throws InputError where they cannot be written
 * @example writeResultFolder('results/chat/today', simulate(scenario))
 */
export function writeResultFolder(folder: string, document: ResultDocument): void {
  writeFileAtomic(join(folder, 'result.json'), renderJson(document));
  writeFileAtomic(join(folder, 'scenario.yaml'), resolvedScenario(document));
  writeFileAtomic(join(folder, 'summary.csv'), renderCsv(document));
  writeFileAtomic(join(folder, 'series.csv'), renderSeriesCsv(document));
  writeFileAtomic(join(folder, 'summary.md'), renderMarkdown(document));
}

/**
 * The folder of a run that was given none: `results/<name>/<UTC time>`, with a number where that is taken.
 *
 * @example defaultResultFolder('Chat on H200', new Date()) // 'results/chat-on-h200/2026-08-01T12-30-05Z'
 */
export function defaultResultFolder(name: string, now: Date, root = 'results'): string {
  const parent = join(root, slug(name));
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  for (let attempt = 1; ; attempt++) {
    const folder = join(parent, attempt === 1 ? stamp : `${stamp}-${attempt}`);
    if (claim(parent, folder)) return folder;
  }
}

/** False where another run has the folder; other obstacles show when its files are written. */
function claim(parent: string, folder: string): boolean {
  try {
    makeFolder(parent);
    mkdirSync(folder);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
  }
}

/**
 * A name as part of a path: small letters, digits and hyphens only.
 *
 * @example slug('../../etc') // 'etc'
 */
export function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return words === '' ? 'scenario' : words;
}

function resolvedScenario({ scenario, version }: ResultDocument): string {
  return (
    `# Resolved by goodput ${version}: every default filled in, every quantity in its base unit (seconds, tokens, dollars).\n` +
    '# Files named here are relative to the folder of the scenario it came from.\n' +
    stringify(scenario, { lineWidth: 0, aliasDuplicateObjects: false })
  );
}
