import type { Random } from '../../engine/random.js';
import { normalCdf } from '../normal-cdf.js';
import type { LengthLaw } from './length-law.js';
import { wholeTokens } from './whole-tokens.js';

/** Points by which means are integrated: to about 1e-4 of themselves. */
const POINTS = 8192;
/** Normal scores beyond these have no share that a number near 1 could tell. */
const FARTHEST_Z = 8;

/** Shares u at equal steps of the normal score z, and their weights: heavy tails have points of their own there. */
let grid: { shares: Float64Array; weights: Float64Array } | undefined;

function normalGrid(): { shares: Float64Array; weights: Float64Array } {
  if (grid !== undefined) return grid;
  const shares = new Float64Array(POINTS);
  const weights = new Float64Array(POINTS);
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const z = FARTHEST_Z * ((2 * (i + 0.5)) / POINTS - 1);
    shares[i] = normalCdf(z);
    weights[i] = Math.exp(-0.5 * z * z);
    sum += weights[i];
  }
  for (let i = 0; i < POINTS; i++) weights[i] /= sum;
  grid = { shares, weights };
  return grid;
}

/**
 * Mean of a distribution once its lengths are rounded and held between bounds: the integral over u, by the midpoint rule in the
 * normal score of u, so that one of a long tail is right without an upper bound too.
 *
 * @param max may be Infinity
 * @param from share below which lengths are left out
 * @param to share above which they are
 * @example meanWithin(new LognormalLength(1000, 1, 1, 2000, random), 1, 2000) // about 870
 */
export function meanWithin(law: LengthLaw, min: number, max: number, from = 0, to = 1): number {
  const { shares, weights } = normalGrid();
  let sum = 0;
  let total = 0;
  for (let i = 0; i < POINTS; i++) {
    if (shares[i] < from || shares[i] > to) continue;
    sum += weights[i] * wholeTokens(law.quantile(shares[i]), min, max);
    total += weights[i];
  }
  return total > 0 ? sum / total : wholeTokens(law.quantile(Math.min(from, 1 - 2 ** -53)), min, max);
}

/** The part of [0, 1) whose lengths round to whole numbers from `min` to `max`. */
export function sharesWithin(law: LengthLaw, min: number, max: number): { from: number; to: number } {
  return { from: shareBelow(law, min - 0.5), to: max === Infinity ? 1 : shareBelow(law, max + 0.5) };
}

/**
 * A random stream squeezed into the part of [0, 1) whose lengths lie between bounds: drawing again until a length fits, at the
 * cost of one number and without a loop.
 */
export function withinBounds(law: LengthLaw, min: number, max: number, random: Random): Random {
  const { from, to } = sharesWithin(law, min, max);
  const width = to - from;
  // Next to nothing lies between the bounds: every draw is then the nearest one there is.
  return width > 0 ? () => from + width * random() : () => Math.min(from, 1 - 2 ** -53);
}

/** Share of the lengths below a number of tokens, by halving. */
function shareBelow(law: LengthLaw, tokens: number): number {
  if (law.quantile(0) >= tokens) return 0;
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (law.quantile(middle) < tokens) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The mean that a distribution must have before its lengths are held between bounds, so that they have a given mean after.
 * By halving on a logarithmic scale; where no mean will do (it lies on a bound), the nearest one.
 *
 * @param lawOfMean the distribution with a given mean
 * @param mean between `min` and `max`
 */
export function meanBefore(lawOfMean: (mean: number) => LengthLaw, mean: number, min: number, max: number): number {
  let low = mean / 1024;
  let high = mean * 1024;
  for (let i = 0; i < 48; i++) {
    const middle = Math.sqrt(low * high);
    if (meanWithin(lawOfMean(middle), min, max) < mean) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
