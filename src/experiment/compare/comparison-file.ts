import { basename, dirname, resolve } from 'node:path';
import type { z } from 'zod';
import {
  type ClaimAlternative,
  type ComparisonFile,
  type Config,
  comparisonSchema,
  configsSchema,
} from '../../scenario/comparison-schema.js';
import { readDocument, type TextDocument } from '../../scenario/document.js';
import { InputError } from '../../scenario/input-error.js';
import { preview, problemsOf } from '../../scenario/problems.js';
import { isMapping } from '../../scenario/schema-walk.js';
import { readText } from '../load-scenario.js';
import type { ScenarioText } from '../sweep/task.js';
import { AS_IT_IS, type FleetTask } from './fleet-task.js';
import { overridesOf, type Places, placesOf } from './places.js';

type Fleet = ComparisonFile['fleets'][number];

/** A comparison file, read and checked. */
export interface LoadedComparison extends Omit<ComparisonFile, 'fleets'> {
  path: string;
  baseText: ScenarioText;
  /** Where in the file something is wrong. */
  places: Places;
  /** With the configurations of the files that they name. */
  fleets: (Omit<Fleet, 'configs'> & { configs: Config[] })[];
}

/** Whether the keys of a file are those of a comparison. */
export function looksLikeComparison(value: unknown): boolean {
  return isMapping(value) && 'fleets' in value && !('traffic' in value) && !('factory' in value);
}

/** Whether a file is a comparison; throws an {@link InputError} where it cannot be read. */
export function isComparisonFile(path: string): boolean {
  return looksLikeComparison(readComparisonDocument(path).value);
}

/**
 * Reads a comparison file.
 *
 * @throws InputError when it or its base cannot be read, or it is no valid comparison
 * @example loadComparison('scenarios/hopper-vs-blackwell.yaml').fleets.length // 2
 */
export function loadComparison(path: string): LoadedComparison {
  const document = readComparisonDocument(path);
  const name = basename(path).replace(/\.(ya?ml|json)$/i, '');
  const file = valid(comparisonSchema, document, path, 'base and fleets', { name });
  const fleets = file.fleets.map((fleet, i) => ({ ...fleet, configs: configsOf(fleet, i, path) }));
  return { ...file, path, baseText: baseOf(file, path), places: placesOf(file, document, path), fleets };
}

/** The configurations of a fleet: its own, or those of a file with what the fleet changes in all of them. */
function configsOf({ configs }: Fleet, index: number, path: string): Config[] {
  if (Array.isArray(configs)) return configs;
  const { file, set } = configs;
  const place = resolve(dirname(path), file);
  const text = textNamedBy(place, path, `fleets[${index}].configs.file`, file);
  const shared = valid(configsSchema, readComparisonDocument(place, text), place, 'configs');
  return shared.configs.map((config) => ({ ...config, set: { ...config.set, ...set } }));
}

/** The fleets of a comparison as tasks; with an alternative of its claim, what that changes comes last. */
export function fleetsOf(
  { fleets, baseText }: LoadedComparison,
  settings: readonly string[] = [],
  alternative?: ClaimAlternative,
): FleetTask[] {
  return fleets.map(({ name, set, configs }) => {
    const changed = { ...alternative?.set, ...alternative?.fleets[name] };
    const last = [...overridesOf(changed), ...settings];
    return {
      ...baseText,
      name,
      // What an alternative changes may exist in the configurations alone, such as a second pool.
      overrides: [...overridesOf(set), ...(configs.length === 0 ? last : settings)],
      configs:
        configs.length === 0
          ? [AS_IT_IS]
          : configs.map((config) => ({
              name: config.name,
              overrides: [...overridesOf(config.set), ...last],
              users: config.users,
            })),
    };
  });
}

/** The commonest slip: a bracket inside of `{ ... }` begins a list in YAML. */
function readComparisonDocument(path: string, text: string = readText(path)): TextDocument {
  try {
    return readDocument(text, path);
  } catch (error) {
    if (!(error instanceof InputError) || !error.message.includes('flow-seq-start')) throw error;
    const hint = 'inside of { } write a path with an index in quotes, such as "factory.pools[0].replicas"';
    throw new InputError({ ...error.problems[0], hint });
  }
}

function valid<T extends z.ZodType>(
  schema: T,
  { value: root, position }: TextDocument,
  file: string,
  keys: string,
  defaults: object = {},
): z.output<T> {
  if (!isMapping(root)) {
    throw new InputError({
      file,
      line: 1,
      column: 1,
      message: `is not a comparison: the file must be a mapping with the keys ${keys}`,
      found: preview(root),
    });
  }
  const result = schema.safeParse({ ...defaults, ...root });
  if (result.success) return result.data;
  throw new InputError(
    problemsOf(schema, result.error.issues, root).map(({ path, part, ...problem }) => ({
      ...problem,
      file,
      ...(problem.key === undefined ? {} : position(path, part)),
    })),
  );
}

function baseOf({ base }: ComparisonFile, file: string): ScenarioText {
  const folder = dirname(resolve(file));
  // JSON is YAML; problems then are named by their keys, since no line of the comparison would fit.
  if (typeof base !== 'string') return { text: JSON.stringify(base), file: `${file} (base)`, baseDirectory: folder };
  const path = resolve(folder, base);
  return { text: textNamedBy(path, file, 'base', base), file: base, baseDirectory: dirname(path) };
}

/** The text of a file; where it cannot be read, that is a mistake of the key that names it. */
function textNamedBy(path: string, file: string, key: string, found: string): string {
  try {
    return readText(path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [{ message, hint }] = error.problems;
    throw new InputError({ file, key, message, found: preview(found), hint });
  }
}
