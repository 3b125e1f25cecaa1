import type { PlannerPolicy } from './policy.js';

/** From a time on, so many replicas. */
export interface ScheduleEntry {
  atSeconds: number;
  replicas: number;
}

/** Sizes by the clock: the last entry whose time has come holds, and the list repeats itself if it has a period. */
export class SchedulePolicy implements PlannerPolicy {
  private readonly entries: readonly ScheduleEntry[];

  /**
   * @param initial replicas before the first entry of a list that does not repeat itself
   * @param periodSeconds such as a day; Infinity for once
   */
  constructor(
    entries: readonly ScheduleEntry[],
    private readonly initial: number,
    private readonly periodSeconds: number,
  ) {
    this.entries = [...entries].sort((a, b) => a.atSeconds - b.atSeconds);
  }

  replicas({ nowSeconds }: { nowSeconds: number }): number {
    const { entries, periodSeconds } = this;
    const repeats = periodSeconds < Number.POSITIVE_INFINITY;
    const time = repeats ? nowSeconds % periodSeconds : nowSeconds;
    const current = entries.findLast(({ atSeconds }) => atSeconds <= time);
    return current?.replicas ?? (repeats ? entries[entries.length - 1].replicas : this.initial);
  }

  nextSeconds(nowSeconds: number): number {
    const { entries, periodSeconds } = this;
    const repeats = periodSeconds < Number.POSITIVE_INFINITY;
    const period = repeats ? Math.floor(nowSeconds / periodSeconds) * periodSeconds : 0;
    const next = entries.find(({ atSeconds }) => period + atSeconds > nowSeconds);
    if (next !== undefined) return period + next.atSeconds;
    return repeats ? period + periodSeconds + entries[0].atSeconds : Number.POSITIVE_INFINITY;
  }
}
