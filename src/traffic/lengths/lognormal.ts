import type { Random } from '../../engine/random.js';
import type { LengthSampler } from '../demand.js';
import { normalQuantile } from '../normal.js';
import type { LengthLaw } from './length-law.js';
import { wholeTokens } from './whole-tokens.js';

/**
 * Lognormal by the mean and the CV of the variable itself (not of its logarithm): sigma^2 = ln(1 + cv^2),
 * mu = ln(mean) - sigma^2/2, length = exp(mu + sigma z). The usual first model of prompt and answer lengths. Mean and CV
 * are those before rounding, `min` and `max`; see wholeTokens for what these do.
 *
 * Source: N. L. Johnson, S. Kotz and N. Balakrishnan, "Continuous Univariate Distributions", vol. 1, 1994, 14.
 *
 * @example
 * new LognormalLength(1024, 1.2, 1, 32768, randomStream(42, 0, 'lengths/chat/input')).next();
 */
export class LognormalLength implements LengthSampler, LengthLaw {
  private readonly mu: number;
  private readonly sigma: number;

  /**
   * @param mean tokens, above 0
   * @param cv standard deviation over mean, at least 0
   * @param min see wholeTokens
   * @param max see wholeTokens
   */
  constructor(
    mean: number,
    cv: number,
    private readonly min: number,
    private readonly max: number,
    private readonly random: Random,
  ) {
    const variance = Math.log1p(cv * cv);
    this.mu = Math.log(mean) - variance / 2;
    this.sigma = Math.sqrt(variance);
  }

  next(): number {
    return wholeTokens(Math.exp(this.mu + this.sigma * normalQuantile(this.random())), this.min, this.max);
  }

  quantile(u: number): number {
    return Math.exp(this.mu + this.sigma * normalQuantile(u));
  }
}
