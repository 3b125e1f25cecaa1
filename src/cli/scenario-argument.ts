import type { Readable } from 'node:stream';
import { isComparisonFile } from '../experiment/compare/comparison-file.js';
import { type LoadedScenario, loadScenario } from '../experiment/load-scenario.js';
import { InputError } from '../scenario/input-error.js';
import { parseScenario } from '../scenario/parse.js';
import { checkNames } from '../scenario/resolve.js';
import { STDIN } from './io.js';

const MOST_BYTES = 10_000_000;

/** Reads the scenario that a user named: a file, or standard input. */
export async function readScenario(
  path: string,
  overrides: readonly string[],
  stdin: Readable,
): Promise<LoadedScenario> {
  if (path !== STDIN) return loadFile(path, overrides);
  const parsed = parseScenario(await textOf(stdin), { file: 'stdin', overrides });
  const unknown = checkNames(parsed.scenario);
  if (unknown.length > 0) throw new InputError(unknown.map(parsed.locate));
  return { ...parsed, baseDirectory: process.cwd() };
}

function loadFile(path: string, overrides: readonly string[]): LoadedScenario {
  try {
    return loadScenario(path, { overrides });
  } catch (error) {
    if (!(error instanceof InputError) || !isComparison(path)) throw error;
    throw new InputError({
      file: path,
      message: 'compares several fleets, and is not one scenario',
      hint: `goodput compare ${path}`,
    });
  }
}

/** False, too, where the file cannot be read: that is reported as it is for a scenario. */
function isComparison(path: string): boolean {
  try {
    return isComparisonFile(path);
  } catch {
    return false;
  }
}

async function textOf(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MOST_BYTES) {
      throw new InputError({ file: 'stdin', message: 'is too large for a scenario', allowed: `${MOST_BYTES} bytes` });
    }
    chunks.push(buffer);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new InputError({ file: 'stdin', message: 'is not text in UTF-8', allowed: 'YAML or JSON' });
  }
}
