/** What one axis of a sweep, or its variants, was set to: each point's place in the list of its values. */
export interface SweepSetting {
  name: string;
  /** What people read. */
  label: string;
  values: string[];
  at: number[];
}

/** The points of a sweep by columns, which is shorter than by rows and quick to draw. */
export interface SweepData {
  name: string;
  settings: SweepSetting[];
  /** By the path of the figure; null where a point has none. */
  figures: Record<string, (number | null)[]>;
  /** Numbers of the points. */
  index: number[];
  label: string[];
  /** Whether every expectation held; false where a point could not be run. */
  holds: boolean[];
  failed: number;
  hasExpectations: boolean;
}

/**
 * Names of settings by as few of their last words as tell them apart.
 *
 * @example shortNames(['factory.pools[0].gpu', 'factory.pools[0].parallelism.tp']) // ['gpu', 'tp']
 */
export function shortNames(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split('.'));
  return parts.map((words, i) => {
    for (let take = 1; take < words.length; take++) {
      const end = words.slice(-take).join('.');
      if (!parts.some((other, j) => j !== i && other.slice(-take).join('.') === end)) return end;
    }
    return names[i];
  });
}
