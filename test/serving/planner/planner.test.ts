import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/experiment/simulate.js';
import type { RequestRecord } from '../../../src/metrics/recorder.js';
import type { ScenarioInput } from '../../../src/scenario/schema.js';
import { FORECASTS, LoadPolicy, type Observation, SchedulePolicy } from '../../../src/serving/planner/index.js';
import { makeScenario } from '../../support/scenarios.js';

const base = {
  horizon: { requests: 600 },
  traffic: [
    {
      arrivals: { process: 'poisson', rate: 9 },
      input: { distribution: 'lognormal', mean: 300, cv: 1 },
      output: { distribution: 'geometric', mean: 60 },
    },
  ],
  factory: {
    pools: [{ replicas: 3, batching: { maxSequences: 4 } }],
    performance: { type: 'linear', base: 0.013, perSequence: 0.0007, perPrefillToken: 0.00003 },
  },
};

function run(changes: object) {
  const records: RequestRecord[] = [];
  const document = simulate(makeScenario({ ...base, ...changes }) as ScenarioInput, {
    checkInvariants: true,
    onRecord: (record) => {
      records.push(record);
    },
  });
  return { ...document, records };
}

const observed: Observation = {
  nowSeconds: 0,
  intervalSeconds: 30,
  active: 4,
  present: 4,
  queued: 0,
  decoding: 0,
  kvUse: 0.5,
  arrived: 0,
  inputTokens: 100,
  outputTokens: 100,
  ttftSeconds: 1,
  tpotSeconds: 0.01,
};

describe('a planner that cannot change anything', () => {
  it.each(['load', 'throughput'] as const)(
    '%s with min = max gives the fleet that stays as it is, to the last bit',
    (policy) => {
      const still = run({});
      const planned = run({ planner: { policy, min: 3, max: 3, interval: 0.7 } });
      const { gpuHours, ...summary } = planned.summary;
      expect(planned.records).toEqual(still.records);
      expect(summary).toEqual(still.summary);
      expect(gpuHours?.active).toBeCloseTo((3 * summary.window.endSeconds) / 3600, 12);
    },
  );
});

describe('a pool that grows', () => {
  it('serves the same requests at the same times as one of that size from the start, if it grows before the first comes', () => {
    const traffic = [{ ...base.traffic[0], arrivals: { process: 'constant', rate: 1 } }];
    const big = run({ traffic });
    const grown = run({
      traffic,
      factory: { ...base.factory, startup: 0, pools: [{ ...base.factory.pools[0], replicas: 1 }] },
      planner: { policy: 'schedule', max: 3, schedule: [{ at: 0.001, replicas: 3 }] },
      router: { policy: 'central' },
    });
    expect(grown.summary.requests).toEqual(big.summary.requests);
    expect(grown.summary.ttftMs.p50! / big.summary.ttftMs.p50!).toBeCloseTo(1, 2);
    expect(grown.summary.utilization.averageGpus).toBeCloseTo(3, 2);
  });

  it('pays for start-up and draining, and is paid for in exactly one state at a time', () => {
    const { summary } = run({
      horizon: { duration: 60 },
      factory: { ...base.factory, startup: 7 },
      planner: {
        policy: 'schedule',
        max: 5,
        cooldown: 0,
        schedule: [
          { at: 10, replicas: 5 },
          { at: 40, replicas: 2 },
        ],
      },
    });
    const hours = summary.gpuHours!;
    const { provisioned, ...states } = hours;
    expect(hours.starting * 3600).toBeCloseTo(2 * 7, 9);
    expect(hours.draining).toBeGreaterThan(0);
    expect(Object.values(states).reduce((sum, one) => sum + one, 0)).toBeCloseTo(provisioned, 12);
    expect(summary.utilization.averageGpus).toBeCloseTo((provisioned * 3600) / 60, 9);
  });
});

describe('load policy', () => {
  const policy = new LoadPolicy({ queueUp: 4, queueDown: 0.5, kvUp: 0.8, kvDown: 0.4, step: 1 });

  it('grows on a long queue, and on a full cache', () => {
    expect(policy.replicas({ ...observed, queued: 17 })).toBe(5);
    expect(policy.replicas({ ...observed, kvUse: 0.9 })).toBe(5);
  });

  it('counts replicas that are starting as if they shared the load', () => {
    expect(policy.replicas({ ...observed, queued: 17, present: 5 })).toBe(5);
  });

  it('shrinks only while those that stay can carry the rest', () => {
    expect(policy.replicas({ ...observed, kvUse: 0.3 })).toBe(3);
    const narrow = new LoadPolicy({ queueUp: 4, queueDown: 0.5, kvUp: 0.35, kvDown: 0.35, step: 2 });
    expect(narrow.replicas({ ...observed, kvUse: 0.3 })).toBe(4);
  });
});

describe('schedule', () => {
  it('repeats itself, and holds the last size of the period before the first entry', () => {
    const policy = new SchedulePolicy(
      [
        { atSeconds: 8, replicas: 4 },
        { atSeconds: 20, replicas: 1 },
      ],
      2,
      24,
    );
    expect([1, 9, 21, 25, 33].map((nowSeconds) => policy.replicas({ nowSeconds }))).toEqual([1, 4, 1, 1, 4]);
    expect([1, 9, 21].map((now) => policy.nextSeconds(now))).toEqual([8, 20, 32]);
  });
});

describe('forecasts', () => {
  const last = (name: keyof typeof FORECASTS, values: number[]) => {
    const forecast = FORECASTS[name](4);
    return values.map((value) => forecast.next(value)).at(-1) as number;
  };

  it('continue a line: linear exactly, holt after a while, the mean never', () => {
    const line = Array.from({ length: 60 }, (_, i) => 10 + 3 * i);
    expect(last('linear', line)).toBeCloseTo(10 + 3 * 60, 9);
    expect(last('holt', line)).toBeCloseTo(10 + 3 * 60, 1);
    expect(last('constant', line)).toBe(10 + 3 * 59);
    expect(last('moving-average', line)).toBeCloseTo(10 + 3 * 57.5, 9);
  });

  it('never expect fewer than no requests', () => {
    expect(last('linear', [30, 20, 10, 0])).toBe(0);
  });
});
