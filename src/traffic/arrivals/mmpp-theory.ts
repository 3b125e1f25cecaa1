import { type ModulationState, meanRate } from './markov-modulated.js';

/**
 * Closed forms of the Markov-modulated Poisson process whose states follow each other with equal probabilities
 * ({@link MarkovModulatedArrivals}). Its generator q_ij = 1 / (s_i (n - 1)) is reversible (p_i q_ij is the same for every
 * pair), so that symmetric eigenvalues are all that is needed.
 *
 * Source: W. Fischer and K. Meier-Hellstern, "The Markov-modulated Poisson process (MMPP) cookbook", Performance Evaluation
 * 18(2), 1993, 149-171.
 */

/** Covariance of the rate with itself `t` seconds later, as a sum of `weight * exp(-decay * t)`. */
export interface RateCovariance {
  readonly weights: readonly number[];
  /** Per second, above 0. */
  readonly decays: readonly number[];
}

/**
 * Covariance function of the rate of the process.
 *
 * @example
 * rateCovariance([{ rate: 4, sojourn: 10 }, { rate: 0, sojourn: 30 }]); // weights [3], decays [0.1333]: 1/10 + 1/30
 */
export function rateCovariance(states: readonly ModulationState[]): RateCovariance {
  const n = states.length;
  if (n === 1) return { weights: [], decays: [] };
  const total = states.reduce((sum, { sojourn }) => sum + sojourn, 0);
  const share = states.map(({ sojourn }) => sojourn / total);
  // With D = diag(sqrt(p)), D Q D^-1 is symmetric and has the eigenvalues of Q.
  const matrix = states.map(({ sojourn }, i) =>
    states.map((_, j) => (i === j ? -1 / sojourn : Math.sqrt(share[i] / share[j]) / (sojourn * (n - 1)))),
  );
  const { values, vectors } = symmetricEigen(matrix);
  const scaled = states.map(({ rate }, i) => Math.sqrt(share[i]) * rate);
  const weights: number[] = [];
  const decays: number[] = [];
  const stationary = values.indexOf(Math.max(...values));
  values.forEach((value, k) => {
    if (k === stationary) return;
    const projection = scaled.reduce((sum, entry, i) => sum + entry * vectors[i][k], 0);
    weights.push(projection * projection);
    decays.push(-value);
  });
  return { weights, decays };
}

/**
 * Variance of the number of arrivals in a window of t seconds:
 * `rate t + 2 * sum of weight_k (d_k t - 1 + exp(-d_k t)) / d_k^2`.
 *
 * @example countVariance(3, { weights: [], decays: [] }, 10) // 30, as of a Poisson process
 */
export function countVariance(rate: number, { weights, decays }: RateCovariance, seconds: number): number {
  let variance = rate * seconds;
  for (let k = 0; k < weights.length; k++) {
    const x = decays[k] * seconds;
    // Where x is small, the difference below would cancel to nothing.
    const relative = x < 1e-4 ? 0.5 * x * x : x - 1 + Math.exp(-x);
    variance += (2 * weights[k] * relative) / (decays[k] * decays[k]);
  }
  return variance;
}

/**
 * Index of dispersion of counts: variance over mean of the number of arrivals in a window.
 *
 * @example mmppDispersion([{ rate: 9.1, sojourn: 17 }, { rate: 0, sojourn: 43 }], 10) // about 58
 */
export function mmppDispersion(states: readonly ModulationState[], seconds: number): number {
  const rate = meanRate(states);
  return countVariance(rate, rateCovariance(states), seconds) / (rate * seconds);
}

/**
 * Coefficient of variation of the gaps between arrivals. The states seen by arrivals have the shares f_i = p_i rate_i / rate;
 * with G = (diag(rates) - Q)^-1 the moments of a gap are f G 1 = 1/rate and 2 f G G 1.
 *
 * @example mmppGapCv([{ rate: 4, sojourn: 1 }]) // 1
 */
export function mmppGapCv(states: readonly ModulationState[]): number {
  const n = states.length;
  const total = states.reduce((sum, { sojourn }) => sum + sojourn, 0);
  const rate = meanRate(states);
  const matrix = states.map((state, i) =>
    states.map((_, j) =>
      i === j ? state.rate + (n > 1 ? 1 / state.sojourn : 0) : -1 / (state.sojourn * Math.max(1, n - 1)),
    ),
  );
  const first = solve(matrix, new Array<number>(n).fill(1));
  const second = solve(matrix, first);
  const mean = 1 / rate;
  const square = states.reduce(
    (sum, state, i) => sum + ((2 * state.sojourn * state.rate) / (total * rate)) * second[i],
    0,
  );
  return Math.sqrt(Math.max(0, square / (mean * mean) - 1));
}

/** Solves a linear system by elimination with pivoting; a handful of unknowns. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j <= n; j++) rows[i][j] -= factor * rows[column][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

/**
 * Eigenvalues and eigenvectors (in columns) of a small symmetric matrix by Jacobi rotations.
 *
 * Source: G. H. Golub and C. F. Van Loan, "Matrix Computations", 1996, 8.4.
 */
function symmetricEigen(matrix: readonly (readonly number[])[]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((__, j): number => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p][q] * a[p][q];
    if (off === 0) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue;
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k][p], a[k][q]];
          a[k][p] = c * x - s * y;
          a[k][q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p][k], a[q][k]];
          a[p][k] = c * x - s * y;
          a[q][k] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [vectors[k][p], vectors[k][q]];
          vectors[k][p] = c * x - s * y;
          vectors[k][q] = s * x + c * y;
        }
      }
    }
  }
  return { values: a.map((row, i) => row[i]), vectors };
}
