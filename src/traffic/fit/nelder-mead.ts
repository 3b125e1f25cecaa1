/**
 * Minimum of a function of a few variables, by the simplex method: no derivatives, a few hundred evaluations. Finds the
 * nearest minimum; start from several points.
 *
 * Source: J. A. Nelder and R. Mead, "A Simplex Method for Function Minimization", The Computer Journal 7(4), 1965, 308-313.
 *
 * @param start where to begin
 * @param step size of the first simplex
 * @example
 * nelderMead(([x, y]) => (x - 1) ** 2 + (y + 2) ** 2, [0, 0], 0.5).point; // about [1, -2]
 */
export function nelderMead(
  f: (point: readonly number[]) => number,
  start: readonly number[],
  step: number,
  evaluations = 1500,
): { point: number[]; value: number } {
  const n = start.length;
  const finite = (value: number) => (Number.isNaN(value) ? Infinity : value);
  const simplex = [start, ...start.map((_, i) => start.map((x, j) => (i === j ? x + step : x)))].map((point) => ({
    point: [...point],
    value: finite(f(point)),
  }));
  let used = n + 1;
  const evaluate = (point: number[]) => {
    used += 1;
    return { point, value: finite(f(point)) };
  };
  while (used < evaluations) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst, second] = [simplex[0], simplex[n], simplex[n - 1] ?? simplex[0]];
    if (worst.value - best.value < 1e-12 * (1 + Math.abs(best.value))) break;
    const centre = start.map((_, j) => simplex.slice(0, n).reduce((sum, { point }) => sum + point[j], 0) / n);
    const along = (factor: number) => centre.map((c, j) => c + factor * (worst.point[j] - c));
    const reflected = evaluate(along(-1));
    if (reflected.value < best.value) {
      const expanded = evaluate(along(-2));
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < second.value) {
      simplex[n] = reflected;
    } else {
      const contracted = evaluate(along(reflected.value < worst.value ? -0.5 : 0.5));
      if (contracted.value < Math.min(worst.value, reflected.value)) {
        simplex[n] = contracted;
      } else {
        for (let i = 1; i <= n; i++) {
          simplex[i] = evaluate(simplex[i].point.map((x, j) => best.point[j] + 0.5 * (x - best.point[j])));
        }
      }
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return simplex[0];
}
