import type { Random } from '../../engine/random.js';
import type { ArrivalProcess } from './arrival-process.js';

/**
 * Poisson process: independent exponential gaps, `gap = -ln(1 - u) / rate`. Gaps have mean 1/rate and CV 1, counts in a
 * window have a variance equal to their mean. The many independent users of a large service, with no bursts.
 *
 * Gaps are never clipped: cutting them at a few means raises the rate and lowers the CV.
 *
 * Source: L. Devroye, "Non-Uniform Random Variate Generation", 1986, VI.1.
 *
 * @example
 * const arrivals = new PoissonArrivals(12, randomStream(42, 0, 'arrivals/chat'));
 * arrivals.next(); // seconds
 */
export class PoissonArrivals implements ArrivalProcess {
  private seconds = 0;
  private readonly meanGapSeconds: number;

  /** @param rate requests per second, above 0 */
  constructor(
    rate: number,
    private readonly random: Random,
  ) {
    this.meanGapSeconds = 1 / rate;
  }

  next(): number {
    // u is a multiple of 2^-53, so 1 - u is exact and never 0.
    this.seconds -= Math.log(1 - this.random()) * this.meanGapSeconds;
    return this.seconds;
  }
}
