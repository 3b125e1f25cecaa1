import { formatProblem, InputError } from '../../scenario/input-error.js';
import { type CheckedClaim, checkComparison } from '../compare/claims.js';
import { loadComparison } from '../compare/comparison-file.js';
import type { ExpectationOutcome } from '../result.js';
import type { Executor } from '../sweep/executor.js';

/** What became of a comparison file. */
export interface ComparisonOutcome {
  expectations: ExpectationOutcome[];
  claim: CheckedClaim | undefined;
  /** Why it could not be run. */
  problems: string[];
  wallSeconds: number;
}

/** Runs a comparison file and judges it; what goes wrong is part of the outcome. */
export async function runComparisonCheck(
  path: string,
  executor: Executor,
  settings: readonly string[],
): Promise<ComparisonOutcome> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const { expectations, claim } = await checkComparison(loadComparison(path), executor, settings);
    return { expectations: asExpected(expectations, claim), claim, problems: [], wallSeconds: seconds() };
  } catch (error) {
    const problems =
      error instanceof InputError
        ? error.problems.map(formatProblem)
        : [`internal error: ${error instanceof Error ? error.message : String(error)}`];
    return { expectations: [], claim: undefined, problems, wallSeconds: seconds() };
  }
}

/**
 * A claim that is known not to hold is no failure: what would be one is that something else comes out than the file says.
 */
function asExpected(expectations: ExpectationOutcome[], claim: CheckedClaim | undefined): ExpectationOutcome[] {
  if (claim?.expectedVerdict === undefined) return expectations;
  const { simulated, verdict, expectedVerdict } = claim;
  const metric = `claim is ${verdict}; ${expectations[0].metric}`;
  return [{ metric, limit: `to be ${expectedVerdict}`, value: simulated, pass: verdict === expectedVerdict }];
}
