import { bisect, sampleStandardDeviation } from 'simple-statistics';

/** Share of intervals that contain the true mean. */
export const CONFIDENCE = 0.95;

/** A mean and how far the true one may lie from it, in the unit of the values. */
export interface Interval {
  mean: number;
  /** Null where there are fewer than two values. */
  halfWidth: number | null;
}

/**
 * Mean of independent values and the half-width of its 95 % interval after Student: `t(n - 1) * s / sqrt(n)`, with the
 * sample standard deviation `s`. Student, "The Probable Error of a Mean", Biometrika 6 (1908).
 *
 * @param values at least one
 * @example studentInterval([9, 10, 11]) // { mean: 10, halfWidth: 2.484... }
 */
export function studentInterval(values: readonly number[]): Interval {
  // Deviations from the first value, so that the mean of equal values is exactly that value.
  const deviations = values.map((value) => value - values[0]);
  const mean = values[0] + deviations.reduce((sum, deviation) => sum + deviation, 0) / values.length;
  if (values.length < 2) return { mean, halfWidth: null };
  const standardError = sampleStandardDeviation(deviations) / Math.sqrt(values.length);
  return { mean, halfWidth: studentQuantile(values.length - 1) * standardError };
}

const known = new Map<number, number>();

/**
 * How many standard errors the 95 % interval reaches to each side: the 97.5 % quantile of Student's t.
 *
 * @param freedom degrees of freedom, a whole number from 1
 * @example studentQuantile(9) // 2.262
 */
export function studentQuantile(freedom: number): number {
  const found = known.get(freedom);
  if (found !== undefined) return found;
  // From that of the normal distribution (infinite freedom) to that of Cauchy's (one degree).
  const quantile = bisect((t) => studentCoverage(t, freedom) - CONFIDENCE, 1.95, 12.8, 200, 1e-13);
  known.set(freedom, quantile);
  return quantile;
}

/** P(|T| <= t): Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4. */
function studentCoverage(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cosine2 = Math.cos(angle) ** 2;
  const odd = freedom % 2;
  let term = odd === 1 ? Math.cos(angle) : 1;
  let series = freedom === 1 ? 0 : term;
  for (let k = 2 + odd; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine2;
    series += term;
  }
  return odd === 1 ? (2 / Math.PI) * (angle + Math.sin(angle) * series) : Math.sin(angle) * series;
}
