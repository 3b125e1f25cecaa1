import { describe, expect, it } from 'vitest';
import { describeControl } from '../../src/report/control-words.js';
import { makeScenario } from '../support/scenarios.js';

const traffic = [
  {
    name: 'chat',
    arrivals: { process: 'poisson', rate: 1 },
    input: { distribution: 'fixed', value: 100 },
    output: { distribution: 'fixed', value: 100 },
  },
];
const words = (scenario: object) =>
  describeControl(makeScenario({ traffic, ...scenario }))
    .filter(([, ...texts]) => texts.length > 0)
    .map(([label, ...texts]) => `${label}: ${texts.join(' | ')}`);

describe('what steers and disturbs a fleet, in words', () => {
  it('is nothing for a fleet that stays as it is', () => {
    expect(words({ factory: { model: 'llama-3.1-8b', pools: [{ gpu: 'h100-sxm' }] } })).toEqual([]);
  });

  it('names each of it once', () => {
    const pools = ['prefill', 'decode'].map((role) => ({ role, gpu: 'h100-sxm', name: role, replicas: 2, spares: 1 }));
    expect(
      words({
        factory: {
          model: 'llama-3.1-8b',
          pools,
          startup: '90s',
          disaggregation: { localPrefillTokens: 50, switching: {} },
        },
        traffic: [{ ...traffic[0], deadline: '20s', rateLimit: { rate: 3 } }],
        planner: { policy: 'load', max: 4 },
        admission: { maxQueued: 100, shedding: 'lowest-priority' },
        faults: { node: { mtbf: '30d', mttr: '1h' }, incidents: [{ at: 5, duration: 5, pool: 'decode' }] },
      }),
    ).toEqual([
      'transfers: KV caches over the network; prompts up to 50 tokens stay with decode; replicas change sides, looked at every 5 s',
      'planner: load: prefill 1 to 4 replicas, decode 1 to 4 replicas; every 30 s; start-up 90 s',
      'admission: at most 100 wait; the least important go first; chat at most 3/s; users of chat leave after a deadline',
      'faults: nodes fail every 30 d for 60 min; 1 incident; 2 spare replicas beside',
    ]);
  });

  it('says which link was chosen', () => {
    const pools = ['prefill', 'decode'].map((role) => ({ role, gpu: 'h100-sxm' }));
    const factory = { model: 'llama-3.1-8b', pools };
    expect(words({ factory })).toEqual(['transfers: KV caches over NVLink']);
    expect(words({ factory: { ...factory, transfer: { bandwidth: '25GB/s' } } })).toEqual([
      'transfers: KV caches over links of 25 GB/s per GPU',
    ]);
  });
});
