/** Buckets per factor of two are 2^BITS: a bucket is 0.1 % wide, so a quantile is off by at most half of that. */
const BITS = 10;
const BUCKETS = 1 << BITS;
const OCTAVES = 2048;
const SHIFT = 20 - BITS;

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
/** Position of the word with sign, exponent and leading mantissa bits. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * Distribution of non-negative values in logarithmic buckets, with exact count, mean, smallest and largest value. Takes
 * weighted values and whole runs of evenly spaced ones; memory does not grow with the number of values.
 *
 * Bucket numbers are the leading bits of the float64 itself (sign, exponent, 10 bits of mantissa), as in HdrHistogram:
 * Tene, "HdrHistogram: A High Dynamic Range Histogram", hdrhistogram.org.
 */
export class Histogram {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;
  private zeros = 0;
  /** One page of buckets per power of two, allocated when first hit. */
  private readonly pages: (Float64Array | undefined)[] = new Array(OCTAVES).fill(undefined);

  /** Adds `weight` values equal to `value`. */
  add(value: number, weight = 1): void {
    this.count += weight;
    this.sum += value * weight;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value > 0) this.bump(bucketOf(value), weight);
    else this.zeros += weight;
  }

  /** Adds `weight` values at each of `first`, `first + increment`, ... (`steps` of them); `increment` must be >= 0. */
  addLinear(first: number, increment: number, steps: number, weight: number): void {
    const last = first + increment * (steps - 1);
    this.count += steps * weight;
    this.sum += weight * (steps * first + increment * 0.5 * steps * (steps - 1));
    if (first < this.min) this.min = first;
    if (last > this.max) this.max = last;
    const lastBucket = bucketOf(last);
    let step = 0;
    while (step < steps) {
      const bucket = bucketOf(first + increment * step);
      let end = steps;
      if (bucket < lastBucket) {
        end = Math.min(Math.max(Math.ceil((lowerEdge(bucket + 1) - first) / increment), step + 1), steps);
      }
      this.bump(bucket, (end - step) * weight);
      step = end;
    }
  }

  /** Adds everything that `other` holds. */
  merge(other: Histogram): void {
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.zeros += other.zeros;
    for (let octave = 0; octave < OCTAVES; octave++) {
      const page = other.pages[octave];
      if (page === undefined) continue;
      const own = this.pages[octave] ?? new Float64Array(BUCKETS);
      this.pages[octave] = own;
      for (let i = 0; i < BUCKETS; i++) own[i] += page[i];
    }
  }

  get mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }

  /**
   * Quantiles by linear interpolation between order statistics (Hyndman and Fan's type 7, the default of NumPy), each
   * order statistic known to 0.05 %. Null where there is nothing.
   *
   * @param probabilities ascending, each in [0, 1]
   */
  quantiles(probabilities: readonly number[]): (number | null)[] {
    if (this.count === 0) return probabilities.map(() => null);
    const ranks = probabilities.map((p) => p * (this.count - 1));
    const indices = ranks.flatMap((rank) => [Math.floor(rank), Math.ceil(rank)]).sort((a, b) => a - b);
    const statistics = this.orderStatistics(indices);
    return ranks.map((rank) => {
      const low = statistics[indices.indexOf(Math.floor(rank))];
      const high = statistics[indices.indexOf(Math.ceil(rank))];
      return low + (rank - Math.floor(rank)) * (high - low);
    });
  }

  /** Values at some positions of the sorted list, in one walk over the buckets; positions must ascend. */
  private orderStatistics(indices: readonly number[]): number[] {
    const values: number[] = [];
    let seen = this.zeros;
    const take = (upTo: number, value: number) => {
      while (values.length < indices.length && indices[values.length] < upTo) {
        const index = indices[values.length];
        values.push(index === this.count - 1 ? this.max : index === 0 ? this.min : value);
      }
    };
    take(seen, 0);
    for (let octave = 0; octave < OCTAVES && values.length < indices.length; octave++) {
      const page = this.pages[octave];
      if (page === undefined) continue;
      for (let i = 0; i < BUCKETS; i++) {
        if (page[i] === 0) continue;
        seen += page[i];
        if (indices[values.length] >= seen) continue;
        const bucket = octave * BUCKETS + i;
        const middle = 0.5 * (lowerEdge(bucket) + lowerEdge(bucket + 1));
        take(seen, Math.min(Math.max(middle, this.min), this.max));
      }
    }
    // Rounding of fractional weights may leave the last position open.
    while (values.length < indices.length) values.push(this.max);
    return values;
  }

  private bump(bucket: number, weight: number): void {
    const octave = bucket >>> BITS;
    let page = this.pages[octave];
    if (page === undefined) {
      page = new Float64Array(BUCKETS);
      this.pages[octave] = page;
    }
    page[bucket & (BUCKETS - 1)] += weight;
  }
}

function bucketOf(value: number): number {
  bits[0] = value;
  return words[HIGH] >>> SHIFT;
}

function lowerEdge(bucket: number): number {
  words[HIGH] = bucket << SHIFT;
  words[1 - HIGH] = 0;
  return bits[0];
}
