import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '../../scenario/document.js';
import { isMapping } from '../../scenario/schema-walk.js';
import { looksLikeComparison } from '../compare/comparison-file.js';
import { readText } from '../load-scenario.js';
import { looksLikeSweep } from '../sweep/load-sweep.js';

/** A file that is to be checked. */
export interface CheckFile {
  path: string;
  /** Whether it was named itself, and not found in a folder. */
  named: boolean;
}

/** What is in a file, as far as its keys tell. */
export type FileKind = 'scenario' | 'sweep' | 'comparison' | 'other';

/**
 * The files under some paths, sorted within each folder; each file once. Hidden folders and `node_modules` are left out.
 *
 * @example findFiles(['scenarios']).map(({ path }) => path) // ['scenarios/quickstart.yaml', ...]
 */
export function findFiles(paths: readonly string[]): CheckFile[] {
  const found = new Map<string, CheckFile>();
  for (const path of paths) {
    const status = statSync(path, { throwIfNoEntry: false });
    // A path that does not exist shows when it is read, as one broken file among the others.
    const files =
      status?.isDirectory() === true
        ? filesUnder(path).map((file) => ({ path: file, named: false }))
        : [{ path, named: true }];
    for (const file of files) if (!found.has(file.path)) found.set(file.path, file);
  }
  return [...found.values()];
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return /\.(ya?ml|json)$/i.test(entry.name) ? [path] : [];
    });
}

/**
 * Tells scenarios and sweeps from other files that may lie beside them.
 *
 * @throws InputError where the file is no YAML or JSON
 */
export function kindOf(path: string): FileKind {
  const { value } = readDocument(readText(path), path);
  if (looksLikeComparison(value)) return 'comparison';
  if (looksLikeSweep(value)) return 'sweep';
  return isMapping(value) && ('traffic' in value || 'factory' in value) ? 'scenario' : 'other';
}
