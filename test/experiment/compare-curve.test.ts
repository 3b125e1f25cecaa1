import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignFleets } from '../../src/experiment/compare/align.js';
import { frontier, valueAt } from '../../src/experiment/compare/frontier.js';
import { makeScenario } from '../support/scenarios.js';

const spot = (tokensPerSecondPerUser: number, cost: number) => ({ tokensPerSecondPerUser, cost });

describe('the frontier of speed and cost', () => {
  it('keeps what nothing else beats, from slow and cheap to fast and dear', () => {
    const points = [spot(100, 4), spot(50, 2), spot(60, 3), spot(40, 2.5), spot(90, 5)];
    expect(frontier(points)).toEqual([spot(50, 2), spot(60, 3), spot(100, 4)]);
  });

  it('has no point that another one beats, and leaves none out that is beaten by nobody', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(points, (pairs) => {
        const all = pairs.map(([speed, cost]) => spot(speed, cost));
        const kept = frontier(all);
        for (const point of all) {
          const beaten = kept.some(
            (other) => other.tokensPerSecondPerUser >= point.tokensPerSecondPerUser && other.cost <= point.cost,
          );
          expect(beaten || kept.includes(point)).toBe(true);
        }
        for (let i = 1; i < kept.length; i++) {
          expect(kept[i].tokensPerSecondPerUser).toBeGreaterThan(kept[i - 1].tokensPerSecondPerUser);
          expect(kept[i].cost).toBeGreaterThan(kept[i - 1].cost);
        }
      }),
      { seed: 20261124 },
    );
  });

  it('is read on lines between logarithms', () => {
    const sorted = [spot(20, 1), spot(40, 4)];
    const cost = (point: { cost: number }) => point.cost;
    expect(valueAt(sorted, 30, cost)).toBeCloseTo(2, 12);
    expect(valueAt(sorted, 40, cost)).toBe(4);
    expect(valueAt(sorted, 0, cost)).toBe(1);
    expect(valueAt(sorted, 41, cost)).toBeNull();
    expect(valueAt(sorted, 30, ({ cost: value }) => (value > 2 ? null : value))).toBeNull();
    expect(valueAt(sorted, 30, ({ cost: value }) => value - 2)).toBe(0.5);
  });
});

describe('alignment', () => {
  const fleet = (name: string, gpu: string, replicas: number, tp = 4, spares?: number) => ({
    name,
    scenario: makeScenario({
      traffic: [
        {
          arrivals: { process: 'poisson', rate: 1 },
          input: { distribution: 'fixed', value: 10 },
          output: { distribution: 'fixed', value: 10 },
        },
      ],
      factory: { model: 'llama-3.1-70b', pools: [{ gpu, replicas, parallelism: { tp }, spares }] },
    }),
  });

  it('by cost buys as many replicas of the second as the first costs', () => {
    // 16 * 4 H200 at 2.05 are 131.2 an hour; a replica of 4 B200 at 2.60 is 10.4: 12.6 replicas.
    const { fleets, unit } = alignFleets([fleet('h', 'h200-sxm', 16), fleet('b', 'b200-sxm', 1)], 'cost');
    expect(unit).toBe('$/h');
    expect(fleets[1]).toMatchObject({ replicas: [13], amount: 135.20000000000002 });
    expect(fleets[1].relative).toBeCloseTo(1.0305, 4);
  });

  it('by cost counts electricity where it is paid for apart, at full load', () => {
    const economics = { gpuHour: { 'h200-sxm': 1, 'b200-sxm': 1 }, electricityIncluded: false, electricity: 0.5 };
    const [h, b] = [fleet('h', 'h200-sxm', 10, 1), fleet('b', 'b200-sxm', 1, 1)].map((of) => ({
      ...of,
      scenario: makeScenario({ ...of.scenario, economics }),
    }));
    const { fleets } = alignFleets([h, b], 'cost');
    // $1 and 0.7 * 1.3 * 1.2 kW at $0.50: $1.546 for a H200; $1 and 1.56 kW: $1.78 for a B200. 15.46 / 1.78 = 8.7.
    expect(fleets[0].amount).toBeCloseTo(15.46, 9);
    expect(fleets[1].replicas).toEqual([9]);
  });

  it('by power compares peaks at the meter', () => {
    // TDP 700 against 1000: 10 replicas of the first draw as much as 7 of the second.
    const { fleets } = alignFleets([fleet('h', 'h200-sxm', 10), fleet('b', 'b200-sxm', 1)], 'power');
    expect(fleets[1].replicas).toEqual([7]);
    expect(fleets[0].amount).toBeCloseTo(40 * 0.7 * 1.3 * 1.2, 9);
  });

  it('by GPUs counts those of a replica, and keeps one replica at least', () => {
    const { fleets } = alignFleets([fleet('h', 'h200-sxm', 1), fleet('b', 'b200-sxm', 5, 8)], 'gpus');
    expect(fleets[1]).toMatchObject({ replicas: [1], amount: 8, relative: 2 });
  });

  it('counts spares, which are paid for, too', () => {
    // Three and a spare of 4 GPUs each; four and two spares of 2, which become six and two.
    const { fleets } = alignFleets([fleet('h', 'h200-sxm', 3, 4, 1), fleet('b', 'b200-sxm', 4, 2, 2)], 'gpus');
    expect(fleets.map(({ amount }) => amount)).toEqual([16, 16]);
    expect(fleets[1].replicas).toEqual([6]);
  });

  it('refuses a fleet that has no price', () => {
    expect(() => alignFleets([fleet('h', 'h200-sxm', 1), fleet('l', 'l40s', 1)], 'cost')).toThrow(
      /cannot be aligned by cost: l has no known price/,
    );
    const free = fleet('f', 'h200-sxm', 1);
    const scenario = makeScenario({ ...free.scenario, economics: { gpuHour: { 'h200-sxm': 0 } } });
    expect(() => alignFleets([fleet('b', 'b200-sxm', 1), { ...free, scenario }], 'cost')).toThrow(/f has a price of 0/);
  });
});
