import { InputError } from '../scenario/input-error.js';
import { StepModel } from './step-model.js';

/** A step-time formula a user gives instead of the physics. */
export interface LinearStepTime {
  readonly baseSeconds: number;
  readonly perSequenceSeconds: number;
  readonly perContextTokenSeconds: number;
  readonly perPrefillTokenSeconds: number;
}

/**
 * `t = base + perSequence * B + perContextToken * S + perPrefillToken * P`, exactly.
 *
 * @throws InputError where a step could take no time
 */
export function compileLinear(formula: LinearStepTime, maxSequences: number, key = 'performance'): StepModel {
  for (const [name, value] of Object.entries(formula)) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new InputError({ message: `${name} is not a time`, key, found: String(value), allowed: '0 or more' });
    }
  }
  const { baseSeconds, perSequenceSeconds, perContextTokenSeconds, perPrefillTokenSeconds } = formula;
  if (baseSeconds === 0 && (perSequenceSeconds === 0 || perPrefillTokenSeconds === 0)) {
    throw new InputError({
      message: 'a step would take no time',
      key,
      hint: 'give a base, or both a time per sequence and a time per prefill token',
    });
  }
  const intercept = new Float64Array(maxSequences + 1);
  for (let sequences = 0; sequences <= maxSequences; sequences++) intercept[sequences] = perSequenceSeconds * sequences;
  return new StepModel({
    token: Float64Array.of(baseSeconds),
    queryTokens: 1,
    tokenTail: 0,
    prefill: new Float64Array(1),
    prefillTail: perPrefillTokenSeconds,
    pieceEnds: Float64Array.of(Number.POSITIVE_INFINITY),
    maxSequences,
    intercept,
    slope: new Float64Array(maxSequences + 1).fill(perContextTokenSeconds),
    perPair: 0,
    perBoundedPair: 0,
    pairBound: Number.POSITIVE_INFINITY,
    perFinishedPrefill: 0,
    promptRanks: 1,
    rankToken: new Float64Array(2),
  });
}
