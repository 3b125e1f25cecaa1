import { sampleStandardDeviation } from 'simple-statistics';
import { type Interval, studentQuantile } from '../intervals.js';

/** What is known of the demand of each replication, and what it is on average. */
export interface Controls {
  /** By replication, then by control. */
  runs: readonly (readonly number[])[];
  /** The same of many further replications of the demand, which nobody simulated. */
  draws: readonly (readonly number[])[];
}

/** Fewer runs than this leave too little to tell chance from what the demand explains. */
export const FEWEST_RUNS = 8;
/** A control that the ones before it explain up to this share is left out. */
const NOTHING_NEW = 1e-6;

/**
 * Mean of some values over replications and its 95 % interval, after what the demand of each replication explains is taken
 * out: linear regression on controls whose mean is known from many cheap draws of the demand (Lavenberg and Welch, "A
 * perspective on the use of control variables", Management Science 27, 1981). With `p` controls,
 *
 *     mean = y + sum b_k (E z_k - z_k),   half-width = t(n - 1 - p) sqrt(s^2 (1/n + sum (E z_k - z_k)^2 / |z_k|^2) + v / m)
 *
 * with orthogonal controls `z_k`, the residual variance `s^2`, and the variance `v` of what the controls explain over the
 * `m` draws, by which their means are uncertain themselves.
 *
 * @param values one per replication, in the order of `controls.runs`
 * @example adjustedInterval([9, 10, 11, ...], controls).halfWidth // a fraction of Student's
 */
export function adjustedInterval(values: readonly number[], { runs, draws }: Controls): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const basis = orthogonal(runs);
  const p = basis.size;
  const rows = runs.map(basis.transform);
  const expected = basis.transform(runs[0].map((_, k) => draws.reduce((sum, draw) => sum + draw[k], 0) / draws.length));
  const slopes = Array.from({ length: p }, (_, k) => {
    const size = rows.reduce((sum, row) => sum + row[k] ** 2, 0);
    return { slope: rows.reduce((sum, row, i) => sum + row[k] * (values[i] - mean), 0) / size, size };
  });
  const explained = (row: readonly number[]) => slopes.reduce((sum, { slope }, k) => sum + slope * row[k], 0);
  const residual = rows.reduce((sum, row, i) => sum + (values[i] - mean - explained(row)) ** 2, 0);
  const variance = residual / (n - 1 - p);
  const leverage = slopes.reduce((sum, { size }, k) => sum + expected[k] ** 2 / size, 1 / n);
  const uncertain = sampleStandardDeviation(draws.map((draw) => explained(basis.transform(draw)))) ** 2 / draws.length;
  return {
    mean: mean + explained(expected),
    halfWidth: studentQuantile(n - 1 - p) * Math.sqrt(variance * leverage + uncertain),
  };
}

/** Controls without their means and without what they have in common (Gram and Schmidt). */
function orthogonal(runs: readonly (readonly number[])[]) {
  const means = runs[0].map((_, k) => runs.reduce((sum, run) => sum + run[k], 0) / runs.length);
  const kept: { control: number; shares: number[] }[] = [];
  const transform = (row: readonly number[]): number[] => {
    const z: number[] = [];
    for (const { control, shares } of kept) {
      z.push(shares.reduce((rest, share, l) => rest - share * z[l], row[control] - means[control]));
    }
    return z;
  };
  means.forEach((center, control) => {
    const centered = runs.map((run) => run[control] - center);
    const earlier = runs.map(transform);
    const shares = kept.map((_, l) => {
      const size = earlier.reduce((sum, z) => sum + z[l] ** 2, 0);
      return earlier.reduce((sum, z, i) => sum + z[l] * centered[i], 0) / size;
    });
    const left = centered.map((value, i) => shares.reduce((rest, share, l) => rest - share * earlier[i][l], value));
    const square = (of: readonly number[]) => of.reduce((sum, value) => sum + value * value, 0);
    if (square(left) > NOTHING_NEW * square(centered) && square(centered) > 0) kept.push({ control, shares });
  });
  return { size: kept.length, transform };
}
