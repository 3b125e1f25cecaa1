import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvTransfers } from '../../src/catalog/index.js';
import { EventQueue } from '../../src/engine/event-queue.js';
import { maxMinFairRates } from '../../src/serving/max-min-fair.js';
import { Transfers } from '../../src/serving/transfers.js';

const inexact = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Ports with their bandwidth, the share of it that one flow gets at most, and flows between them. */
const network = fc.record({
  rates: fc.array(inexact(0.5, 100), { minLength: 2, maxLength: 6 }),
  shares: fc.array(fc.oneof(fc.constant(1), inexact(0.1, 1)), { minLength: 6, maxLength: 6 }),
  pairs: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 12 }),
});

describe('max-min fair rates', () => {
  it('share one port equally', () => {
    expect(maxMinFairRates([0, 0, 0], [1, 2, 3], Float64Array.of(9, 9, 9, 9))).toEqual([3, 3, 3]);
  });

  it('give to others what a flow cannot use', () => {
    // Flow 0 is held to 2 by the port into instance 1; the other two share what is left of 10.
    expect(maxMinFairRates([0, 0, 0], [1, 2, 3], Float64Array.of(10, 2, 10, 10))).toEqual([2, 4, 4]);
  });

  it('hold one flow to what its end can do for it, and give the rest to others', () => {
    // Of 12 at the source the first takes no more than 3, though its target could take 12.
    const ports = Float64Array.of(12, 12, 12);
    expect(maxMinFairRates([0, 0], [1, 2], ports, Float64Array.of(12, 3, 12))).toEqual([3, 9]);
  });

  it('are feasible, and every flow has a bottleneck: a full port on which nobody gets more, or its own limit', () => {
    fc.assert(
      fc.property(network, ({ rates, shares, pairs }) => {
        const capacity = Float64Array.from(rates);
        const oneFlow = capacity.map((rate, port) => rate * shares[port]);
        const from = pairs.map(([a]) => a % rates.length);
        const to = pairs.map(([, b]) => b % rates.length);
        const fair = maxMinFairRates(from, to, capacity, oneFlow);
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
          const limit = Math.min(oneFlow[from[flow]], oneFlow[to[flow]]);
          expect(rate).toBeLessThanOrEqual(limit);
          expect(bottleneck || rate === limit).toBe(true);
        });
      }),
    );
  });
});

interface Start {
  at: number;
  from: number;
  to: number;
  bytes: number;
}

/**
 * The same, by the definition: all flows rise together, each until a port it crosses is full or its own limit is reached, at every
 * moment at which one begins or ends.
 */
function exactEnds(starts: readonly Start[], rates: readonly number[], oneFlow: readonly number[]): number[] {
  const left = starts.map(({ bytes }) => bytes);
  const ends = starts.map(() => Number.NaN);
  let now = 0;
  const under = () => starts.map((_, i) => i).filter((i) => starts[i].at <= now && Number.isNaN(ends[i]));
  while (ends.some(Number.isNaN)) {
    const flows = under();
    const level = starts.map(() => 0);
    const rising = new Set(flows);
    while (rising.size > 0) {
      const room = (end: 'from' | 'to', port: number) => {
        const on = flows.filter((i) => starts[i][end] === port);
        const free = rates[port] - on.reduce((sum, i) => sum + level[i], 0);
        return free / on.filter((i) => rising.has(i)).length;
      };
      const headroom = (i: number) => {
        const { from, to } = starts[i];
        return Math.min(room('from', from), room('to', to), Math.min(oneFlow[from], oneFlow[to]) - level[i]);
      };
      const step = Math.min(...[...rising].map(headroom));
      for (const i of rising) level[i] += step;
      for (const i of [...rising]) if (headroom(i) <= 1e-12 * rates[starts[i].from]) rising.delete(i);
    }
    const nextEnd = Math.min(...flows.map((i) => now + left[i] / level[i]));
    const nextStart = Math.min(...starts.filter(({ at }) => at > now).map(({ at }) => at));
    const next = Math.min(nextEnd, nextStart);
    for (const i of flows) {
      left[i] -= level[i] * (next - now);
      if (left[i] <= 1e-9 * starts[i].bytes) ends[i] = next;
    }
    now = next;
  }
  return ends;
}

/** Landing times of transfers that begin at given times. */
function landings(starts: readonly Start[], ports: number[], latency: number, oneFlow = ports) {
  const events = new EventQueue();
  const timer = events.addTimer(0);
  const begin = starts.map(() => events.addTimer(0));
  const rates = { all: Float64Array.from(ports), oneFlow: Float64Array.from(oneFlow) };
  const transfers = new Transfers(events, timer, rates, latency);
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

  it('under contention land when the exact max-min solution says', () => {
    const begins = fc.array(fc.tuple(inexact(0, 0.05), inexact(1e6, 1e9)), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(network, begins, ({ rates, shares, pairs }, drawn) => {
        const ports = rates.map((rate) => rate * 1e9);
        const oneFlow = ports.map((rate, port) => rate * shares[port]);
        const starts = pairs.map(([a, b], i) => {
          const [at, bytes] = drawn[i];
          return { at, bytes, from: a % ports.length, to: b % ports.length };
        });
        const landed = landings(starts, ports, 0, oneFlow);
        exactEnds(starts, ports, oneFlow).forEach((end, i) => {
          expect(Math.abs(landed[i] - end)).toBeLessThanOrEqual(1e-7 * end);
        });
      }),
    );
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
