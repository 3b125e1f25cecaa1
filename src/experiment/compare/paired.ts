import { studentInterval, studentQuantile } from '../intervals.js';
import { adjustedInterval, type Controls } from './control-variates.js';

/** One figure of two fleets under the same demand. */
export interface PairedFigure {
  reference: number;
  value: number;
  /** Mean of `value - reference`, replication by replication. */
  difference: number;
  /** Half-width of its 95 % interval; null with one replication. */
  differenceHalfWidth: number | null;
  /** `value / reference`; null where the reference is 0. */
  ratio: number | null;
  ratioHalfWidth: number | null;
  /** Whether the interval of the difference leaves out 0. */
  significant: boolean;
  /** Whether what the demand of each replication explains was taken out; means then differ from the plain ones. */
  adjusted: boolean;
}

/**
 * Compares two fleets that saw the same requests in each replication (common random numbers): what a burst does to one, it
 * does to the other, so differences vary far less than either figure. The difference is Student's interval of the pairs;
 * the ratio is that of the means, with the half-width of the ratio estimator, `t * s(b - R a) / (sqrt(n) * mean(a))`
 * (Cochran, "Sampling Techniques", 3rd ed., section 6.3; Law, "Simulation Modeling and Analysis", section 10.2.1).
 *
 * With controls, every interval is that of {@link adjustedInterval}.
 *
 * @param reference one value per replication
 * @param values the other fleet's, in the same order
 * @example pairedFigure([10, 12, 11], [20, 24, 22]).ratio // 2, give or take nothing
 */
export function pairedFigure(
  reference: readonly number[],
  values: readonly number[],
  controls?: Controls | undefined,
): PairedFigure {
  const interval = (of: readonly number[]) =>
    controls === undefined ? studentInterval(of) : adjustedInterval(of, controls);
  const difference = interval(values.map((value, i) => value - reference[i]));
  const means = { reference: interval(reference).mean, value: interval(values).mean };
  const ratio = means.reference === 0 ? null : means.value / means.reference;
  const residual = interval(values.map((value, i) => value - (ratio ?? 0) * reference[i])).halfWidth;
  return {
    ...means,
    difference: difference.mean,
    differenceHalfWidth: difference.halfWidth,
    ratio,
    ratioHalfWidth: ratio === null || residual === null ? null : residual / Math.abs(means.reference),
    significant: difference.halfWidth !== null && Math.abs(difference.mean) > difference.halfWidth,
    adjusted: controls !== undefined,
  };
}

/** What the half-width of the difference would be had the fleets seen different requests, for comparison. */
export function unpairedHalfWidth(reference: readonly number[], values: readonly number[]): number | null {
  const [a, b] = [studentInterval(reference).halfWidth, studentInterval(values).halfWidth];
  if (a === null || b === null) return null;
  const freedom = reference.length - 1;
  return (Math.hypot(a, b) / studentQuantile(freedom)) * studentQuantile(2 * freedom);
}
