import type { Histogram } from '../metrics/histogram.js';

/** The present run of an instance, as far as gaps between tokens depend on it. */
interface Run {
  readonly runStart: number;
  readonly runSteps: number;
  readonly runFirst: number;
  readonly runIncrement: number;
  readonly runDecoding: number;
}

/**
 * When the decoding sequences of an instance produced their last token. Mostly all did at the last boundary; where
 * prompts are computed while answers wait, some did earlier. Sequences with the same time form a group, in the order
 * in which they joined; there is hardly ever more than one, so the last group lives in plain fields.
 */
export class TokenGaps {
  private lastTime = 0;
  private lastCount = 0;
  private readonly earlierTimes: number[] = [];
  private readonly earlierCounts: number[] = [];

  /** A sequence joins whose last token came at `time`. */
  join(time: number): void {
    if (this.lastCount > 0 && this.lastTime !== time) {
      this.earlierTimes.push(this.lastTime);
      this.earlierCounts.push(this.lastCount);
      this.lastCount = 0;
    }
    this.lastTime = time;
    this.lastCount++;
  }

  /** A sequence leaves that `after` others joined after; returns the time of its last token. */
  leave(after: number): number {
    if (after >= this.lastCount) return this.leaveEarlier(after - this.lastCount);
    const time = this.lastTime;
    if (--this.lastCount === 0 && this.earlierTimes.length > 0) {
      this.lastTime = this.earlierTimes.pop() as number;
      this.lastCount = this.earlierCounts.pop() as number;
    }
    return time;
  }

  private leaveEarlier(after: number): number {
    let group = this.earlierTimes.length - 1;
    for (let later = after; later >= this.earlierCounts[group]; group--) later -= this.earlierCounts[group];
    const time = this.earlierTimes[group];
    if (--this.earlierCounts[group] === 0) {
      this.earlierTimes.splice(group, 1);
      this.earlierCounts.splice(group, 1);
    }
    return time;
  }

  /** Adds the gaps of a run that ends at `now`, leaving out its first `skipped` steps. */
  record(itl: Histogram, run: Run, now: number, skipped: number): void {
    let from = skipped;
    if (skipped === 0 && (this.earlierTimes.length > 0 || this.lastTime !== run.runStart)) {
      const firstEnd = run.runSteps === 1 ? now : run.runStart + run.runFirst;
      for (let i = 0; i < this.earlierTimes.length; i++) {
        itl.add(firstEnd - this.earlierTimes[i], this.earlierCounts[i]);
      }
      itl.add(firstEnd - this.lastTime, this.lastCount);
      from = 1;
    }
    if (from < run.runSteps) {
      itl.addLinear(run.runFirst + run.runIncrement * from, run.runIncrement, run.runSteps - from, run.runDecoding);
    }
  }

  /** All `sequences` that are left produced their last token at `now`. */
  settle(now: number, sequences: number): void {
    this.lastTime = now;
    this.lastCount = sequences;
    if (this.earlierTimes.length > 0) {
      this.earlierTimes.length = 0;
      this.earlierCounts.length = 0;
    }
  }
}
