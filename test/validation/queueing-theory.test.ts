import { factorial, sum } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import { makeScenario } from '../support/scenarios.js';

/** A fleet of single servers whose every step takes `base` seconds: a request of L output tokens takes L steps. */
function servers(base: number, count = 1, policy = 'least-loaded') {
  return {
    factory: {
      pools: [
        {
          replicas: count,
          batching: { maxSequences: 1, maxBatchedTokens: 16 },
          performance: { type: 'linear', base },
        },
      ],
    },
    router: { policy },
  };
}

const poisson = (rate: number, output: object, seed: number, requests: number) => ({
  seed,
  horizon: { requests },
  traffic: [{ arrivals: { process: 'poisson', rate }, input: { distribution: 'fixed', value: 1 }, output }],
});

/** Mean over a few independent runs. */
function mean(seeds: number, measure: (seed: number) => number | null): number {
  return sum(Array.from({ length: seeds }, (_, seed) => measure(seed + 1)!)) / seeds;
}

const within = (share: number, value: number, theory: number) =>
  expect(Math.abs(value / theory - 1), `${value} against ${theory}`).toBeLessThan(share);

describe('queueing theory', () => {
  it('M/D/1 waiting time matches Pollaczek-Khinchine within 1 %', () => {
    const service = 0.01;
    const load = 0.7;
    const output = { distribution: 'fixed', value: 1 };
    const wait = mean(6, (seed) => {
      const scenario = makeScenario({ ...poisson(load / service, output, seed, 200_000), ...servers(service) });
      return simulate(scenario).summary.queueMs.mean;
    });
    within(0.01, wait, (1000 * load * service) / (2 * (1 - load)));
  });

  it('M/M/1 (geometric lengths) waiting time matches Pollaczek-Khinchine within 1 %', () => {
    const tokens = 50;
    const step = 0.0002;
    const load = 0.6;
    const service = tokens * step;
    const output = { distribution: 'geometric', mean: tokens };
    const wait = mean(8, (seed) => {
      const scenario = makeScenario({ ...poisson(load / service, output, seed, 200_000), ...servers(step) });
      return simulate(scenario).summary.queueMs.mean;
    });
    // Second moment of a geometric variable on 1, 2, ...: (2 - p) / p^2.
    const second = (2 - 1 / tokens) * tokens ** 2 * step ** 2;
    within(0.01, wait, (1000 * (load / service) * second) / (2 * (1 - load)));
  });

  it('M/M/c behind one queue matches Erlang C within 1 %', () => {
    const c = 4;
    const tokens = 1000;
    const step = 1e-5;
    const load = 0.8;
    const service = tokens * step;
    const rate = (c * load) / service;
    const output = { distribution: 'geometric', mean: tokens };
    const wait = mean(8, (seed) => {
      const scenario = makeScenario({ ...poisson(rate, output, seed, 200_000), ...servers(step, c, 'central') });
      return simulate(scenario).summary.queueMs.mean;
    });
    const offered = c * load;
    const busy = offered ** c / factorial(c) / (1 - load);
    const others = sum(Array.from({ length: c }, (_, k) => offered ** k / factorial(k)));
    const erlangC = busy / (busy + others);
    within(0.01, wait, (1000 * erlangC * service) / (c * (1 - load)));
  });

  it('routing to the least loaded beats round-robin, and one queue beats both, as theory orders them', () => {
    const tokens = 1000;
    const step = 1e-5;
    const output = { distribution: 'geometric', mean: tokens };
    const wait = (policy: string) =>
      simulate(
        makeScenario({ ...poisson((4 * 0.8) / (tokens * step), output, 1, 100_000), ...servers(step, 4, policy) }),
      ).summary.queueMs.mean!;
    expect(wait('central')).toBeLessThan(wait('least-loaded'));
    expect(wait('least-loaded')).toBeLessThan(wait('round-robin'));
  });

  it('closed loop with thinking users matches the machine-repair model within 1 %', () => {
    const users = 10;
    const tokens = 1000;
    const step = 1e-5;
    const service = tokens * step;
    const think = 0.06;
    const rate = mean(4, (seed) => {
      const scenario = makeScenario({
        seed,
        horizon: { requests: 200_000 },
        traffic: [
          {
            arrivals: { process: 'closed-loop', users, think: { distribution: 'exponential', mean: think } },
            input: { distribution: 'fixed', value: 1 },
            output: { distribution: 'geometric', mean: tokens },
          },
        ],
        ...servers(step),
      });
      return simulate(scenario).summary.throughput.requestsPerSecond;
    });
    // M/M/1//N: the server is idle with probability p0 = 1 / sum of N! / (N - k)! * (service / think)^k.
    const terms = Array.from(
      { length: users + 1 },
      (_, k) => (factorial(users) / factorial(users - k)) * (service / think) ** k,
    );
    within(0.01, rate, (1 - 1 / sum(terms)) / service);
  });

  it.each(['geometric', 'uniform'])(
    'processor sharing matches M/G/1-PS within one percent for %s lengths',
    (distribution) => {
      const tokens = 4000;
      const perSequence = 1e-5;
      const load = 0.6;
      const service = tokens * perSequence;
      const output =
        distribution === 'geometric' ? { distribution, mean: tokens } : { distribution, min: 1, max: 2 * tokens - 1 };
      const sojourn = mean(6, (seed) => {
        const scenario = makeScenario({
          ...poisson(load / service, output, seed, 100_000),
          factory: {
            pools: [
              {
                batching: { maxSequences: 4000 },
                // A step serves all B sequences and takes B times as long as for one: each gets 1/B of the server.
                performance: { type: 'linear', base: 1e-9, perSequence },
              },
            ],
          },
        });
        return simulate(scenario).summary.e2eMs.mean;
      });
      within(0.01, sojourn, (1000 * service) / (1 - load));
    },
  );

  it("Little's law holds exactly: mean number in system = rate x mean time in system", () => {
    const scenario = makeScenario({
      ...poisson(60, { distribution: 'geometric', mean: 50 }, 1, 50_000),
      ...servers(0.0002),
    });
    // The checker integrates the number in system over time and throws where it differs from the summed sojourns.
    expect(() => simulate(scenario, { checkInvariants: true })).not.toThrow();
  });

  it('stability: below capacity the delivered rate is the offered rate, above it the result says so', () => {
    const at = (load: number) =>
      simulate(
        makeScenario({ ...poisson(load / 0.01, { distribution: 'fixed', value: 1 }, 1, 50_000), ...servers(0.01) }),
      );
    const below = at(0.9);
    within(0.02, below.summary.throughput.requestsPerSecond, 90);
    expect(below.summary.bottleneck.overloaded).toBe(false);
    const above = at(1.1);
    within(0.01, above.summary.throughput.requestsPerSecond, 100);
    expect(above.summary.bottleneck.overloaded).toBe(true);
    expect(above.warnings.join()).toContain('overloaded');
  });
});
