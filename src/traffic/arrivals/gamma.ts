import type { Random } from '../../engine/random.js';
import { normalQuantile } from '../normal.js';
import type { ArrivalProcess } from './arrival-process.js';

/**
 * Renewal process with gamma gaps of mean 1/rate and a given CV (standard deviation / mean): shape 1/cv^2, scale
 * cv^2/rate. CV 1 is Poisson, below 1 more regular, above 1 bursty. Over windows much longer than a gap the variance of
 * counts over their mean tends to cv^2.
 *
 * The first gap is drawn like every other one (an ordinary, not a stationary, renewal process), as load generators do: a
 * run then sees (cv^2 - 1)/2 arrivals more than rate x time, on average, however long it is.
 *
 * Source of the variates: G. Marsaglia and W. W. Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26(3),
 * 2000, 363-372; below shape 1 their boost, Gamma(a) = Gamma(a + 1) * U^(1/a). Exact for any shape: a CV of 13 keeps its
 * mean and its CV, and nothing is clipped. Source of the model: D. R. Cox, "Renewal Theory", 1962, 4.
 *
 * @example
 * const arrivals = new GammaArrivals(12, 2.5, randomStream(42, 0, 'arrivals/chat'));
 * arrivals.next(); // seconds
 */
export class GammaArrivals implements ArrivalProcess {
  private seconds = 0;
  private readonly scaleSeconds: number;
  /** 1/shape where the shape is below 1, else 0. */
  private readonly boostPower: number;
  private readonly d: number;
  private readonly c: number;

  /**
   * @param rate requests per second, above 0
   * @param cv coefficient of variation of the gaps, above 0
   */
  constructor(
    rate: number,
    cv: number,
    private readonly random: Random,
  ) {
    const shape = 1 / (cv * cv);
    this.scaleSeconds = 1 / (shape * rate);
    this.boostPower = shape < 1 ? 1 / shape : 0;
    this.d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
    this.c = 1 / Math.sqrt(9 * this.d);
  }

  next(): number {
    let variate = this.boosted();
    // At a CV of 13 the power underflows to 0 for u below 0.015: a gap of 1e-308 s and one of 0 s are the same burst.
    if (this.boostPower > 0) variate *= (1 - this.random()) ** this.boostPower;
    this.seconds += variate * this.scaleSeconds;
    return this.seconds;
  }

  /** Gamma of scale 1 and of the shape, or the shape + 1 where it is below 1. */
  private boosted(): number {
    for (;;) {
      const x = normalQuantile(this.random());
      const root = 1 + this.c * x;
      if (!(root > 0)) continue;
      const v = root * root * root;
      const u = 1 - this.random();
      const square = x * x;
      // The squeeze spares the logarithms in 98 % of the draws.
      if (u < 1 - 0.0331 * square * square) return this.d * v;
      if (Math.log(u) < 0.5 * square + this.d * (1 - v + Math.log(v))) return this.d * v;
    }
  }
}
