import type { Random } from '../../engine/random.js';
import type { LengthSampler } from '../demand.js';
import type { LengthLaw } from './length-law.js';
import { wholeTokens } from './whole-tokens.js';

/**
 * Geometric on 1, 2, 3 ...: after each token the request ends with probability p = 1/mean. Variance mean * (mean - 1), so a
 * CV just below 1; the memoryless length, discrete counterpart of the exponential.
 *
 * By inversion, `1 + floor(ln(1 - u) / ln(1 - p))`, which is exact: no rounding of an exponential, whose mean would be off.
 *
 * Source: L. Devroye, "Non-Uniform Random Variate Generation", 1986, X.2.
 *
 * @example
 * new GeometricLength(256, 1, 4096, randomStream(42, 0, 'lengths/chat/output')).next();
 */
export class GeometricLength implements LengthSampler, LengthLaw {
  /** 1 / ln(1 - p), negative; -0 where every length is 1. */
  private readonly inverseLog: number;

  /**
   * @param mean tokens, at least 1, before `min` and `max` are applied
   * @param min see wholeTokens
   * @param max see wholeTokens
   */
  constructor(
    mean: number,
    private readonly min: number,
    private readonly max: number,
    private readonly random: Random,
  ) {
    this.inverseLog = 1 / Math.log1p(-1 / mean);
  }

  next(): number {
    return wholeTokens(1 + Math.floor(Math.log(1 - this.random()) * this.inverseLog), this.min, this.max);
  }

  quantile(u: number): number {
    return 1 + Math.floor(Math.log(1 - u) * this.inverseLog);
  }
}
