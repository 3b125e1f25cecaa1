import type { Intervals } from './intervals.js';
import { SlotQuantiles } from './slot-quantiles.js';
import type { ClassSeries, LatencySeries, TimeSeries } from './time-series.js';

/** Running totals of a run at one time; all only grow. Arrivals by class follow behind these. */
export const TOTALS = {
  time: 0,
  completed: 1,
  rejected: 2,
  preemptions: 3,
  waitingSeconds: 4,
  inSystemSeconds: 5,
  outputTokens: 6,
  kvTokenSeconds: 7,
  kvCapacitySeconds: 8,
  busyGpuSeconds: 9,
  gpuSeconds: 10,
  cancelled: 11,
  failed: 12,
  startingGpuSeconds: 13,
  brokenGpuSeconds: 14,
  classes: 15,
} as const;

/** Whoever knows the totals of a run. */
export interface TotalsSource {
  /** Fills in the totals as they are at `seconds`, which lies between the last event and the next one. */
  readTotals(seconds: number, totals: Float64Array): void;
}

/** A last interval shorter than this share of the others is added to the one before it. */
const SHORTEST_LAST = 0.5;

/**
 * Collects the time series of a run. What grows steadily is read off once per interval, as totals; only what hangs on the
 * arrival of a request (good or not, its latencies) is booked request by request.
 *
 * Memory is bounded whatever the length of the run, see {@link Intervals}.
 */
export class SeriesCollector {
  /** The next time at which {@link pass} has something to do. */
  nextSeconds: number;
  private readonly width: number;
  /** Totals at the start of the window and at the end of each interval, row by row. */
  private readonly rows: Float64Array;
  private taken = 0;
  /** By interval and class of arrival. */
  private readonly good: Float64Array;
  /** By interval of arrival. */
  private readonly goodOutput: Float64Array;
  private readonly ttft: SlotQuantiles;
  private readonly tpot: SlotQuantiles;

  constructor(
    private readonly intervals: Intervals,
    private readonly classes: readonly string[],
  ) {
    const slots = intervals.most + 1;
    this.nextSeconds = intervals.start;
    this.width = TOTALS.classes + classes.length;
    this.rows = new Float64Array((slots + 1) * this.width);
    this.good = new Float64Array(slots * classes.length);
    this.goodOutput = new Float64Array(slots);
    this.ttft = new SlotQuantiles(slots);
    this.tpot = new SlotQuantiles(slots);
  }

  /** A request that arrived inside the window has been completed; `isGood` if it held every term of its SLO. */
  completed(
    arrival: number,
    classIndex: number,
    ttft: number,
    outputTokens: number,
    tpot: number,
    isGood: boolean,
  ): void {
    const slot = this.intervals.indexOf(arrival);
    this.ttft.add(slot, ttft);
    if (outputTokens > 1) this.tpot.add(slot, tpot);
    if (!isGood) return;
    this.good[slot * this.classes.length + classIndex]++;
    this.goodOutput[slot] += outputTokens;
  }

  /** Closes the intervals that end at or before `now`; to be called before what happens at `now` is booked. */
  pass(now: number, source: TotalsSource): void {
    const { intervals } = this;
    while (now >= intervals.edge(intervals.most)) this.grow();
    for (; now >= this.nextSeconds; this.nextSeconds = intervals.edge(this.taken)) this.take(this.nextSeconds, source);
  }

  /** The run has ended at `now`. */
  finish(now: number, source: TotalsSource): void {
    this.pass(now, source);
    if (this.taken > 0 && now > this.at(this.taken - 1, TOTALS.time)) this.take(now, source);
  }

  /** The series, after {@link finish}; null where the run never reached its window, or ended where it began. */
  result(): TimeSeries | null {
    if (this.taken < 2) return null;
    const { intervals } = this;
    const end = this.at(this.taken - 1, TOTALS.time);
    const merged = intervals.mergedForReading(end - intervals.start);
    const bounds = this.bounds(merged);
    const intervalsOf = <T>(make: (from: number, to: number) => T): T[] =>
      bounds.slice(1).map((to, k) => make(bounds[k], to));
    const added = (column: number) => intervalsOf((from, to) => this.at(to, column) - this.at(from, column));
    const ratio = (above: number, below: number) =>
      intervalsOf((from, to) => {
        const whole = this.at(to, below) - this.at(from, below);
        return whole > 0 ? rounded((this.at(to, above) - this.at(from, above)) / whole) : 0;
      });
    const latency = (of: SlotQuantiles): LatencySeries => {
      const pairs = intervalsOf((from, to) => of.quantiles(from, this.slotsUntil(to), [0.5, 0.99]));
      const column = (i: number) => pairs.map((pair) => (pair[i] === null ? null : rounded(1000 * pair[i])));
      return { p50: column(0), p99: column(1) };
    };
    const seconds = added(TOTALS.time);
    const perSecond = (amounts: readonly number[]) => amounts.map((amount, k) => rounded(amount / seconds[k]));
    const byClass = this.classes.map((_, index): ClassSeries => {
      const arrived = added(TOTALS.classes + index);
      const good = intervalsOf((from, to) =>
        this.sum(from, to, (slot) => this.good[slot * this.classes.length + index]),
      );
      return { arrived, good, attainment: shares(good, arrived) };
    });
    const overClasses = (pick: (of: ClassSeries) => number[]) =>
      seconds.map((_, k) => byClass.reduce((sum, of) => sum + pick(of)[k], 0));
    const arrived = overClasses((of) => of.arrived);
    const good = overClasses((of) => of.good);
    const goodOutput = intervalsOf((from, to) => this.sum(from, to, (slot) => this.goodOutput[slot]));
    const completed = added(TOTALS.completed);
    const queueLength = ratio(TOTALS.waitingSeconds, TOTALS.time);
    return {
      intervalSeconds: intervals.lengthOf(merged),
      edges: bounds.map((row) => this.at(row, TOTALS.time)),
      arrived,
      completed,
      rejected: added(TOTALS.rejected),
      cancelled: added(TOTALS.cancelled),
      failed: added(TOTALS.failed),
      preemptions: added(TOTALS.preemptions),
      good,
      attainment: shares(good, arrived),
      goodput: { requestsPerSecond: perSecond(good), outputTokensPerSecond: perSecond(goodOutput) },
      throughput: {
        requestsPerSecond: perSecond(completed),
        outputTokensPerSecond: perSecond(added(TOTALS.outputTokens)),
      },
      ttftMs: latency(this.ttft),
      tpotMs: latency(this.tpot),
      queueLength,
      running: ratio(TOTALS.inSystemSeconds, TOTALS.time).map((inSystem, k) =>
        rounded(Math.max(0, inSystem - queueLength[k])),
      ),
      kvCache: ratio(TOTALS.kvTokenSeconds, TOTALS.kvCapacitySeconds),
      gpuBusy: ratio(TOTALS.busyGpuSeconds, TOTALS.gpuSeconds),
      gpus: ratio(TOTALS.gpuSeconds, TOTALS.time),
      gpusStarting: ratio(TOTALS.startingGpuSeconds, TOTALS.time),
      gpusBroken: ratio(TOTALS.brokenGpuSeconds, TOTALS.time),
      byClass: Object.fromEntries(this.classes.map((name, index) => [name, byClass[index]])),
    };
  }

  /** Rows between which the intervals of the result lie. */
  private bounds(merged: number): number[] {
    const last = this.taken - 1;
    const bounds: number[] = [];
    for (let row = 0; row < last; row += merged) bounds.push(row);
    const begun = this.at(last, TOTALS.time) - this.at(bounds[bounds.length - 1], TOTALS.time);
    if (bounds.length > 1 && begun < SHORTEST_LAST * this.intervals.lengthOf(merged)) bounds.pop();
    bounds.push(last);
    return bounds;
  }

  /** Slots before row `row`: those behind the last row hold arrivals at the very end of the run. */
  private slotsUntil(row: number): number {
    return row === this.taken - 1 ? this.intervals.most + 1 : row;
  }

  private sum(from: number, to: number, value: (slot: number) => number): number {
    let sum = 0;
    for (let slot = from; slot < this.slotsUntil(to); slot++) sum += value(slot);
    return sum;
  }

  private at(row: number, column: number): number {
    return this.rows[row * this.width + column];
  }

  private take(seconds: number, source: TotalsSource): void {
    const row = this.rows.subarray(this.taken * this.width, (this.taken + 1) * this.width);
    this.taken++;
    row.fill(0);
    row[TOTALS.time] = seconds;
    source.readTotals(seconds, row);
  }

  /** Merges neighbours into longer intervals. */
  private grow(): void {
    const factor = this.intervals.grow();
    const { width, rows, good, goodOutput, taken } = this;
    const kept = Math.ceil(this.taken / factor);
    for (let row = 1; row < kept; row++) {
      rows.copyWithin(row * width, row * factor * width, (row * factor + 1) * width);
    }
    this.taken = kept;
    this.nextSeconds = this.intervals.edge(kept);
    mergeNeighbours(good, taken, this.classes.length, factor);
    mergeNeighbours(goodOutput, taken, 1, factor);
    this.ttft.merge(taken, factor);
    this.tpot.merge(taken, factor);
  }
}

/** Makes one row of every `factor` of the first `rows` ones, in place. */
function mergeNeighbours(values: Float64Array, rows: number, width: number, factor: number): void {
  for (let row = 1; row < rows; row++) {
    const target = Math.floor(row / factor) * width;
    for (let i = 0; i < width; i++) {
      const value = values[row * width + i];
      values[row * width + i] = 0;
      values[target + i] += value;
    }
  }
}

function shares(parts: readonly number[], wholes: readonly number[]): (number | null)[] {
  return parts.map((part, k) => (wholes[k] > 0 ? rounded(part / wholes[k]) : null));
}

/** Six digits: a series is read off a picture. */
function rounded(value: number): number {
  if (value === 0) return 0;
  const exponent = 5 - Math.floor(Math.log10(Math.abs(value)));
  // Multiplied and divided by whole powers of ten only, which are exact: the result prints with six digits.
  if (exponent < 0) return Math.round(value / 10 ** -exponent) * 10 ** -exponent;
  return exponent > 22 ? 0 : Math.round(value * 10 ** exponent) / 10 ** exponent;
}
