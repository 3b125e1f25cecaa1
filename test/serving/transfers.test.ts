import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvTransfers } from '../../src/catalog/index.js';
import { EventQueue } from '../../src/engine/event-queue.js';
import { maxMinFairRates } from '../../src/serving/max-min-fair.js';
import { Transfers } from '../../src/serving/transfers.js';

describe('max-min fair rates', () => {
  it('share one port equally', () => {
    expect(maxMinFairRates([0, 0, 0], [1, 2, 3], Float64Array.of(9, 9, 9, 9))).toEqual([3, 3, 3]);
  });

  it('give to others what a flow cannot use', () => {
    // Flow 0 is held to 2 by the port into instance 1; the other two share what is left of 10.
    expect(maxMinFairRates([0, 0, 0], [1, 2, 3], Float64Array.of(10, 2, 10, 10))).toEqual([2, 4, 4]);
  });

  it('are feasible, and every flow has a bottleneck: a full port on which nobody gets more', () => {
    const ports = fc.array(fc.double({ min: 0.5, max: 100, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(ports, fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 12 }), (rates, pairs) => {
        const capacity = Float64Array.from(rates);
        const from = pairs.map(([a]) => a % rates.length);
        const to = pairs.map(([, b]) => b % rates.length);
        const fair = maxMinFairRates(from, to, capacity);
        const load = (ends: number[], port: number) =>
          fair.reduce((sum, rate, flow) => (ends[flow] === port ? sum + rate : sum), 0);
        for (const ends of [from, to]) {
          rates.forEach((rate, port) => {
            expect(load(ends, port)).toBeLessThanOrEqual(rate * (1 + 1e-9));
          });
        }
        fair.forEach((rate, flow) => {
          const bottleneck = [from, to].some((ends) => {
            const port = ends[flow];
            const full = load(ends, port) >= capacity[port] * (1 - 1e-9);
            const most = Math.max(...fair.filter((_, other) => ends[other] === port));
            return full && rate >= most * (1 - 1e-9);
          });
          expect(bottleneck).toBe(true);
        });
      }),
    );
  });
});

/** Landing times of transfers that begin at given times. */
function landings(starts: { at: number; from: number; to: number; bytes: number }[], ports: number[], latency: number) {
  const events = new EventQueue();
  const timer = events.addTimer(0);
  const begin = starts.map(() => events.addTimer(0));
  const transfers = new Transfers(events, timer, Float64Array.from(ports), latency);
  starts.forEach(({ at }, i) => {
    events.set(begin[i], at);
  });
  const landed: number[] = new Array(starts.length).fill(Number.NaN);
  for (let next = events.advance(); next >= 0; next = events.advance()) {
    if (next === timer) for (let row = transfers.land(); row >= 0; row = transfers.land()) landed[row] = events.now;
    else {
      const row = begin.indexOf(next);
      transfers.start(row, starts[row].from, starts[row].to, starts[row].bytes);
    }
  }
  return landed;
}

describe('Transfers', () => {
  it('take latency + bytes / bandwidth when alone', () => {
    const [landed] = landings([{ at: 1, from: 0, to: 1, bytes: 500e9 }], [100e9, 100e9], 0.25);
    expect(landed).toBeCloseTo(1 + 5 + 0.25, 9);
  });

  it('are slowed by later ones, and speed up when those are done', () => {
    const landed = landings(
      [
        { at: 0, from: 0, to: 2, bytes: 500e9 },
        { at: 2, from: 1, to: 2, bytes: 100e9 },
      ],
      [100e9, 100e9, 100e9],
      0,
    );
    // Alone until 2 (300e9 left), half the rate until the second is done at 4 (200e9 left), then alone again.
    expect(landed[1]).toBeCloseTo(4, 9);
    expect(landed[0]).toBeCloseTo(6, 9);
  });

  it('land late in a long run, where a tick of the clock is worth more than a byte', () => {
    const starts = Array.from({ length: 20 }, (_, i) => ({
      at: 2050 + i * 1e-3,
      from: 0,
      to: 1,
      bytes: 70_123_457 + i,
    }));
    const landed = landings(starts, [7.2e12, 7.2e12], 1e-3);
    landed.forEach((at, i) => {
      expect(at - starts[i].at).toBeCloseTo(1e-3 + starts[i].bytes / 7.2e12, 9);
    });
  });

  it('land at once where there is nothing to move', () => {
    expect(landings([{ at: 3, from: 0, to: 1, bytes: 0 }], [1, 1], 0)).toEqual([3]);
  });

  // Sizes and times of transfers over 200 GB/s, as published with the Mooncake transfer engine.
  it.each([
    ['vllm', [20, 0.54, 74, 0.92, 290, 2.51, 1130, 8.84, 4500, 31.65]],
    ['sglang', [49, 2.07, 197, 2.98, 789, 6.43, 3150, 20.31, 12620, 76.78]],
  ])('reproduce measured transfers of %s within 10 %%', (stack, measured) => {
    const { latencySeconds, linkEfficiency } = kvTransfers[stack];
    const port = 200e9 * linkEfficiency;
    for (let i = 0; i < measured.length; i += 2) {
      const [landed] = landings([{ at: 0, from: 0, to: 1, bytes: measured[i] * 1e6 }], [port, port], latencySeconds);
      expect(Math.abs((landed * 1000) / measured[i + 1] - 1)).toBeLessThan(0.1);
    }
  });
});
