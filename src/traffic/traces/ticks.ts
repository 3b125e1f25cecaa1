/** Times that tick more slowly than this hide bursts. */
const COARSE_SECONDS = 0.5;
/** Gaps are told apart to this; clocks that tick every 3 s do so to a few milliseconds. */
const BIN_SECONDS = 0.01;
/** Longer gaps say nothing about a tick. */
const LONGEST_GAP = 100;
/** Share of the gaps that may be anything: a clock that jumps, two files joined. */
const ODD_SHARE = 0.02;
/** How far a gap may be from a whole number of ticks, in ticks. */
const OFF_GRID = 0.05;

/**
 * Finds out whether times tick: whether they were rounded to a step so coarse that many requests share one. They do where
 * requests come at one time and the time from one such tick to the next is, save for odd ones out, a multiple of one step.
 *
 * @example
 * const ticks = new Ticks();
 * for (const seconds of [0, 0, 3, 3, 3, 9]) ticks.add(seconds);
 * ticks.seconds; // 3
 */
export class Ticks {
  private ties = 0;
  private gaps = 0;
  private last = Number.NaN;
  /** Gaps by their length in bins: how many, and the shortest of them. */
  private readonly bins = new Map<number, { count: number; shortest: number }>();

  /** @param seconds never less than before */
  add(seconds: number): void {
    const gap = seconds - this.last;
    this.last = seconds;
    if (gap === 0) this.ties += 1;
    else if (gap <= LONGEST_GAP) this.count(gap);
  }

  /** Length of the step; 0 where times do not tick, or faster than every half second. */
  get seconds(): number {
    const odd = Math.floor(ODD_SHARE * this.gaps);
    const rising = [...this.bins.values()].sort((a, b) => a.shortest - b.shortest);
    let upTo = 0;
    // The shortest gap that is not one of a few odd ones.
    const step = rising.find(({ count }) => {
      upTo += count;
      return upTo > odd;
    })?.shortest;
    if (this.ties === 0 || step === undefined || step < COARSE_SECONDS) return 0;
    const offGrid = rising.reduce((sum, { count, shortest }) => {
      const steps = shortest / step;
      return Math.abs(steps - Math.round(steps)) > OFF_GRID ? sum + count : sum;
    }, 0);
    return offGrid <= odd ? step : 0;
  }

  private count(gap: number): void {
    this.gaps += 1;
    const key = Math.round(gap / BIN_SECONDS);
    const bin = this.bins.get(key);
    if (bin === undefined) {
      this.bins.set(key, { count: 1, shortest: gap });
      return;
    }
    bin.count += 1;
    if (gap < bin.shortest) bin.shortest = gap;
  }
}
