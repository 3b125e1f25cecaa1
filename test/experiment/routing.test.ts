import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';

const linear = (base: string, perPrefillToken: string) => ({ type: 'linear' as const, base, perPrefillToken });

/** A fleet of a fast and a slow replica, by default. */
function run(router: ScenarioInput['router'], more: Partial<ScenarioInput> = {}) {
  const records: RequestRecord[] = [];
  const result = simulate(
    {
      horizon: { requests: 1000 },
      traffic: [
        {
          arrivals: { process: 'poisson', rate: 60 },
          input: { distribution: 'fixed', value: 500 },
          output: { distribution: 'fixed', value: 20 },
        },
      ],
      factory: {
        pools: [
          { name: 'fast', performance: linear('10ms', '20us') },
          { name: 'slow', performance: linear('40ms', '80us') },
        ],
      },
      router,
      ...more,
    },
    { checkInvariants: true, onRecord: (record) => records.push(record) },
  );
  const share = (instance: number) => records.filter((of) => of.instance === instance).length / records.length;
  return { result, records, share };
}

describe('a fleet of fast and slow replicas', () => {
  it('shares requests by what the replicas can take, unless told that they are equal', () => {
    const byCapacity = run({ policy: 'least-loaded' });
    const equal = run({ policy: 'least-loaded', weights: 'equal' });
    expect(byCapacity.share(0)).toBeGreaterThan(0.85);
    expect(equal.share(0)).toBeLessThan(byCapacity.share(0) - 0.05);
    expect(byCapacity.result.summary.ttftMs.mean).toBeLessThan(equal.result.summary.ttftMs.mean as number);
  });

  it('draws the fast replica in proportion to its capacity', () => {
    expect(run({ policy: 'random' }).share(0)).toBeCloseTo(0.8, 1);
    expect(run({ policy: 'random', weights: 'equal' }).share(0)).toBeCloseTo(0.5, 1);
  });
});

describe('an equal fleet', () => {
  const fleet = { factory: { pools: [{ replicas: 4, performance: linear('10ms', '20us') }] } };

  it('waits longer with random choice than with two choices, and than with a look at all', () => {
    const wait = (policy: 'random' | 'power-of-two' | 'least-loaded') =>
      run({ policy }, { ...fleet, traffic: [busy] }).result.summary.e2eMs.mean as number;
    const busy = {
      arrivals: { process: 'poisson' as const, rate: 150 },
      input: { distribution: 'fixed' as const, value: 500 },
      output: { distribution: 'fixed' as const, value: 20 },
    };
    expect(wait('power-of-two')).toBeLessThan(wait('random'));
    expect(wait('least-loaded')).toBeLessThan(wait('power-of-two'));
  });

  it('suffers from old views', () => {
    const mean = (refresh?: string) =>
      run({ policy: 'least-loaded', ...(refresh && { refresh }) }, fleet).result.summary.ttftMs.mean as number;
    expect(mean('1s')).toBeGreaterThan(1.2 * mean());
  });

  it('serves each user of a closed loop at one replica', () => {
    const used = (policy: 'session' | 'least-loaded') => {
      const traffic: ScenarioInput['traffic'] = [
        {
          arrivals: { process: 'closed-loop', users: 1 },
          input: { distribution: 'fixed', value: 100 },
          output: { distribution: 'fixed', value: 10 },
        },
      ];
      const { records } = run({ policy }, { ...fleet, traffic, horizon: { requests: 40 } });
      return new Set(records.map(({ instance }) => instance)).size;
    };
    expect(used('session')).toBe(1);
    expect(used('least-loaded')).toBe(4);
  });
});
