import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { MOST_CHARACTERS } from '../scenario/document.js';
import { InputError, type InputProblem } from '../scenario/input-error.js';
import { type ParsedScenario, parseScenario } from '../scenario/parse.js';
import { checkNames } from '../scenario/resolve.js';
import { didYouMean } from '../scenario/suggest.js';

export interface LoadedScenario extends ParsedScenario {
  /** Folder of the file; relative paths inside the scenario start here. */
  baseDirectory: string;
}

/**
 * Reads and checks a scenario file.
 *
 * @param path YAML or JSON file
 * @param options `overrides`: `path=value` each, as given to `--set`
 * @throws InputError when the file cannot be read, is no valid scenario, or names what the catalog does not know
 * @example
 * const { scenario, baseDirectory } = loadScenario('scenarios/chat.yaml', { overrides: ['seed=7'] });
 */
export function loadScenario(path: string, options: { overrides?: readonly string[] } = {}): LoadedScenario {
  const parsed = parseScenario(readText(path), { file: path, overrides: options.overrides });
  const unknown = checkNames(parsed.scenario);
  if (unknown.length > 0) throw new InputError(unknown.map(parsed.locate));
  return { ...parsed, baseDirectory: dirname(resolve(path)) };
}

/** The text of a file that a user named. */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    const status = statSync(path);
    // A device may never end; a pipe, such as a shell's <(...), does.
    if (status.isCharacterDevice() || status.isBlockDevice()) {
      throw new InputError({ file: path, message: 'is a device, not a scenario file' });
    }
    if (status.size > 4 * MOST_CHARACTERS) {
      throw new InputError({
        file: path,
        message: 'is too large for a scenario',
        found: `${status.size} bytes`,
        allowed: `up to ${MOST_CHARACTERS} characters`,
        hint: 'a trace or a list of lengths goes into a file of its own',
      });
    }
    bytes = readFileSync(path);
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(unreadable(path, error));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError({ file: path, message: 'is not a text file in UTF-8', allowed: 'YAML or JSON' });
  }
}

/** What a user can do about a file that did not open; passes on what is no file system error. */
function unreadable(path: string, error: unknown): InputProblem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { file: path, message: 'there is no such file', hint: similarFile(path) };
  }
  if (code === 'EISDIR') return { file: path, message: 'is a folder, not a scenario file', hint: anyScenario(path) };
  if (code === 'EACCES' || code === 'EPERM') return { file: path, message: 'may not be read: permission denied' };
  return { file: path, message: `cannot be read (${code})` };
}

function similarFile(path: string): string | undefined {
  return didYouMean(basename(path), filesIn(dirname(resolve(path))));
}

function anyScenario(folder: string): string | undefined {
  const file = filesIn(folder).find((name) => /\.(ya?ml|json)$/i.test(name));
  return file === undefined ? undefined : `it holds ${file}, for instance`;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
