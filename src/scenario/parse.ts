import { readDocument, type TextDocument } from './document.js';
import { InputError, type InputProblem } from './input-error.js';
import { type KeyPath, parsePath } from './key-path.js';
import { applyOverride, originOf } from './overrides.js';
import { preview } from './problems.js';
import type { Scenario } from './schema.js';
import { isMapping } from './schema-walk.js';
import { validate } from './validate.js';

export interface ParseOptions {
  /** Name of the file, for messages and as the scenario's name where it has none. */
  file?: string;
  /** `path=value` each, applied in order. */
  overrides?: readonly string[];
}

export interface ParsedScenario {
  scenario: Scenario;
  /** Adds file, line and column to a problem that was found later, by its key. */
  locate(problem: InputProblem): InputProblem;
}

/**
 * Reads a scenario from YAML or JSON text.
 *
 * @throws InputError with every problem found, each with its line and column
 * @example
 * const { scenario } = parseScenario(text, { file: 'chat.yaml', overrides: ['factory.pools[0].replicas=4'] });
 */
export function parseScenario(text: string, options: ParseOptions = {}): ParsedScenario {
  return scenarioIn(readDocument(text, options.file), options);
}

/** As {@link parseScenario}, of a text that has been read; leaves what was read as it is, so that it can serve again. */
export function scenarioIn(document: TextDocument, { file, overrides = [] }: ParseOptions = {}): ParsedScenario {
  const root = structuredClone(document.value);
  if (!isMapping(root)) {
    throw new InputError({
      file,
      line: 1,
      column: 1,
      message: 'is not a scenario: the file must be a mapping with the keys traffic and factory',
      found: preview(root),
    });
  }
  const applied = overrides.map((setting) => applyOverride(root, setting));
  if (file !== undefined && root.name === undefined) root.name = nameFromFile(file);

  const place = (path: KeyPath, part?: 'value' | 'key') =>
    originOf(path, applied, file, () => document.position(path, part));
  const result = validate(root);
  if ('scenario' in result) {
    return { scenario: result.scenario, locate: (problem) => ({ ...problem, ...place(readKey(problem.key)) }) };
  }

  const problems = result.problems
    .map(({ path, part, ...problem }) => ({
      ...problem,
      ...(problem.key === undefined ? { file } : place(path, part)),
    }))
    .sort((a, b) => (a.line ?? Number.POSITIVE_INFINITY) - (b.line ?? Number.POSITIVE_INFINITY));
  throw new InputError(problems);
}

/** Keys of problems are written by this program, but a bad one should not hide the problem itself. */
function readKey(key = ''): (string | number)[] {
  try {
    return parsePath(key);
  } catch {
    return [];
  }
}

/** `scenarios/chat.yaml` gives `chat`. */
function nameFromFile(file: string): string | undefined {
  const base = file.split(/[\\/]/).at(-1) ?? '';
  const name = base
    .replace(/\.(ya?ml|json)$/i, '')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 200);
  return name.trim() === '' ? undefined : name;
}
