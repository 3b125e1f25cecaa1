import fc from 'fast-check';
import { quantileSorted } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { Intervals } from '../../src/metrics/series/intervals.js';
import { SeriesCollector, TOTALS } from '../../src/metrics/series/series-collector.js';
import { SlotQuantiles } from '../../src/metrics/series/slot-quantiles.js';

const seconds = fc.double({ min: 1e-5, max: 1e7, noNaN: true });

describe('intervals', () => {
  it('are 80 to 200 of a round length where the end is known', () => {
    expect([1800, 3600, 86_400, 7 * 86_400].map((end) => Intervals.chosen(0, end).seconds)).toEqual([
      10, 20, 600, 3600,
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 3e8, noNaN: true }), (end) => {
        const count = end / Intervals.chosen(0, end).seconds;
        expect(count).toBeGreaterThanOrEqual(79.9);
        expect(count).toBeLessThanOrEqual(200);
      }),
    );
  });

  it('hold a time between their edges, after growing too', () => {
    fc.assert(
      fc.property(
        seconds,
        fc.nat({ max: 8 }),
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        (after, growths, start) => {
          const intervals = Intervals.growing(start);
          for (let i = 0; i < growths; i++) intervals.grow();
          const index = intervals.indexOf(start + after);
          expect(intervals.edge(index)).toBeLessThanOrEqual(start + after);
          expect(intervals.edge(index + 1)).toBeGreaterThan(start + after);
        },
      ),
    );
  });

  it('keep edges to the last bit when they grow', () => {
    const fine = Intervals.growing(0.1);
    const edges = Array.from({ length: 601 }, (_, k) => fine.edge(k));
    const factor = fine.grow();
    for (let k = 0; k * factor <= 600; k++) expect(fine.edge(k)).toBe(edges[k * factor]);
  });
});

describe('quantiles by slot', () => {
  it('are known to 1 %', () => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 200 }), (values) => {
        const slots = new SlotQuantiles(3);
        for (const value of values) slots.add(1, value);
        const sorted = [...values].sort((a, b) => a - b);
        const [median] = slots.quantiles(0, 3, [0.5]);
        // Type 7 lies between these two.
        const low = sorted[Math.floor(0.5 * (values.length - 1))];
        const high = sorted[Math.ceil(0.5 * (values.length - 1))];
        expect(median! / low).toBeGreaterThan(0.984);
        expect(median! / high).toBeLessThan(1.016);
        expect(slots.quantiles(2, 3, [0.5])).toEqual([null]);
      }),
    );
    const even = new SlotQuantiles(1);
    const values = Array.from({ length: 10_001 }, (_, i) => 1 + i / 1000);
    for (const value of values) even.add(0, value);
    even.quantiles(0, 1, [0.01, 0.5, 0.99]).forEach((value, i) => {
      expect(Math.abs(value! / quantileSorted(values, [0.01, 0.5, 0.99][i]) - 1)).toBeLessThan(0.001);
    });
  });

  it('stay the same when slots are merged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 29 }), seconds), { maxLength: 100 }),
        fc.integer({ min: 2, max: 6 }),
        (values, factor) => {
          const merged = new SlotQuantiles(30);
          const direct = new SlotQuantiles(30);
          for (const [slot, value] of values) {
            merged.add(slot, value);
            direct.add(Math.floor(slot / factor), value);
          }
          merged.merge(30, factor);
          for (let slot = 0; slot < 30; slot++) {
            expect(merged.quantiles(slot, slot + 1, [0, 0.5, 1])).toEqual(
              direct.quantiles(slot, slot + 1, [0, 0.5, 1]),
            );
          }
        },
      ),
    );
  });
});

/** Requests that arrive at given times and are answered at once; good ones where the number of the request is even. */
function collect(intervals: Intervals, arrivals: readonly number[], end: number) {
  const series = new SeriesCollector(intervals, ['a']);
  let arrived = 0;
  const source = {
    readTotals: (at: number, totals: Float64Array) => {
      totals[TOTALS.completed] = arrived;
      totals[TOTALS.classes] = arrived;
      totals[TOTALS.outputTokens] = 2 * arrived;
      totals[TOTALS.gpuSeconds] = 8 * at;
    },
  };
  arrivals.forEach((at, i) => {
    if (at >= series.nextSeconds) series.pass(at, source);
    arrived++;
    series.completed(at, 0, 0.1, 2, 0.01, i % 2 === 0);
  });
  series.finish(end, source);
  return series.result();
}

describe('the series of a run', () => {
  it('loses nothing however often neighbours are merged', () => {
    const times = fc.array(seconds, { minLength: 1, maxLength: 300 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(times, fc.constantFrom('growing', 'given'), (arrivals, kind) => {
        const end = arrivals[arrivals.length - 1] + 1e-6;
        const series = collect(kind === 'given' ? Intervals.given(0, 0.01) : Intervals.growing(0), arrivals, end)!;
        const { edges, arrived, good, gpus } = series;
        expect(edges[0]).toBe(0);
        expect(edges[edges.length - 1]).toBe(end);
        expect(arrived.length).toBeLessThanOrEqual(kind === 'given' ? 3000 : 201);
        arrived.forEach((count, k) => {
          const there = arrivals.flatMap((at, i) => (at >= edges[k] && at < edges[k + 1] ? [i] : []));
          expect(count).toBe(there.length);
          expect(good[k]).toBe(there.filter((i) => i % 2 === 0).length);
          expect(gpus[k]).toBeCloseTo(8, 6);
        });
      }),
    );
  });

  it('has 60 to 200 points once the run is long enough to tell', () => {
    for (const end of [3, 10, 77, 1000, 12_345, 1e6]) {
      const arrivals = Array.from({ length: 2000 }, (_, i) => (end * i) / 2000);
      const count = collect(Intervals.growing(0), arrivals, end)!.arrived.length;
      expect(count).toBeGreaterThanOrEqual(60);
      expect(count).toBeLessThanOrEqual(200);
    }
  });

  it('adds a short last interval to the one before it', () => {
    expect(collect(Intervals.given(0, 1), [0.5, 1.5, 2.1], 2.4)!.edges).toEqual([0, 1, 2.4]);
    expect(collect(Intervals.given(0, 1), [0.5, 1.5, 2.1], 2.6)!.edges).toEqual([0, 1, 2, 2.6]);
  });

  it('is missing where nothing was measured', () => {
    expect(collect(Intervals.given(10, 1), [0], 5)).toBeNull();
  });
});
