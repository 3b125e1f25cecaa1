import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

const chat = {
  arrivals: { process: 'poisson', rate: 0.5 },
  input: { distribution: 'lognormal', mean: 120, cv: 1 },
  output: { distribution: 'lognormal', mean: 60, cv: 1 },
  sessions: {
    turns: { distribution: 'geometric', mean: 5 },
    think: { distribution: 'exponential', mean: 4 },
    system: { tokens: { distribution: 'fixed', value: 640 }, groups: 2 },
  },
};
const fleet = (more: object = {}, kvCapacity = 200_000) => ({
  pools: [
    {
      replicas: 2,
      performance: { type: 'linear', base: 0.01, perSequence: 0.001, perPrefillToken: 1e-4, kvCapacity },
      ...more,
    },
  ],
});
const run = (factory: object, more: object = {}, onRecord?: (record: RequestRecord) => void) =>
  simulate(makeScenario({ horizon: { duration: 300 }, traffic: [chat], factory, ...more }), {
    checkInvariants: true,
    onRecord,
  }).summary;

describe('sessions in a result', () => {
  it('are all accounted for, and so are their turns', () => {
    const { sessions, requests } = run(fleet());
    const { started, completed, broken, inFlight, turns, latencyMs } = sessions!;
    expect(started).toBe(completed + broken + inFlight);
    expect(broken).toBe(0);
    expect(Math.abs(turns.mean! - 5)).toBeLessThan(1.5);
    expect(completed * turns.mean!).toBeLessThanOrEqual(requests.completed);
    expect(latencyMs.mean!).toBeGreaterThan(4000);
  });

  it('break off where a turn cannot be served', () => {
    const { sessions, requests } = run(fleet({}, 1600));
    expect(requests.rejected).toBeGreaterThan(5);
    expect(sessions!.broken).toBe(requests.rejected);
  });

  it('find what they share in a cache, most of all where a session stays with its instance', () => {
    const cached = fleet({ kvCache: { prefixCaching: true } });
    const anywhere = run(cached, { router: { policy: 'random' } });
    const affine = run(cached, { router: { policy: 'session' } });
    expect(run(fleet()).utilization.prefixHitRate).toBe(0);
    expect(anywhere.utilization.prefixHitRate).toBeGreaterThan(0.6);
    expect(affine.utilization.prefixHitRate).toBeGreaterThan(anywhere.utilization.prefixHitRate + 0.03);
    expect(affine.ttftMs.mean!).toBeLessThan(run(fleet(), { router: { policy: 'session' } }).ttftMs.mean!);
  });

  it('leave no trace where no class has them', () => {
    expect(run(fleet(), { traffic: [{ ...chat, sessions: undefined }] })).not.toHaveProperty('sessions');
  });

  it('can be expected to keep limits', () => {
    const expectations = (max: number) =>
      simulate(
        makeScenario({
          horizon: { duration: 60 },
          traffic: [chat],
          factory: fleet(),
          expect: [{ metric: 'sessions.broken', max }],
        }),
      ).expectations;
    expect(expectations(0)[0]).toMatchObject({ value: 0, pass: true });
  });
});
