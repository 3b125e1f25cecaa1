/** Buckets per factor of two are 2^BITS: at most 1.6 % wide, so a quantile is off by at most 1 %. */
const BITS = 6;
const BUCKETS = 1 << BITS;
/** Values from 2^-20 (a microsecond) to 2^28 s (eight years); what lies beyond counts as the end. */
const LOWEST_EXPONENT = -20;
const OCTAVES = 48;
const LOWEST = 2 ** LOWEST_EXPONENT;
const HIGHEST = 2 ** (LOWEST_EXPONENT + OCTAVES) * (1 - Number.EPSILON);

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
/** Position of the word with sign, exponent and leading mantissa bits. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const FIRST_BUCKET = (1023 + LOWEST_EXPONENT) << BITS;

/**
 * Distributions of one latency in many slots (intervals of time): logarithmic buckets as in `Histogram`, but coarser, and in
 * pages of one factor of two that slots take from a common pool when they need them: about a kilobyte for a slot.
 *
 * @example
 * const ttft = new SlotQuantiles(200);
 * ttft.add(3, 0.25);
 * ttft.quantiles(3, 4, [0.5, 0.99]); // seconds
 */
export class SlotQuantiles {
  /** Page of each slot and octave; 0 for none. */
  private readonly table: Uint32Array;
  private pool = new Uint32Array(64 * BUCKETS);
  private pages = 1;
  private readonly free: number[] = [];
  /** Scratch for quantiles: counts by bucket, where the octave holds any, and by octave. */
  private readonly counts = new Float64Array(OCTAVES * BUCKETS);
  private readonly octaveCounts = new Float64Array(OCTAVES);

  constructor(slots: number) {
    this.table = new Uint32Array(slots * OCTAVES);
  }

  add(slot: number, value: number): void {
    bits[0] = Math.min(Math.max(value, LOWEST), HIGHEST);
    const bucket = (words[HIGH] >>> (20 - BITS)) - FIRST_BUCKET;
    const entry = slot * OCTAVES + (bucket >>> BITS);
    const page = this.table[entry] || this.newPage(entry);
    this.pool[page * BUCKETS + (bucket & (BUCKETS - 1))]++;
  }

  /**
   * Quantiles over the slots `from .. to - 1` together, by linear interpolation between order statistics; null where
   * there is nothing.
   *
   * @param probabilities ascending, each in [0, 1]
   */
  quantiles(from: number, to: number, probabilities: readonly number[]): (number | null)[] {
    const { counts, octaveCounts } = this;
    let count = 0;
    for (let octave = 0; octave < OCTAVES; octave++) {
      const there = this.gather(from, to, octave);
      octaveCounts[octave] = there;
      count += there;
    }
    return probabilities.map((p) => (count === 0 ? null : valueAt(counts, octaveCounts, p * (count - 1))));
  }

  /** Makes one slot of every `factor` of the first `slots` ones; those behind them must be empty. */
  merge(slots: number, factor: number): void {
    const { table } = this;
    for (let slot = 1; slot < slots; slot++) {
      const target = Math.floor(slot / factor) * OCTAVES;
      for (let octave = 0; octave < OCTAVES; octave++) {
        const entry = slot * OCTAVES + octave;
        const page = table[entry];
        if (page === 0) continue;
        table[entry] = 0;
        const into = table[target + octave];
        if (into === 0) table[target + octave] = page;
        else this.empty(page, into);
      }
    }
  }

  /** Moves the counts of a page into another one, and gives it back. */
  private empty(page: number, into: number): void {
    const { pool } = this;
    for (let i = 0; i < BUCKETS; i++) {
      pool[into * BUCKETS + i] += pool[page * BUCKETS + i];
      pool[page * BUCKETS + i] = 0;
    }
    this.free.push(page);
  }

  /** Adds up the pages of some slots for one octave, in `counts`; returns how many values they hold. */
  private gather(from: number, to: number, octave: number): number {
    const { counts, pool, table } = this;
    const first = octave * BUCKETS;
    let found = false;
    let count = 0;
    for (let slot = from; slot < to; slot++) {
      const page = table[slot * OCTAVES + octave] * BUCKETS;
      if (page === 0) continue;
      if (!found) counts.fill(0, first, first + BUCKETS);
      found = true;
      for (let i = 0; i < BUCKETS; i++) {
        counts[first + i] += pool[page + i];
        count += pool[page + i];
      }
    }
    return count;
  }

  private newPage(entry: number): number {
    const page = this.free.pop() ?? this.pages++;
    if ((page + 1) * BUCKETS > this.pool.length) {
      const longer = new Uint32Array(2 * this.pool.length);
      longer.set(this.pool);
      this.pool = longer;
    }
    this.table[entry] = page;
    return page;
  }
}

/** The value at a position of the sorted list, with the values of a bucket spread evenly over it. */
function valueAt(counts: Float64Array, octaveCounts: Float64Array, rank: number): number {
  let seen = 0;
  let octave = 0;
  while (octave < OCTAVES - 1 && rank >= seen + octaveCounts[octave]) seen += octaveCounts[octave++];
  let bucket = octave * BUCKETS;
  const last = bucket + BUCKETS - 1;
  while (bucket < last && rank >= seen + counts[bucket]) seen += counts[bucket++];
  const low = lowerEdge(bucket);
  const share = Math.min(1, (rank - seen + 0.5) / Math.max(1, counts[bucket]));
  return low + share * (lowerEdge(bucket + 1) - low);
}

function lowerEdge(bucket: number): number {
  return 2 ** (LOWEST_EXPONENT + (bucket >>> BITS)) * (1 + (bucket & (BUCKETS - 1)) / BUCKETS);
}
