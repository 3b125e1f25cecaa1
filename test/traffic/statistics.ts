import { mean, sampleStandardDeviation } from 'simple-statistics';
import { expect } from 'vitest';

/**
 * Holds when the mean of independent estimates lies within four standard errors of what theory says. With fixed seeds the
 * outcome is always the same; a right sampler had one chance in 16 000 to be written down as wrong.
 */
export function expectWithinStandardErrors(estimates: readonly number[], theory: number): void {
  const standardError = sampleStandardDeviation([...estimates]) / Math.sqrt(estimates.length);
  const deviation = Math.abs(mean([...estimates]) - theory);
  expect(deviation, `mean ${mean([...estimates])}, theory ${theory}, standard error ${standardError}`).toBeLessThan(
    4 * standardError + 1e-12 * Math.abs(theory),
  );
}

/** One estimate for each of `count` replications. */
export function overReplications<T>(count: number, estimate: (replication: number) => T): T[] {
  return Array.from({ length: count }, (_, replication) => estimate(replication));
}

/** `count` draws. */
export function draws(sampler: { next(): number }, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => sampler.next());
}

/** Mean of f over the values. */
export function average(values: Float64Array, f: (value: number) => number = (value) => value): number {
  let sum = 0;
  for (const value of values) sum += f(value);
  return sum / values.length;
}

/** Index of dispersion of counts: sample variance over mean of the number of arrivals in whole windows of a length. */
export function indexOfDispersion(arrivalSeconds: Float64Array, windowSeconds: number): number {
  const counts = new Float64Array(Math.floor(arrivalSeconds[arrivalSeconds.length - 1] / windowSeconds));
  for (const seconds of arrivalSeconds) {
    const window = Math.floor(seconds / windowSeconds);
    if (window < counts.length) counts[window] += 1;
  }
  const perWindow = average(counts);
  const variance = (average(counts, (count) => (count - perWindow) ** 2) * counts.length) / (counts.length - 1);
  return variance / perWindow;
}
