/** Robust non-linear least squares, small and deterministic. */
export interface LeastSquaresProblem {
  /** Residuals at `x`. */
  residuals(x: Float64Array): Float64Array;
  readonly start: Float64Array;
  /** Beyond this a residual counts linearly (Huber, 1964). */
  readonly huber: number;
  /** Largest absolute value a variable may take. */
  readonly limit: number;
  readonly maxIterations: number;
}

export interface LeastSquaresSolution {
  readonly x: Float64Array;
  /** Mean Huber loss. */
  readonly loss: number;
}

/**
 * Levenberg-Marquardt with iteratively reweighted residuals and forward differences (Marquardt, 1963; Huber weights).
 */
export function leastSquares(problem: LeastSquaresProblem): LeastSquaresSolution {
  const { huber, limit } = problem;
  let x = Float64Array.from(problem.start);
  let residuals = problem.residuals(x);
  let loss = huberLoss(residuals, huber);
  let damping = 1e-2;
  for (let iteration = 0; iteration < problem.maxIterations; iteration++) {
    const { normal, gradient } = normalEquations(problem, x, residuals);
    let improved = false;
    for (let attempt = 0; attempt < 8 && !improved; attempt++) {
      const step = solveDamped(normal, gradient, damping, 1e-9 * residuals.length);
      const next = x.map((value, i) => clamp(value - clamp(step[i], 2), limit));
      const nextResiduals = problem.residuals(next);
      const nextLoss = huberLoss(nextResiduals, huber);
      if (nextLoss < loss) {
        improved = (loss - nextLoss) / loss > 1e-6;
        x = next;
        residuals = nextResiduals;
        loss = nextLoss;
        damping = Math.max(1e-7, damping / 5);
        if (!improved) attempt = 8;
      } else {
        damping *= 4;
      }
    }
    if (!improved) break;
  }
  return { x, loss: loss / residuals.length };
}

function normalEquations(problem: LeastSquaresProblem, x: Float64Array, residuals: Float64Array) {
  const h = 1e-4;
  const columns = Array.from(x, (value, j) => {
    const shifted = x.slice();
    shifted[j] = value + h;
    return problem.residuals(shifted).map((r, i) => (r - residuals[i]) / h);
  });
  const weights = residuals.map((r) => (Math.abs(r) < problem.huber ? 1 : problem.huber / Math.abs(r)));
  const normal = columns.map(() => new Float64Array(x.length));
  const gradient = new Float64Array(x.length);
  for (let p = 0; p < columns.length; p++) {
    const weighted = columns[p].map((value, i) => value * weights[i]);
    gradient[p] = dot(weighted, residuals);
    for (let q = 0; q <= p; q++) {
      normal[p][q] = dot(weighted, columns[q]);
      normal[q][p] = normal[p][q];
    }
  }
  return { normal, gradient };
}

/** Gaussian elimination with pivots on the damped normal equations. */
function solveDamped(
  normal: readonly Float64Array[],
  gradient: Float64Array,
  damping: number,
  ridge: number,
): Float64Array {
  const n = gradient.length;
  const a = normal.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) + ridge : value)));
  const b = gradient.slice();
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let row = i + 1; row < n; row++) if (Math.abs(a[row][i]) > Math.abs(a[pivot][i])) pivot = row;
    [a[i], a[pivot]] = [a[pivot], a[i]];
    [b[i], b[pivot]] = [b[pivot], b[i]];
    for (let row = i + 1; row < n; row++) {
      const factor = a[row][i] / a[i][i];
      for (let column = i; column < n; column++) a[row][column] -= factor * a[i][column];
      b[row] -= factor * b[i];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i] -= a[i][j] * b[j];
    b[i] /= a[i][i];
  }
  return b;
}

function huberLoss(residuals: Float64Array, huber: number): number {
  let sum = 0;
  for (const r of residuals) {
    const size = Math.abs(r);
    sum += size < huber ? 0.5 * r * r : huber * (size - 0.5 * huber);
  }
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
