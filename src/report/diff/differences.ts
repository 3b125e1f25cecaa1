import type { AiperfRun } from '../exports/aiperf/read-summary.js';
import type { AiperfBlock } from '../exports/aiperf/statistics.js';

/** Statistics that planners compare, in order. */
const STATISTICS = ['avg', 'p50', 'p90', 'p99'] as const;

/** What is compared, and how far apart both are. */
export interface Difference {
  tag: string;
  statistic: (typeof STATISTICS)[number];
  unit: string;
  simulated: number;
  measured: number;
  /** (simulated - measured) / measured; null where the measured value is 0. */
  error: number | null;
}

/** Metrics that both runs have in the same unit; figures of the run alone have only `avg`. */
export function differences(simulated: AiperfRun, measured: AiperfRun): Difference[] {
  return [...simulated.metrics].flatMap(([tag, block]) => {
    const other = measured.metrics.get(tag);
    if (other === undefined || other.unit !== block.unit) return [];
    return STATISTICS.flatMap((statistic) => difference(tag, statistic, block, other));
  });
}

function difference(
  tag: string,
  statistic: Difference['statistic'],
  { unit, [statistic]: simulated }: AiperfBlock,
  { [statistic]: measured }: AiperfBlock,
): Difference[] {
  if (simulated === undefined || measured === undefined) return [];
  const error = measured === 0 ? null : (simulated - measured) / measured;
  return [{ tag, statistic, unit, simulated, measured, error }];
}
