import type { Random } from '../../engine/random.js';
import type { LengthSampler } from '../demand.js';
import type { LengthLaw } from './length-law.js';

/** Lengths whose chances are added up one by one; beyond them a sum is its integral to 1e-8. */
const EXACT_LENGTHS = 4096;

/**
 * Zipf's law on whole numbers from `min` to `max`: chance proportional to n^-exponent. By inversion: the first 4096 lengths by
 * their exact cumulated chances, the rest by the midpoint rule, sum of j^-s from k on = integral of x^-s from k - 1/2 on, whose
 * relative error s (s + 1) / (24 k^2) is below 1e-8 there for the usual exponents.
 *
 * Source: N. L. Johnson, A. W. Kemp and S. Kotz, "Univariate Discrete Distributions", 2005, 11.2.20.
 *
 * @example
 * new ZipfLength(1.2, 1, 32768, randomStream(42, 0, 'lengths/chat/input')).next();
 */
export class ZipfLength implements LengthSampler, LengthLaw {
  /** Share of the lengths up to each of the first ones. */
  private readonly shares: Float64Array;
  /** Integral of x^-exponent from 1 to the start of the tail, and the tail's share of all lengths. */
  private readonly tailFrom: number;
  private readonly tailIntegral: number;

  /**
   * @param exponent at least 0
   * @param min whole, at least 1
   * @param max whole, at least `min`
   */
  constructor(
    private readonly exponent: number,
    private readonly min: number,
    private readonly max: number,
    private readonly random: Random,
  ) {
    const exact = Math.min(EXACT_LENGTHS, max - min + 1);
    this.shares = new Float64Array(exact);
    let sum = 0;
    // Relative to the first chance, so that high exponents do not underflow.
    for (let i = 0; i < exact; i++) {
      sum += (1 + i / min) ** -exponent;
      this.shares[i] = sum;
    }
    this.tailFrom = min + exact - 0.5;
    this.tailIntegral = min + exact > max ? 0 : this.integral(max + 0.5);
    const total = sum + this.tailIntegral;
    for (let i = 0; i < exact; i++) this.shares[i] /= total;
    this.tailIntegral /= total;
  }

  next(): number {
    return this.quantile(this.random());
  }

  quantile(u: number): number {
    const { shares, min } = this;
    const exact = shares.length;
    if (u >= shares[exact - 1] && this.tailIntegral > 0) {
      const part = Math.min(1, (u - shares[exact - 1]) / this.tailIntegral);
      return Math.min(this.max, Math.floor(this.inverse(part) + 0.5));
    }
    let low = 0;
    let high = exact - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (shares[middle] > u) high = middle;
      else low = middle + 1;
    }
    return min + low;
  }

  /** Integral of (x / min)^-exponent from the start of the tail. */
  private integral(to: number): number {
    const power = 1 - this.exponent;
    const [a, b] = [this.tailFrom / this.min, to / this.min];
    return this.min * (power === 0 ? Math.log(b / a) : (b ** power - a ** power) / power);
  }

  /** The x up to which a part of the integral over the tail lies. */
  private inverse(part: number): number {
    const power = 1 - this.exponent;
    const [a, b] = [this.tailFrom, this.max + 0.5];
    if (power === 0) return a * (b / a) ** part;
    return a * (1 + part * ((b / a) ** power - 1)) ** (1 / power);
  }
}
