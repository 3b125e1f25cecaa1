/** Bins that are kept at most: two weeks of minutes. */
const MOST_BINS = 20_160;

/**
 * Arrivals in equal intervals of time: minutes, or as many minutes (a power of two) as it takes for a long trace, so that memory
 * stays bounded even where two rows of a trace lie years apart.
 *
 * @example
 * const series = new RateSeries();
 * for (const seconds of arrivals) series.add(seconds);
 * series.whole; // requests in each whole interval of series.intervalSeconds
 */
export class RateSeries {
  intervalSeconds = 60;
  private counts: number[] = [];

  /** @param seconds time of an arrival, from 0 on, never before the last one */
  add(seconds: number): void {
    while (Math.floor(seconds / this.intervalSeconds) >= MOST_BINS) this.halve();
    const bin = Math.floor(seconds / this.intervalSeconds);
    while (this.counts.length <= bin) this.counts.push(0);
    this.counts[bin] += 1;
  }

  /** Without the last interval, which the last arrival cuts short. */
  get whole(): number[] {
    return this.counts.slice(0, -1);
  }

  private halve(): void {
    const { counts } = this;
    this.counts = Array.from(
      { length: Math.ceil(counts.length / 2) },
      (_, i) => counts[2 * i] + (counts[2 * i + 1] ?? 0),
    );
    this.intervalSeconds *= 2;
  }
}
