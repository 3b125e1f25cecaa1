/** Gaps longer than this are silences, seconds. */
export const SILENCE_SECONDS = 5;

/**
 * Mean and variation of the gaps between arrivals, and the silences among them. Added up as they come (Welford's algorithm,
 * which does not cancel where a trace has few long gaps among many short ones).
 *
 * Source: B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4(3), 1962.
 *
 * @example
 * const gaps = new Gaps();
 * for (const seconds of arrivals) gaps.add(seconds);
 * gaps.cv; // 13.15 for the Azure code trace of 2023
 */
export class Gaps {
  longestSeconds = 0;
  silences = 0;
  silentSeconds = 0;
  private count = 0;
  private meanSeconds = 0;
  private squares = 0;
  private last = Number.NaN;

  /** @param seconds time of an arrival, never before the last one */
  add(seconds: number): void {
    const gap = seconds - this.last;
    this.last = seconds;
    if (Number.isNaN(gap)) return;
    this.count += 1;
    const before = gap - this.meanSeconds;
    this.meanSeconds += before / this.count;
    this.squares += before * (gap - this.meanSeconds);
    if (gap > this.longestSeconds) this.longestSeconds = gap;
    if (gap > SILENCE_SECONDS) {
      this.silences += 1;
      this.silentSeconds += gap;
    }
  }

  /** Sample standard deviation over mean; null with fewer than two gaps, or where all are 0. */
  get cv(): number | null {
    if (this.count < 2 || this.meanSeconds === 0) return null;
    return Math.sqrt(this.squares / (this.count - 1)) / this.meanSeconds;
  }
}
