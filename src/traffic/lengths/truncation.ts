import type { Random } from '../../engine/random.js';
import type { LengthLaw } from './length-law.js';
import { wholeTokens } from './whole-tokens.js';

/** Midpoints by which means are integrated: bounded lengths have their mean to about 1e-4 of the spread. */
const POINTS = 8192;

/**
 * Mean of a distribution once its lengths are rounded and held between bounds, by the midpoint rule over u.
 *
 * @param max finite
 * @example meanWithin(new LognormalLength(1000, 1, 1, 2000, random), 1, 2000) // about 870
 */
export function meanWithin(law: LengthLaw, min: number, max: number): number {
  let sum = 0;
  for (let i = 0; i < POINTS; i++) sum += wholeTokens(law.quantile((i + 0.5) / POINTS), min, max);
  return sum / POINTS;
}

/**
 * A random stream squeezed into the part of [0, 1) whose lengths round to whole numbers from `min` to `max`: drawing again
 * until a length fits, at the cost of one number and without a loop.
 */
export function withinBounds(law: LengthLaw, min: number, max: number, random: Random): Random {
  const from = shareBelow(law, min - 0.5);
  const to = max === Infinity ? 1 : shareBelow(law, max + 0.5);
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
