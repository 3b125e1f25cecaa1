import { readFileSync } from 'node:fs';
import { InputError } from '../../scenario/input-error.js';
import { isMapping } from '../../scenario/schema-walk.js';
import { VERSION } from '../../version.js';
import type { ResultDocument } from '../result.js';

/**
 * Reads a stored result.
 *
 * @param file such as `results/chat/2026-08-01T12-30-05Z/result.json`
 * @throws InputError where it is none
 */
export function readResult(file: string): ResultDocument {
  const value = readJson(file);
  if (
    isMapping(value) &&
    typeof value.version === 'string' &&
    isMapping(value.summary) &&
    isMapping(value.scenario) &&
    typeof value.scenario.name === 'string' &&
    Array.isArray(value.expectations)
  ) {
    return value as unknown as ResultDocument;
  }
  throw new InputError({ file, message: 'is no result of goodput', allowed: 'what goodput run writes as result.json' });
}

/** What a JSON file holds; undefined where it cannot be read or is none. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Does something with what a file holds. Where parts of it are missing or are something else, since somebody has edited it or
 * another version wrote it, that is what the user hears.
 *
 * @throws InputError in place of a TypeError
 * @example withDocumentOf('result.json', () => renderTable(document))
 */
export function withDocumentOf<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError({
      file,
      message: `is not laid out as goodput ${VERSION} writes such documents: ${error.message}`,
      hint: 'run it again with this version',
    });
  }
}
