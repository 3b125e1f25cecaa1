import fc from 'fast-check';
import { quantileSorted } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/metrics/histogram.js';

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

/** NumPy's default: linear between the two nearest order statistics. */
function exactQuantile(sorted: readonly number[], p: number): number {
  const rank = p * (sorted.length - 1);
  const below = Math.floor(rank);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (rank - below) * (next - sorted[below]);
}

describe('Histogram', () => {
  it('gives quantiles to 0.1 %, and exact count, mean and maximum', () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = new Histogram();
        for (const value of values) histogram.add(value);
        const sorted = [...values].sort((a, b) => a - b);
        const probabilities = [0, 0.5, 0.9, 0.99, 1];
        histogram.quantiles(probabilities).forEach((quantile, i) => {
          const exact = exactQuantile(sorted, probabilities[i]);
          expect(Math.abs(quantile! - exact)).toBeLessThanOrEqual(1e-3 * exact);
        });
        expect(histogram.count).toBe(values.length);
        expect(histogram.max).toBe(sorted[sorted.length - 1]);
        expect(histogram.mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 9);
      }),
    );
  });

  it('takes a run of evenly spaced values as if they came one by one', () => {
    fc.assert(
      fc.property(
        positive,
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 256 }),
        (first, growth, steps, weight) => {
          const increment = first * growth;
          const bulk = new Histogram();
          bulk.addLinear(first, increment, steps, weight);
          const single = new Histogram();
          for (let j = 0; j < steps; j++) single.add(first + increment * j, weight);
          expect(bulk.count).toBe(single.count);
          expect(bulk.mean! / single.mean!).toBeCloseTo(1, 9);
          expect(bulk.max).toBeCloseTo(single.max, 9);
          const [a, b] = [bulk, single].map((histogram) => histogram.quantiles([0.1, 0.5, 0.99]));
          a.forEach((quantile, i) => {
            expect(Math.abs(quantile! / b[i]! - 1)).toBeLessThan(1e-3 + growth);
          });
        },
      ),
    );
  });

  it('gives exact quantiles of a constant and of zeros', () => {
    const constant = new Histogram();
    for (let i = 0; i < 10; i++) constant.add(0.0123);
    expect(constant.quantiles([0.01, 0.5, 0.99])).toEqual([0.0123, 0.0123, 0.0123]);
    const zeros = new Histogram();
    zeros.add(0, 99);
    zeros.add(5, 1);
    expect(zeros.quantiles([0.5, 1])).toEqual([0, 5]);
  });

  it('is null where nothing was added', () => {
    const empty = new Histogram();
    expect(empty.mean).toBeNull();
    expect(empty.quantiles([0.5])).toEqual([null]);
  });

  it('merges to what one histogram of everything would be', () => {
    const values = Array.from({ length: 500 }, (_, i) => Math.exp((i % 37) - 18) * (1 + i / 500));
    const [even, odd, all] = [new Histogram(), new Histogram(), new Histogram()];
    values.forEach((value, i) => {
      (i % 2 === 0 ? even : odd).add(value);
      all.add(value);
    });
    even.merge(odd);
    expect(even.quantiles([0, 0.3, 0.5, 0.99, 1])).toEqual(all.quantiles([0, 0.3, 0.5, 0.99, 1]));
    expect(even.count).toBe(500);
  });

  it('agrees with simple-statistics on 200 000 values', () => {
    const histogram = new Histogram();
    const values: number[] = [];
    for (let i = 0; i < 200_000; i++) {
      const value = 0.01 + ((i * 7919) % 10_007) / 1e5;
      histogram.add(value);
      values.push(value);
    }
    values.sort((a, b) => a - b);
    expect(histogram.quantiles([0.99])[0]! / quantileSorted(values, 0.99)).toBeCloseTo(1, 3);
  });
});
