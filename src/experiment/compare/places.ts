import type { ComparisonFile } from '../../scenario/comparison-schema.js';
import type { TextDocument } from '../../scenario/document.js';
import { InputError, type InputProblem } from '../../scenario/input-error.js';
import { type KeyPath, parsePath } from '../../scenario/key-path.js';

/** Where a change or an expectation stands in the text of a comparison. */
export type Places = (problem: InputProblem) => Pick<InputProblem, 'file' | 'line' | 'column'> | undefined;

/** What an override that a file writes as `path: value` looks like to the scenario that it changes. */
export function overridesOf(set: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(set).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
}

/**
 * Fleets are scenarios with overrides, so what is wrong with one is reported as that of a `--set` that nobody has typed.
 * This finds where the comparison file says so.
 */
export function placesOf({ fleets, claim }: ComparisonFile, document: TextDocument, file: string): Places {
  const sets: [path: KeyPath, set: Readonly<Record<string, unknown>>][] = [];
  for (const [i, { set, configs }] of fleets.entries()) {
    sets.push([['fleets', i, 'set'], set]);
    if (!Array.isArray(configs)) sets.push([['fleets', i, 'configs', 'set'], configs.set]);
    else for (const [j, config] of configs.entries()) sets.push([['fleets', i, 'configs', j, 'set'], config.set]);
  }
  for (const [i, { others }] of (claim?.chosen ?? []).entries()) {
    for (const [j, other] of others.entries()) {
      const path: KeyPath = ['claim', 'chosen', i, 'others', j];
      sets.push([[...path, 'set'], other.set]);
      for (const [name, set] of Object.entries(other.fleets)) sets.push([[...path, 'fleets', name], set]);
    }
  }
  const known = new Map<string, KeyPath>();
  for (const [path, set] of sets) {
    for (const key of Object.keys(set)) {
      const [override] = overridesOf({ [key]: set[key] });
      if (!known.has(`--set ${override}`)) known.set(`--set ${override}`, [...path, key]);
    }
  }
  return ({ file: origin, key }) => {
    if (origin !== undefined) {
      const path = known.get(origin);
      return path === undefined ? undefined : { file, ...document.position(path, 'key') };
    }
    return key?.startsWith('expect[') ? { file, ...document.position(parsePath(key)) } : undefined;
  };
}

/** Does some work with a comparison; what is wrong with its fleets or expectations is said to stand where it does. */
export async function inItsPlace<T>(places: Places, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, ...places(problem) })));
  }
}
