import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InputError } from '../../scenario/input-error.js';
import { isMapping } from '../../scenario/schema-walk.js';
import { didYouMean } from '../../scenario/suggest.js';
import { readJson } from './read.js';

/** Which file a folder of each kind is known by. */
export const RESULT_FILES = {
  run: 'result.json',
  sweep: 'sweep.json',
  comparison: 'comparison.json',
  plan: 'plan.json',
  capacity: 'capacity.json',
} as const;

export type ResultKind = keyof typeof RESULT_FILES;

/** A folder that goodput has written. */
export interface StoredResult {
  folder: string;
  kind: ResultKind;
  /** Of the scenario or the sweep. */
  name: string;
  /** Version of goodput that wrote it. */
  version: string;
  /** What its file holds. */
  document: Record<string, unknown>;
}

/**
 * All results in a folder and those below it, sorted by their paths; so those of one name by the time they were begun.
 *
 * @throws InputError where there is no such folder
 * @example findResults('results').at(-1)?.name // 'quickstart'
 */
export function findResults(root: string): StoredResult[] {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const hint = 'goodput run SCENARIO --out writes the first result into results/';
    throw new InputError({ file: root, message: 'there is no such folder', hint });
  }
  const own = resultIn(root);
  if (own !== undefined) return [own];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => findResults(join(root, name)));
}

/** The result whose files lie in a folder itself. */
export function resultIn(folder: string): StoredResult | undefined {
  for (const [kind, file] of Object.entries(RESULT_FILES) as [ResultKind, string][]) {
    const path = join(folder, file);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const document = readJson(path);
    if (!isMapping(document)) continue;
    const { version, name, scenario } = document;
    // A sweep holds the scenario of its first point beside its own name.
    const called = name ?? (isMapping(scenario) ? scenario.name : undefined);
    const text = (of: unknown) => (typeof of === 'string' ? of : '?');
    return { folder, kind, name: text(called), version: text(version), document };
  }
  return undefined;
}

/**
 * The result that somebody means: a folder with one, its file, or a name under `root`, of which the newest counts.
 *
 * @throws InputError where there is none
 * @example resultNamed('quickstart').folder // 'results/quickstart/2026-08-01T12-30-05Z'
 */
export function resultNamed(name: string, root = 'results'): StoredResult {
  const file = Object.values(RESULT_FILES).find((entry) => name.endsWith(entry));
  const path = file === undefined ? name : join(name, '..');
  for (const folder of [path, join(root, path)]) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    const newest = findResults(folder).at(-1);
    if (newest !== undefined) return newest;
  }
  const known = isFolder(root) ? [...new Set(findResults(root).map(({ folder }) => relative(root, folder)))] : [];
  const names = [...new Set(known.map((folder) => folder.split(/[\\/]/)[0]))];
  throw new InputError({
    file: name,
    message: 'holds no result',
    allowed: 'a folder that goodput wrote, or a name under results/',
    hint: didYouMean(name, names) ?? 'goodput results list shows what there is',
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
