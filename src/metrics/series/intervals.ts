const DAY = 86_400;

/** Lengths of intervals that read well, milliseconds; neighbours are at most 2.5 times apart. */
const ROUND = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800].map((seconds) => seconds * 1000),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 5, 10, 20, 50, 100].map((days) => days * DAY * 1000),
];

/**
 * Round lengths of which each divides the next: while nobody knows how long a run will be, intervals grow along these, and
 * from any of them a round length of two or three times is in reach.
 */
const GROWING = [
  ...[1, 5, 10, 50, 100, 500, 1000, 5000, 30_000, 60_000, 300_000, 900_000, 1_800_000],
  ...[1, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 5, 10, 50, 100].map((days) => days * DAY * 1000),
];

/** Intervals a reader is given at most, unless the scenario says how long they are. */
const MOST_SHOWN = 200;
/** Intervals that are kept while the run goes on: enough to make up to {@link MOST_SHOWN} round ones of them. */
const MOST_GROWING = 600;
/** Intervals of a length that the scenario gives; beyond this many, neighbours are merged. */
const MOST_GIVEN = 3000;

/**
 * Equal intervals of time from the start of the measured window on, as many as a bounded memory holds: when they become too
 * many, neighbours are merged into longer ones. Edges are whole multiples of one unit, so that an edge that survives a merger
 * stays the same number to the last bit.
 *
 * @example
 * const intervals = Intervals.chosen(0, 7 * 86_400);
 * intervals.seconds; // 3600: a week is shown by the hour
 */
export class Intervals {
  /** Length of one interval, in units. */
  private units: number;
  private level = 0;

  private constructor(
    readonly start: number,
    private readonly unitSeconds: number,
    private readonly unitsPerSecond: number,
    /** Lengths to grow along, in units; where they end, lengths double. */
    private readonly ladder: readonly number[],
    /** Most intervals there can be. */
    readonly most: number,
  ) {
    this.units = ladder[0];
  }

  /** Of a round length: 80 to 200 of them where the end of the window is known. */
  static chosen(startSeconds: number, endSeconds: number): Intervals {
    return new Intervals(startSeconds, 1, 1000, [roundLength(endSeconds - startSeconds, 1)], MOST_SHOWN + 1);
  }

  /**
   * Of a length that grows with the run, and becomes round at its end.
   *
   * @param expectedSeconds about how long the run will take; 0 where nobody knows. Too short costs time, too long detail.
   */
  static growing(startSeconds: number, expectedSeconds = 0): Intervals {
    const longest = (expectedSeconds * 1000) / MOST_SHOWN;
    const first = Math.max(
      0,
      GROWING.findLastIndex((length) => length <= longest),
    );
    return new Intervals(startSeconds, 1, 1000, GROWING.slice(first), MOST_GROWING);
  }

  /** Of a given length. */
  static given(startSeconds: number, intervalSeconds: number): Intervals {
    return new Intervals(startSeconds, intervalSeconds, 1, [1], MOST_GIVEN);
  }

  /** Length of an interval. */
  get seconds(): number {
    return this.lengthOf(1);
  }

  /** Length of `intervals` of them. */
  lengthOf(intervals: number): number {
    return (intervals * this.units * this.unitSeconds) / this.unitsPerSecond;
  }

  /** Start of interval `index`, and end of the one before it. */
  edge(index: number): number {
    return this.start + (index * this.units * this.unitSeconds) / this.unitsPerSecond;
  }

  /** The interval that holds a time at or after the start. */
  indexOf(seconds: number): number {
    const index = Math.floor((seconds - this.start) / this.seconds);
    if (seconds < this.edge(index)) return index - 1;
    return seconds >= this.edge(index + 1) ? index + 1 : index;
  }

  /** Makes intervals longer; returns how many old ones are a new one. */
  grow(): number {
    const next = this.ladder[++this.level] ?? 2 * this.units;
    const factor = next / this.units;
    this.units = next;
    return factor;
  }

  /** How many of the present intervals make a round one of which a window of `seconds` has at most 200. */
  mergedForReading(seconds: number): number {
    return this.ladder.length === 1 ? 1 : roundLength(seconds, this.units) / this.units;
  }
}

/** The shortest round length, milliseconds, that is a multiple of `divisor` and fits at most 200 times. */
function roundLength(seconds: number, divisor: number): number {
  const least = (seconds * 1000) / MOST_SHOWN;
  const round = ROUND.find((length) => length >= least && length % divisor === 0);
  return round ?? Math.max(1, Math.ceil(least / divisor)) * divisor;
}
