import type { AiperfRun } from '../exports/aiperf/read-summary.js';
import type { AiperfBlock } from '../exports/aiperf/statistics.js';
import { number } from '../format.js';

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

/** What both runs were asked to do; where it differs, errors of latencies say little. */
const LOAD = ['input_sequence_length', 'output_sequence_length', 'request_throughput'] as const;
/** Loads closer than this are the same. */
const SAME_LOAD = 0.02;

/** What a reader should know of the comparison: loads that differ, and metrics that could not be compared. */
export function differenceNotes(simulated: AiperfRun, measured: AiperfRun): string[] {
  const loads = LOAD.flatMap((tag) => {
    const [a, b] = [simulated.metrics.get(tag)?.avg, measured.metrics.get(tag)?.avg];
    if (a === undefined || b === undefined || Math.abs(a - b) <= SAME_LOAD * Math.abs(b)) return [];
    return [`${tag} ${number(a)} against ${number(b)}`];
  });
  const units = [...simulated.metrics].flatMap(([tag, { unit }]) => {
    const other = measured.metrics.get(tag)?.unit;
    return other === undefined || other === unit ? [] : [`${tag} (${unit} against ${other})`];
  });
  const missing = [...simulated.metrics.keys()].filter((tag) => !measured.metrics.has(tag));
  return [
    ...(loads.length === 0 ? [] : [`the runs did not serve the same load: ${loads.join(', ')}`]),
    ...(units.length === 0 ? [] : [`left out, since their units differ: ${units.join(', ')}`]),
    ...(missing.length === 0 ? [] : [`the measured run has no ${missing.join(', ')}`]),
  ];
}
