import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

const performance = { type: 'linear', base: '10ms', perSequence: '1ms', perPrefillToken: '50us', kvCapacity: 20_000 };
const NEVER = '3000d';

/** A fleet at work: two ways of serving, queues, memory that is short at times. */
function serve(pools: object[], changes: { class?: object; factory?: object; scenario?: object } = {}) {
  const records: RequestRecord[] = [];
  const { summary } = simulate(
    makeScenario({
      horizon: { requests: 400 },
      traffic: [
        {
          arrivals: { process: 'gamma', rate: 30, cv: 2 },
          input: { distribution: 'lognormal', mean: 400, cv: 1, max: 4000 },
          output: { distribution: 'geometric', mean: 60, max: 500 },
          ...changes.class,
        },
      ],
      factory: { pools, startup: '1s', transfer: { bytesPerToken: 1e5 }, ...changes.factory },
      ...changes.scenario,
    }),
    { onRecord: (record) => void records.push({ ...record }) },
  );
  return { records, summary };
}

const TOGETHER = [{ performance, replicas: 3 }];
const APART = [
  { role: 'prefill', performance, replicas: 3 },
  { role: 'decode', performance, replicas: 3 },
];

/** Everything that can be asked for, and here never does anything. */
const FEATURES: Record<string, Parameters<typeof serve>[1]> = {
  'a planner with nowhere to go': {
    scenario: { planner: { policy: 'schedule', schedule: [{ at: NEVER, replicas: 1 }], max: 3 } },
  },
  'faults that never come': {
    scenario: {
      faults: {
        gpu: { mtbf: '300000d', mttr: '1s' },
        node: { mtbf: '300000d', mttr: '1s', distribution: 'weibull', shape: 3 },
        stragglers: { mtbf: '300000d', mttr: '1s', slowdown: 2 },
        incidents: [{ at: NEVER, duration: '1s', pool: 'p' }],
      },
    },
  },
  'a slow spell of factor 1': {
    scenario: { faults: { incidents: [{ at: '1s', duration: '5s', pool: 'p', slowdown: 1 }] } },
  },
  'users with all the time in the world': { class: { deadline: { firstToken: NEVER, end: NEVER } } },
  'queues without an end': {
    scenario: { admission: { maxQueued: 1e9, maxQueuedPerReplica: 1e9, shedding: 'lowest-priority' } },
  },
  'a bucket that is always full': { class: { rateLimit: { rate: 1e9, burst: 1_000_000 } } },
  'priorities where there is one class': { class: { priority: 7 } },
};

describe.each([
  ['together', TOGETHER],
  ['apart', APART],
])('a feature that never comes to pass leaves every byte as it was, prompts and answers %s', (_, bare) => {
  const pools = bare.map((pool, i) => ({ ...pool, name: i === 0 ? 'p' : 'd' }));
  const plain = serve(pools);

  it.each(Object.keys(FEATURES))('%s', (feature) => {
    // Outcomes that come with a feature, such as failed, are counted only then.
    expect(serve(pools, FEATURES[feature])).toMatchObject(plain);
  });
});

it('round-robin on both sides: prefill and decode replicas all get their share', () => {
  const { records } = serve(APART, { scenario: { router: { policy: 'round-robin' } } });
  const ended = [3, 4, 5].map((decode) => records.filter(({ instance }) => instance === decode).length);
  expect(Math.max(...ended) - Math.min(...ended)).toBeLessThan(40);
});
