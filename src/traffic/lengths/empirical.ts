import type { Random } from '../../engine/random.js';
import type { LengthSampler } from '../demand.js';
import type { LengthLaw } from './length-law.js';
import { wholeTokens } from './whole-tokens.js';

/**
 * A distribution known by some of its quantiles, linear between neighbours: the piecewise uniform law. The list
 * runs from share 0 (the shortest length) to share 1 (the longest); the mean is the sum of
 * `(share[i+1] - share[i]) * (tokens[i] + tokens[i+1]) / 2`.
 *
 * Source: L. Devroye, "Non-Uniform Random Variate Generation", 1986, II.2 (inversion).
 *
 * @example
 * new QuantileLength([[0, 1], [0.5, 200], [1, 4096]], 1, Infinity, randomStream(42, 0, 'lengths/chat/input')).next();
 */
export class QuantileLength implements LengthSampler, LengthLaw {
  private readonly shares: Float64Array;
  private readonly tokens: Float64Array;

  /**
   * @param quantiles shares from 0 to 1 in rising order, tokens never falling
   * @param min see wholeTokens
   * @param max see wholeTokens
   */
  constructor(
    quantiles: readonly (readonly [share: number, tokens: number])[],
    private readonly min: number,
    private readonly max: number,
    private readonly random: Random,
  ) {
    this.shares = Float64Array.from(quantiles, ([share]) => share);
    this.tokens = Float64Array.from(quantiles, ([, tokens]) => tokens);
  }

  next(): number {
    return wholeTokens(this.quantile(this.random()), this.min, this.max);
  }

  quantile(u: number): number {
    const { shares, tokens } = this;
    // Halving down to the interval that holds u, which is below 1.
    let low = 0;
    let high = shares.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (shares[middle] <= u) low = middle;
      else high = middle;
    }
    const from = tokens[low];
    const part = (u - shares[low]) / (shares[high] - shares[low]);
    return from + part * (tokens[high] - from);
  }
}

/**
 * Lengths that were observed, each equally likely, drawn with replacement: the empirical distribution (bootstrap). They are
 * sorted, so that a larger uniform number never gives a shorter length, as in every other distribution here.
 *
 * Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, 4.
 *
 * @example
 * const observed = readTokenColumn(openFile('lengths.csv'), 'lengths.csv', 'output');
 * new ObservedLength(observed, 1, Infinity, randomStream(42, 0, 'lengths/chat/output')).next();
 */
export class ObservedLength implements LengthSampler {
  private readonly sorted: Float64Array;

  /**
   * @param observed whole tokens, at least one value
   * @param min see wholeTokens
   * @param max see wholeTokens
   */
  constructor(
    observed: Float64Array,
    min: number,
    max: number,
    private readonly random: Random,
  ) {
    this.sorted = observed.map((tokens) => wholeTokens(tokens, min, max)).sort();
  }

  get longestTokens(): number {
    return this.sorted[this.sorted.length - 1];
  }

  next(): number {
    return this.sorted[Math.floor(this.random() * this.sorted.length)];
  }
}
