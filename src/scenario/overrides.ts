import { type Position, readDocument } from './document.js';
import { InputError, type InputProblem } from './input-error.js';
import { formatPath, type KeyPath, parsePath } from './key-path.js';
import { preview } from './problems.js';
import { child, isMapping } from './schema-walk.js';

/** One `--set path=value`, read. */
export interface Override {
  /** As it was written, `--set` in front: stands for the file name in messages. */
  origin: string;
  /** The highest place it set: the path, or a parent that did not exist before. Indices of lists are numbers here. */
  path: KeyPath;
}

/**
 * Sets one place of a scenario's value, in place. The value is YAML; an empty one or `null` removes the key.
 *
 * @param setting such as `factory.pools[0].replicas=4`
 * @example applyOverride({ seed: 1 }, 'seed=7') // the object is now { seed: 7 }
 */
export function applyOverride(root: Record<string, unknown>, setting: string): Override {
  const origin = `--set ${setting}`;
  const refuse = (problem: InputProblem): never => {
    throw new InputError({ file: origin, ...problem });
  };
  const equals = setting.indexOf('=');
  if (equals <= 0) refuse({ message: 'is no override', allowed: 'path=value, such as factory.pools[0].replicas=4' });
  const path = pathOf(setting.slice(0, equals), refuse);
  const text = setting.slice(equals + 1);
  const value = /^\s*(null|~)?\s*$/.test(text) ? undefined : readValue(text, refuse);

  let highest = path.length;
  let at: unknown = root;
  for (let i = 0; i < path.length; i++) {
    const last = i === path.length - 1;
    const here = formatPath(path.slice(0, i));
    if (Array.isArray(at)) {
      const index = indexIn(at, path[i], here, refuse);
      path[i] = index;
      if (last && value === undefined) at.splice(index, 1);
      else if (last) at[index] = value;
      else at[index] ??= {};
      at = at[index];
    } else if (isMapping(at)) {
      const key = String(path[i]);
      path[i] = key;
      if (key === '__proto__') refuse({ key: formatPath(path.slice(0, i + 1)), message: 'unknown key' });
      if (last && value === undefined) delete at[key];
      else if (last) at[key] = value;
      // A parent that the file leaves out (horizon, router ...) has only defaults so far.
      else if ((child(at, key) ?? null) === null) {
        at[key] = {};
        highest = Math.min(highest, i + 1);
      }
      at = child(at, key);
    } else {
      refuse({ key: here, message: 'has no keys that could be set', found: preview(at) });
    }
  }
  return { origin, path: path.slice(0, highest) };
}

function pathOf(text: string, refuse: (problem: InputProblem) => never): (string | number)[] {
  try {
    return parsePath(text.trim());
  } catch (error) {
    if (error instanceof InputError) return refuse(error.problems[0]);
    throw error;
  }
}

function readValue(text: string, refuse: (problem: InputProblem) => never): unknown {
  try {
    return readDocument(text).value;
  } catch (error) {
    // Lines and columns of a few characters on a command line would only confuse.
    if (error instanceof InputError) return refuse({ message: error.problems[0].message, found: preview(text) });
    throw error;
  }
}

function indexIn(
  list: unknown[],
  part: string | number,
  key: string,
  refuse: (problem: InputProblem) => never,
): number {
  const index = Number(part);
  if (!/^\d+$/.test(String(part))) {
    return refuse({
      key,
      message: 'is a list: say which entry',
      found: preview(part),
      hint: `such as ${key}[0].${part}`,
    });
  }
  if (index >= list.length) {
    return refuse({
      key: `${key}[${index}]`,
      message: 'there is no such entry',
      allowed: list.length === 0 ? 'none, the list is empty' : `0 to ${list.length - 1} (the first is 0)`,
    });
  }
  return index;
}

/** Whether `path` lies at or below the place that an override has set. */
export function covers(override: Override, path: KeyPath): boolean {
  return override.path.length <= path.length && override.path.every((part, i) => part === path[i]);
}

/** The file position of a problem: the last override that set the place, or else the text. */
export function originOf(
  path: KeyPath,
  overrides: readonly Override[],
  file: string | undefined,
  position: () => Position | undefined,
): Pick<InputProblem, 'file' | 'line' | 'column'> {
  const override = overrides.findLast((candidate) => covers(candidate, path));
  return override === undefined ? { file, ...position() } : { file: override.origin };
}
