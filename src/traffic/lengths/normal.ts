import type { Random } from '../../engine/random.js';
import type { LengthSampler } from '../demand.js';
import { normalQuantile } from '../normal.js';
import type { LengthLaw } from './length-law.js';
import { wholeTokens } from './whole-tokens.js';

/**
 * Normal lengths: mean * (1 + cv z). Mean and CV are those before rounding, `min` and `max`; from a CV of about 0.3 upwards
 * the part below one token is felt (see truncation.ts).
 *
 * Source: N. L. Johnson, S. Kotz and N. Balakrishnan, "Continuous Univariate Distributions", vol. 1, 1994, 13.
 *
 * @example
 * new NormalLength(1024, 0.2, 1, 4096, randomStream(42, 0, 'lengths/chat/input')).next();
 */
export class NormalLength implements LengthSampler, LengthLaw {
  private readonly deviation: number;

  /**
   * @param mean tokens
   * @param cv standard deviation over mean, at least 0
   * @param min see wholeTokens
   * @param max see wholeTokens
   */
  constructor(
    private readonly mean: number,
    cv: number,
    private readonly min: number,
    private readonly max: number,
    private readonly random: Random,
  ) {
    this.deviation = mean * cv;
  }

  next(): number {
    return wholeTokens(this.quantile(this.random()), this.min, this.max);
  }

  quantile(u: number): number {
    return this.mean + this.deviation * normalQuantile(u);
  }
}
