import { formatProblem, type InputProblem } from '../../scenario/input-error.js';
import type { ResultDocument } from '../result.js';
import type { SweepPoint } from './points.js';
import type { TaskOutcome } from './task.js';

/** What is kept of a point: nothing that depends on the machine or on the number of workers. */
export interface PointResult {
  index: number;
  variant?: string | undefined;
  values: Record<string, unknown>;
  seed?: number;
  replications?: ResultDocument['replications'];
  summary?: ResultDocument['summary'];
  intervals?: ResultDocument['intervals'];
  provenance?: ResultDocument['provenance'];
  uncertainty?: ResultDocument['uncertainty'];
  expectations?: ResultDocument['expectations'];
  warnings?: ResultDocument['warnings'];
  /** Why there is no summary. */
  error?: { kind: 'bad-input' | 'internal-error'; message: string };
}

/**
 * The line of a point in `points.jsonl`.
 *
 * @example pointResult(point, await executor.run(taskOf(sweep, point)))
 */
export function pointResult(
  { index, variant, values }: Pick<SweepPoint, 'index' | 'variant' | 'values'>,
  outcome: TaskOutcome,
): PointResult {
  if (outcome.kind === 'done') {
    const { seed, replications, summary, intervals, provenance, uncertainty, expectations, warnings } =
      outcome.document;
    const judged = { provenance, uncertainty, expectations, warnings };
    return { index, variant, values, seed, replications, summary, intervals, ...judged };
  }
  const message = outcome.kind === 'bad-input' ? outcome.problems.map(problemText).join('\n') : outcome.message;
  return { index, variant, values, error: { kind: outcome.kind, message } };
}

/** A problem of a point in words. What an override brought in has no file; its key and value say which it is. */
export function problemText(problem: InputProblem): string {
  return formatProblem(problem.file?.startsWith('--set ') ? { ...problem, file: undefined } : problem);
}

/** What a point is, in words: `hopper, factory.pools[0].replicas=4`. */
export function pointLabel({ variant, values }: Pick<PointResult, 'variant' | 'values'>): string {
  const settings = Object.entries(values).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [...(variant === undefined ? [] : [variant]), ...settings].join(', ');
}
