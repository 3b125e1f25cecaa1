/** A linear least-squares problem of the fit: some latencies for each run, values that are sums over the run's levels. */
export interface NormalEquations {
  /** Positions of the levels of each run. */
  readonly levels: readonly (readonly number[])[];
  /** Slopes of the logarithm of each latency over that of each coefficient; the rows of a run stand together. */
  readonly slopes: Float64Array;
  /** Of each latency: its weight, and how far its logarithm is off. */
  readonly weights: Float64Array;
  readonly residuals: Float64Array;
  /** Of each value: inverse variance of its prior, and how far it is from the center of it. */
  readonly inverse: Float64Array;
  readonly offsets: Float64Array;
}

/** The step of all values that solves the equations, by conjugate gradients with a diagonal preconditioner. */
export function solve(equations: NormalEquations): Float64Array {
  const { levels: levelsOf, slopes, weights, residuals, inverse, offsets } = equations;
  const width = slopes.length / weights.length;
  const size = inverse.length;
  const latencies = weights.length / levelsOf.length;
  const diagonal = Float64Array.from(inverse);
  const right = inverse.map((weight, p) => -weight * offsets[p]);
  levelsOf.forEach((levels, i) => {
    for (let entry = latencies * i; entry < latencies * (i + 1); entry++) {
      const row = entry * width;
      const weight = weights[entry];
      if (weight === 0) continue;
      for (const level of levels) {
        for (let j = 0; j < width; j++) {
          const slope = slopes[row + j];
          right[level * width + j] -= weight * slope * residuals[entry];
          diagonal[level * width + j] += weight * slope * slope;
        }
      }
    }
  });
  // Runs of the same levels have the same effective coefficients, so sums over levels are taken once for all of them.
  const groups = groupByLevels(levelsOf);
  const apply = (x: Float64Array): Float64Array => {
    const y = new Float64Array(size);
    for (let p = 0; p < size; p++) y[p] = inverse[p] * x[p];
    const sums = new Float64Array(width);
    const back = new Float64Array(width);
    for (const { levels, members } of groups) {
      sums.fill(0);
      back.fill(0);
      for (const level of levels) for (let j = 0; j < width; j++) sums[j] += x[level * width + j];
      for (const i of members) {
        for (let entry = latencies * i; entry < latencies * (i + 1); entry++) {
          if (weights[entry] === 0) continue;
          const row = entry * width;
          let dot = 0;
          for (let j = 0; j < width; j++) dot += slopes[row + j] * sums[j];
          dot *= weights[entry];
          for (let j = 0; j < width; j++) back[j] += dot * slopes[row + j];
        }
      }
      for (const level of levels) for (let j = 0; j < width; j++) y[level * width + j] += back[j];
    }
    return y;
  };
  const x = new Float64Array(size);
  const r = Float64Array.from(right);
  let z = r.map((value, p) => value / diagonal[p]);
  let direction = Float64Array.from(z);
  let rz = dotProduct(r, z);
  const target = 1e-8 * rz;
  for (let iteration = 0; iteration < 200 && rz > target; iteration++) {
    const image = apply(direction);
    const alpha = rz / dotProduct(direction, image);
    for (let p = 0; p < size; p++) {
      x[p] += alpha * direction[p];
      r[p] -= alpha * image[p];
    }
    z = r.map((value, p) => value / diagonal[p]);
    const next = dotProduct(r, z);
    const beta = next / rz;
    direction = direction.map((value, p) => z[p] + beta * value);
    rz = next;
  }
  return x;
}

function groupByLevels(levelsOf: readonly (readonly number[])[]): { levels: readonly number[]; members: number[] }[] {
  const groups = new Map<string, { levels: readonly number[]; members: number[] }>();
  levelsOf.forEach((levels, i) => {
    const key = levels.join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { levels, members: [i] });
    else group.members.push(i);
  });
  return [...groups.values()];
}

function dotProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
