import type { ComparisonExpectation } from '../../scenario/comparison-schema.js';
import { readMetric } from '../expectations.js';
import type { ExpectationOutcome, Summary } from '../result.js';
import { curveValue, type FleetCurve } from './curve.js';

/** What there is to judge. */
export interface Judged {
  /** Names of the fleets, the reference first. */
  names: readonly string[];
  /** Under the demand, in the same order; empty where nothing asks for it. */
  summaries: readonly Summary[];
  curves: ReadonlyMap<string, FleetCurve>;
}

/**
 * Holds fleets against what a comparison expects of them: figures under the demand or on the curve, or ratios of two
 * fleets. What does not exist (a fleet is not that fast, a price is unknown) fails.
 */
export function judgeComparison(expect: readonly ComparisonExpectation[], judged: Judged): ExpectationOutcome[] {
  return expect.map((expectation, index) => {
    const { metric, fleet = judged.names[0], against, at, min, max } = expectation;
    const read = (summary: Summary) => readMetric(summary, metric, `expect[${index}].metric`);
    const value = figure(judged, fleet, at, read);
    const other = against === undefined ? null : figure(judged, against, at, read);
    const judgedValue =
      against === undefined ? value : value === null || other === null || other === 0 ? null : value / other;
    const limits = [min === undefined ? undefined : `min ${min}`, max === undefined ? undefined : `max ${max}`];
    return {
      metric: expectationName(metric, fleet, against, at),
      limit: limits.filter((limit) => limit !== undefined).join(', '),
      value: judgedValue,
      pass:
        judgedValue !== null &&
        judgedValue >= (min ?? Number.NEGATIVE_INFINITY) &&
        judgedValue <= (max ?? Number.POSITIVE_INFINITY),
    };
  });
}

function expectationName(metric: string, fleet: string, against: string | undefined, at: number | undefined): string {
  const whose = against === undefined ? fleet : `${fleet} / ${against}`;
  const where = at === undefined ? '' : at === 0 ? ' at its cheapest' : ` at ${at} tokens/s/user`;
  return `${metric} of ${whose}${where}`;
}

function figure(
  { names, summaries, curves }: Judged,
  fleet: string,
  at: number | undefined,
  read: (summary: Summary) => number | null,
): number | null {
  if (at === undefined) {
    const summary = summaries[names.indexOf(fleet)];
    return summary === undefined ? null : read(summary);
  }
  const curve = curves.get(fleet);
  return curve === undefined ? null : curveValue(curve, at, read);
}
