import { gammaln } from 'simple-statistics';
import type { Random } from '../../engine/random.js';
import type { ArrivalProcess } from './arrival-process.js';

/**
 * Renewal process with Weibull gaps of mean 1/rate and a given CV (standard deviation / mean): gap = scale * (-ln(1 - u))^p,
 * where p = 1/shape solves Gamma(1 + 2p) / Gamma(1 + p)^2 = 1 + cv^2 and scale = 1 / (rate * Gamma(1 + p)). CV 1 is Poisson. At
 * the same CV its tail is longer than that of gamma gaps and its shortest gaps are less extreme: the shape reported for the
 * gaps of several production LLM services.
 *
 * The first gap is drawn like every other one, as in {@link GammaArrivals}.
 *
 * Source: W. Weibull, "A Statistical Distribution Function of Wide Applicability", Journal of Applied Mechanics 18, 1951,
 * 293-297; as gaps between requests: Y. Xiang et al., "ServeGen: Workload Characterization and Generation of Large Language
 * Model Serving in Production", 2025.
 *
 * @example
 * const arrivals = new WeibullArrivals(12, 2.5, randomStream(42, 0, 'arrivals/chat'));
 * arrivals.next(); // seconds
 */
export class WeibullArrivals implements ArrivalProcess {
  private seconds = 0;
  private readonly power: number;
  private readonly scaleSeconds: number;

  /**
   * @param rate requests per second, above 0
   * @param cv coefficient of variation of the gaps, above 0
   */
  constructor(
    rate: number,
    cv: number,
    private readonly random: Random,
  ) {
    this.power = weibullPower(cv);
    this.scaleSeconds = Math.exp(-gammaln(1 + this.power)) / rate;
  }

  next(): number {
    this.seconds += (-Math.log(1 - this.random())) ** this.power * this.scaleSeconds;
    return this.seconds;
  }
}

/**
 * 1/shape of the Weibull distribution with a given CV, by halving: the CV grows with it.
 *
 * @example weibullPower(1) // 1, the exponential distribution
 */
export function weibullPower(cv: number): number {
  const target = Math.log1p(cv * cv);
  let low = 1e-4;
  let high = 64;
  for (let i = 0; i < 100; i++) {
    const middle = Math.sqrt(low * high);
    if (gammaln(1 + 2 * middle) - 2 * gammaln(1 + middle) < target) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
