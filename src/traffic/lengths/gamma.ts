import { gammaln } from 'simple-statistics';
import type { Random } from '../../engine/random.js';
import type { LengthSampler } from '../demand.js';
import { normalQuantile } from '../normal.js';
import { normalCdf } from '../normal-cdf.js';
import type { LengthLaw } from './length-law.js';
import { wholeTokens } from './whole-tokens.js';

/** The table covers u from 1e-16 to 1 - 1e-16. */
const FARTHEST_Z = 8.25;
const CELLS_PER_Z = 32;

/**
 * Gamma-distributed lengths of shape 1/cv^2 and scale mean * cv^2.
 *
 * Drawn by inversion like every length (one uniform number each, longer lengths for larger ones), which for the gamma
 * distribution has no formula: the logarithm of the quantile is tabulated over the normal score z of u, in which it is very
 * smooth, with its exact slope (phi(z) over density times quantile), and interpolated by cubics; relative error below 1e-6.
 *
 * Source: L. Devroye, "Non-Uniform Random Variate Generation", 1986, II.2 (inversion by tables) and IX.3.
 *
 * @example
 * new GammaLength(256, 0.9, 1, 4096, randomStream(42, 0, 'lengths/chat/output')).next();
 */
export class GammaLength implements LengthSampler, LengthLaw {
  private readonly logs: Float64Array;
  private readonly slopes: Float64Array;
  private readonly constant: boolean;

  /**
   * @param mean tokens, above 0
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
    const points = Math.round(2 * FARTHEST_Z * CELLS_PER_Z) + 1;
    this.logs = new Float64Array(points);
    this.slopes = new Float64Array(points);
    // Below this the table would tabulate nothing but rounding errors, and no length would change.
    this.constant = cv < 1e-4;
    if (this.constant) return;
    const shape = 1 / (cv * cv);
    const logScale = Math.log(mean / shape);
    let start = Number.NaN;
    for (let i = 0; i < points; i++) {
      const z = i / CELLS_PER_Z - FARTHEST_Z;
      const log = logGammaQuantile(shape, z, start);
      const density = Math.exp(shape * log - Math.exp(log) - gammaln(shape));
      const slope = Math.exp(-0.5 * z * z) / (Math.sqrt(2 * Math.PI) * density);
      this.logs[i] = log + logScale;
      this.slopes[i] = slope / CELLS_PER_Z;
      start = log + slope / CELLS_PER_Z;
    }
  }

  next(): number {
    return wholeTokens(this.quantile(this.random()), this.min, this.max);
  }

  quantile(u: number): number {
    if (this.constant) return this.mean;
    const z = normalQuantile(u);
    const position = (z + FARTHEST_Z) * CELLS_PER_Z;
    const last = this.logs.length - 2;
    const cell = position > 0 ? (position < last ? Math.floor(position) : last) : 0;
    const x = Math.min(1, Math.max(0, position - cell));
    const from = this.logs[cell];
    const rise = this.logs[cell + 1] - from;
    const a = this.slopes[cell] - rise;
    const b = rise - this.slopes[cell + 1];
    return Math.exp(from + x * (rise + (1 - x) * (a * (1 - x) + b * x)));
  }
}

/**
 * ln x at which a gamma distribution of scale 1 has reached the share Phi(z), by Newton's method in ln x, held between
 * bounds that halve where it would leave them.
 */
function logGammaQuantile(shape: number, z: number, start: number): number {
  const upper = z > 0;
  // The smaller of the two tails: the other one has no digits left.
  const target = Math.log(normalCdf(upper ? -z : z));
  let low = -800;
  let high = Math.log(shape + 100) + 8;
  if (shape < 1) low = Math.min(low, (target - 2) / shape);
  // Wilson and Hilferty: the cube root is nearly normal.
  const root = 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape));
  let log = Number.isFinite(start)
    ? start
    : root > 0.1
      ? Math.log(shape) + 3 * Math.log(root)
      : (target + gammaln(shape + 1)) / shape;
  for (let i = 0; i < 200; i++) {
    if (!(log > low && log < high)) log = 0.5 * (low + high);
    const share = logGammaShare(shape, log, upper);
    const excess = upper ? target - share : share - target;
    if (excess > 0) high = log;
    else low = log;
    // d(log share)/d(log x) = density * x / share
    const slope = Math.exp(shape * log - Math.exp(log) - gammaln(shape) - share);
    const step = excess / slope;
    log -= step;
    if (Math.abs(step) < 1e-12 * (1 + Math.abs(log)) || high - low < 1e-13 * (1 + Math.abs(log))) break;
  }
  return log;
}

/**
 * Logarithm of the regularised incomplete gamma function, lower or upper, at x = exp(log): a series below shape + 1, a
 * continued fraction above.
 *
 * Source: W. H. Press et al., "Numerical Recipes", 2007, 6.2.
 */
function logGammaShare(shape: number, log: number, upper: boolean): number {
  const x = Math.exp(log);
  const front = shape * log - x - gammaln(shape);
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = 1; n < 100_000 && term > sum * 1e-17; n++) {
      term *= x / (shape + n);
      sum += term;
    }
    const lower = front + Math.log(sum);
    return upper ? Math.log(-Math.expm1(lower)) : lower;
  }
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 100_000; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  const above = front + Math.log(fraction);
  return upper ? above : Math.log(-Math.expm1(above));
}
