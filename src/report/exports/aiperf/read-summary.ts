import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../scenario/input-error.js';
import type { AiperfBlock } from './statistics.js';

const NAME = 'profile_export_aiperf.json';

/** Metrics of an AIPerf run by their tags. */
export interface AiperfRun {
  file: string;
  metrics: ReadonlyMap<string, AiperfBlock>;
}

/**
 * Reads the summary of an AIPerf run, measured or simulated: the file, or the folder that holds it. Fields that are not
 * known are passed over, as AIPerf asks of readers.
 *
 * @throws InputError where it is none
 * @example readAiperfSummary('artifacts/run').metrics.get('time_to_first_token')?.p99
 */
export function readAiperfSummary(path: string): AiperfRun {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new InputError({ file: path, message: 'does not exist', allowed: `${NAME}, or the folder that holds it` });
  }
  const file = status.isDirectory() ? join(path, NAME) : path;
  const document = parsed(file);
  const metrics = new Map(
    Object.entries(document).flatMap(([tag, value]) => (isBlock(value) ? [[tag, value] as const] : [])),
  );
  if (metrics.size > 0) return { file, metrics };
  throw new InputError({
    file,
    message: 'holds no metrics',
    allowed: `${NAME}: an object whose entries have a unit and an avg`,
    hint: 'goodput run --export aiperf writes one',
  });
}

function parsed(file: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const hint = 'goodput run --export aiperf writes one';
    if (isMissing) throw new InputError({ file, message: 'does not exist', hint });
    throw new InputError({ file, message: `is no JSON: ${error instanceof Error ? error.message : ''}` });
  }
  throw new InputError({ file, message: 'is no JSON object', allowed: NAME });
}

function isBlock(value: unknown): value is AiperfBlock {
  if (typeof value !== 'object' || value === null) return false;
  const { unit, avg } = value as Partial<AiperfBlock>;
  return typeof unit === 'string' && typeof avg === 'number' && Number.isFinite(avg);
}
