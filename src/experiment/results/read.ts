import { readFileSync } from 'node:fs';
import { InputError } from '../../scenario/input-error.js';
import { isMapping } from '../../scenario/schema-walk.js';
import type { ResultDocument } from '../result.js';

/**
 * Reads a stored result.
 *
 * @param file such as `results/chat/2026-08-01T12-30-05Z/result.json`
 * @throws InputError where it is none
 */
export function readResult(file: string): ResultDocument {
  const value = readJson(file);
  if (isMapping(value) && isMapping(value.summary) && isMapping(value.scenario)) {
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
