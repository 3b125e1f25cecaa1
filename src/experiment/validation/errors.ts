import { mean, medianSorted } from 'simple-statistics';
import type { ErrorBand, LatencyErrors } from '../../perf/index.js';
import type { RunIdentity } from './measured-run.js';
import type { Measurement } from './measurements.js';
import type { SimulatedLatencies } from './simulate-run.js';

/** One run, measured and predicted. */
export interface Point {
  readonly run: RunIdentity;
  readonly predicted: SimulatedLatencies;
}

/** Errors of a group of runs; `bias` is the mean of ln(predicted / measured), percent: above 0 means too slow. */
export interface GroupErrors {
  readonly runs: number;
  readonly ttft: ErrorBand & { readonly bias: number };
  readonly tpot: ErrorBand & { readonly bias: number };
  /** Of the 99th percentiles, where any was measured. */
  readonly p99?: {
    readonly runs: number;
    readonly ttft: ErrorBand & { readonly bias: number };
    readonly tpot: ErrorBand & { readonly bias: number };
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Predicted over measured mean; over the median where no mean was measured; undefined where neither was. */
function ratioOf(
  { measurement }: RunIdentity,
  predicted: SimulatedLatencies,
  name: 'ttft' | 'tpot',
): number | undefined {
  const measured = measurement[`${name}Ms`];
  if (measured !== null) return predicted[`${name}Ms`] / measured;
  const median = measurement.percentiles[`${name}P50Ms`];
  return median === null ? undefined : predicted.percentiles[`${name}P50Ms`] / median;
}

function tailRatio({ percentiles }: Measurement, predicted: SimulatedLatencies, name: 'ttft' | 'tpot') {
  const measured = percentiles[`${name}P99Ms`];
  return measured === null ? undefined : predicted.percentiles[`${name}P99Ms`] / measured;
}

function band(ratios: readonly (number | undefined)[]) {
  const known = ratios.filter((ratio) => ratio !== undefined);
  if (known.length === 0) return { mape: 0, medianApe: 0, bias: 0 };
  const errors = known.map((ratio) => 100 * Math.abs(ratio - 1)).sort((a, b) => a - b);
  const bias = 100 * mean(known.map(Math.log));
  return { mape: round(mean(errors)), medianApe: round(medianSorted(errors)), bias: round(bias) };
}

/** Errors in percent of what was measured. Runs whose TTFT or TPOT was not measured do not count for it. */
export function groupErrors(points: readonly Point[]): GroupErrors {
  const of = (name: 'ttft' | 'tpot') => band(points.map(({ run, predicted }) => ratioOf(run, predicted, name)));
  const tails = points.filter(({ run }) => run.measurement.percentiles.tpotP99Ms !== null);
  const tailOf = (name: 'ttft' | 'tpot') =>
    band(tails.map(({ run, predicted }) => tailRatio(run.measurement, predicted, name)));
  return {
    runs: points.length,
    ttft: of('ttft'),
    tpot: of('tpot'),
    ...(tails.length === 0 ? {} : { p99: { runs: tails.length, ttft: tailOf('ttft'), tpot: tailOf('tpot') } }),
  };
}

/** The same without the bias, as calibrations carry it. */
export function latencyErrors(points: readonly Point[]): LatencyErrors {
  const { tpot, ttft } = groupErrors(points);
  return {
    tpot: { mape: tpot.mape, medianApe: tpot.medianApe },
    ttft: { mape: ttft.mape, medianApe: ttft.medianApe },
  };
}

/** Errors by the values of `key`, in order of their names. */
export function errorsBy(points: readonly Point[], key: (run: RunIdentity) => string): Record<string, GroupErrors> {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const name = key(point.run);
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [point]);
    else list.push(point);
  }
  const names = [...groups.keys()].sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, groupErrors(groups.get(name) as Point[])]));
}

/** Load of a run: how full its engine is. */
export function loadOf({ concurrency, kvRequests }: RunIdentity): string {
  if (concurrency > kvRequests) return 'beyond memory';
  return concurrency <= 8 ? 'up to 8 users' : concurrency <= 64 ? '9 to 64 users' : 'above 64 users';
}

/**
 * How far runs of the same configuration, concurrency and model shapes disagree with their own median: no prediction that
 * ignores day and release can do better on them. Runs listed twice with the same latencies count once.
 */
export function disagreement(runs: readonly RunIdentity[]): GroupErrors {
  const groups = new Map<string, RunIdentity[]>();
  const seen = new Set<string>();
  for (const run of runs) {
    const { ttftMs, tpotMs } = run.measurement;
    if (ttftMs === null || tpotMs === null) continue;
    const key = `${run.configuration} ${run.concurrency}`;
    const exact = `${key} ${ttftMs} ${tpotMs}`;
    if (seen.has(exact)) continue;
    seen.add(exact);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [run]);
    else list.push(run);
  }
  const points: Point[] = [];
  for (const list of groups.values()) {
    if (list.length < 2) continue;
    const middle = (name: 'ttftMs' | 'tpotMs') =>
      medianSorted(list.map(({ measurement }) => measurement[name] as number).sort((a, b) => a - b));
    const [ttftMs, tpotMs] = [middle('ttftMs'), middle('tpotMs')];
    const percentiles = { ttftP50Ms: ttftMs, ttftP99Ms: ttftMs, tpotP50Ms: tpotMs, tpotP99Ms: tpotMs };
    const predicted = { ttftMs, tpotMs, percentiles };
    for (const run of list) points.push({ run, predicted });
  }
  const { p99: _tails, ...means } = groupErrors(points);
  return means;
}
