import { InputError } from './input-error.js';
import { type PlacedProblem, problemsOf } from './problems.js';
import { type Scenario, scenarioSchema } from './schema.js';

/** A valid scenario, or everything that is wrong with the input. */
export type Validation = { scenario: Scenario } | { problems: PlacedProblem[] };

/** Checks any value against the scenario schema and fills in defaults. */
export function validate(input: unknown): Validation {
  const result = scenarioSchema.safeParse(input);
  return result.success
    ? { scenario: result.data }
    : { problems: problemsOf(scenarioSchema, result.error.issues, input) };
}

/**
 * The scenario that an object describes, defaults filled in; for scenarios made by code, where there is no file to point
 * into. Throws an {@link InputError} with all problems.
 *
 * @example
 * const scenario = scenarioFrom({
 *   traffic: [{ arrivals: { process: 'poisson', rate: '2/s' }, input: { distribution: 'fixed', value: 512 }, output: { distribution: 'fixed', value: 64 } }],
 *   factory: { model: 'llama-3.1-70b', pools: [{ gpu: 'h200-sxm', parallelism: { tp: 4 } }] },
 * });
 * scenario.horizon.requests; // 10000
 */
export function scenarioFrom(input: unknown): Scenario {
  const result = validate(input);
  if ('scenario' in result) return result.scenario;
  throw new InputError(result.problems.map(({ path: _path, part: _part, ...problem }) => problem));
}
