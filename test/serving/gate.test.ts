import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';
import { makeScenario } from '../support/scenarios.js';

const lengths = { input: { distribution: 'fixed', value: 100 }, output: { distribution: 'fixed', value: 100 } };

/** Steps of 10 ms for one sequence at a time: one request a second. */
const factory = {
  pools: [{ replicas: 1, batching: { maxSequences: 1 } }],
  performance: { type: 'linear', base: 0.01 },
};

function run(changes: object) {
  const records: RequestRecord[] = [];
  const document = simulate(makeScenario({ factory, horizon: { duration: 200 }, ...changes }) as ScenarioInput, {
    checkInvariants: true,
    onRecord: (record) => {
      records.push(record);
    },
  });
  return { ...document, records };
}

const overload = [
  { name: 'low', priority: 0, arrivals: { process: 'poisson', rate: 2 }, ...lengths },
  { name: 'high', priority: 1, arrivals: { process: 'poisson', rate: 0.4 }, ...lengths },
];

describe('a token bucket', () => {
  it('lets in its rate in the long run, and a burst at once', () => {
    const traffic = [{ ...overload[0], rateLimit: { rate: 0.5, burst: 3 } }];
    const { requests } = run({ traffic }).summary;
    expect(requests.arrived - requests.rejected).toBeLessThanOrEqual(0.5 * 200 + 3);
    expect(requests.arrived - requests.rejected).toBeGreaterThanOrEqual(0.5 * 200 - 1);
  });

  it('refuses nobody who keeps to the rate', () => {
    const traffic = [
      { name: 'steady', arrivals: { process: 'constant', rate: 0.7 }, ...lengths, rateLimit: { rate: 0.7 } },
    ];
    expect(run({ traffic }).summary.requests.rejected).toBe(0);
  });
});

describe('a bound on those who wait', () => {
  it('keeps the wait of everybody who is served within the bound', () => {
    const { summary } = run({ traffic: overload, admission: { maxQueued: 4 } });
    expect(summary.requests.rejected).toBeGreaterThan(100);
    expect(summary.queueMs.max).toBeLessThanOrEqual(5000 * 1.01);
  });

  it('holds at each replica', () => {
    const { summary } = run({ traffic: overload, admission: { maxQueuedPerReplica: 2 } });
    expect(summary.requests.rejected).toBeGreaterThan(100);
    expect(summary.queueMs.max).toBeLessThanOrEqual(3000 * 1.01);
  });

  it('sheds the least important where asked to: those above lose a place only to each other', () => {
    const { summary } = run({ traffic: overload, admission: { maxQueued: 6, shedding: 'lowest-priority' } });
    const blind = run({ traffic: overload, admission: { maxQueued: 6 } }).summary;
    const { low, high } = summary.classes;
    expect(high.requests.rejected).toBeLessThan(blind.classes.high.requests.rejected / 10);
    expect(low.requests.rejected).toBeGreaterThan(100);
  });
});
