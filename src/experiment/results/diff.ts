import { isMapping } from '../../scenario/schema-walk.js';
import { figuresOf } from '../compare/figures.js';
import type { ResultDocument, Summary } from '../result.js';

/** A setting that two scenarios do not have in common; undefined where one of them leaves it out. */
export interface SettingDifference {
  /** Such as `factory.pools[0].replicas`. */
  path: string;
  before: unknown;
  after: unknown;
}

/** A figure of two results. */
export interface FigureDifference {
  metric: string;
  before: number | null;
  after: number | null;
  /** `after / before - 1`; null where that means nothing. */
  change: number | null;
  /** Whether the change is within what the intervals of both leave open; null where they have none. */
  withinNoise: boolean | null;
}

export interface ResultDifference {
  versions: { before: string; after: string };
  settings: SettingDifference[];
  /** Figures that differ, in the order of the summary. */
  figures: FigureDifference[];
}

/**
 * What differs between two results: in what was asked, and in what came out.
 *
 * @example diffResults(before, after).figures.find(({ metric }) => metric === 'ttftMs.p99')?.change // -0.12
 */
export function diffResults(before: ResultDocument, after: ResultDocument): ResultDifference {
  const [old, now] = [figuresOf(before.summary), figuresOf(after.summary)];
  const spreads = [before, after].map(({ intervals }) =>
    intervals === undefined ? undefined : figuresOf(intervals as unknown as Summary),
  );
  const figures: FigureDifference[] = [];
  for (const metric of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(metric) ?? null, now.get(metric) ?? null];
    if (a === b) continue;
    const known = a !== null && b !== null;
    const widths = spreads.map((spread) => spread?.get(metric) ?? null).filter((width) => width !== null);
    figures.push({
      metric,
      before: a,
      after: b,
      change: known && a !== 0 ? b / a - 1 : null,
      withinNoise: known && widths.length === 2 ? Math.abs(b - a) <= Math.hypot(...widths) : null,
    });
  }
  return {
    versions: { before: before.version, after: after.version },
    settings: settingDifferences(before.scenario, after.scenario, ''),
    figures,
  };
}

function settingDifferences(before: unknown, after: unknown, path: string): SettingDifference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const entries = Array.from({ length: Math.max(before.length, after.length) }, (_, i) => i);
    return entries.flatMap((i) => settingDifferences(before[i], after[i], `${path}[${i}]`));
  }
  if (isMapping(before) && isMapping(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => settingDifferences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}
