import { describe, expect, it } from 'vitest';
import { fluidLatencies } from '../../src/experiment/compare/fluid-fleet.js';
import { buildFleet } from '../../src/experiment/fleet.js';
import { demandSample } from '../../src/experiment/plan/demand-sample.js';
import { simulate } from '../../src/experiment/simulate.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { makeScenario } from '../support/scenarios.js';

const chat = (pools: object[]) =>
  makeScenario({
    horizon: { requests: 2000 },
    traffic: [
      {
        arrivals: { process: 'gamma', rate: 24, cv: 2 },
        input: { distribution: 'lognormal', mean: 1024, cv: 1.2, max: 32_768 },
        output: { distribution: 'lognormal', mean: 256, cv: 0.9, max: 4096 },
      },
    ],
    factory: { model: 'llama-3.1-70b', pools },
  });

/** Of the fluid model over that of the simulation of the same requests. */
function ratioOf(scenario: Scenario, name: 'ttft' | 'tpot' | 'itl' | 'e2e'): number {
  const pools = buildFleet(scenario, () => []).map(({ pool }) => pool);
  const { mean } = fluidLatencies(
    pools,
    demandSample(scenario, () => []),
  )[name];
  const { summary } = simulate(scenario);
  return (1000 * (mean ?? 0)) / (summary[`${name}Ms`].mean ?? Number.NaN);
}

const within = (ratio: number, share: number) => {
  expect(ratio).toBeGreaterThan(1 - share);
  expect(ratio).toBeLessThan(1 + share);
};

describe('the fluid model of a fleet', () => {
  it('is the queue itself where a replica serves one request at a time', () => {
    const queue = makeScenario({
      horizon: { requests: 5000 },
      traffic: [
        {
          arrivals: { process: 'poisson', rate: 70 },
          input: { distribution: 'fixed', value: 1 },
          output: { distribution: 'geometric', mean: 50 },
        },
      ],
      factory: {
        performance: { type: 'linear', base: 0.0002 },
        pools: [{ batching: { maxSequences: 1, maxBatchedTokens: 16 } }],
      },
    });
    within(ratioOf(queue, 'e2e'), 0.02);
    within(ratioOf(queue, 'ttft'), 0.02);
  });

  it('is near simulated means where prompts and answers share a step', () => {
    const scenario = chat([{ gpu: 'h200-sxm', replicas: 2, parallelism: { tp: 4 } }]);
    within(ratioOf(scenario, 'tpot'), 0.1);
    within(ratioOf(scenario, 'itl'), 0.1);
    within(ratioOf(scenario, 'e2e'), 0.1);
    within(ratioOf(scenario, 'ttft'), 0.25);
  });

  it('is near simulated means where prompts and answers are apart', () => {
    const scenario = chat([
      { role: 'prefill', gpu: 'h200-sxm', replicas: 3, parallelism: { tp: 2 } },
      { role: 'decode', gpu: 'h200-sxm', replicas: 1, parallelism: { tp: 4 } },
    ]);
    within(ratioOf(scenario, 'tpot'), 0.1);
    within(ratioOf(scenario, 'e2e'), 0.1);
    within(ratioOf(scenario, 'ttft'), 0.25);
  });

  it('puts replicas beyond sixteen together', () => {
    const scenario = chat([{ gpu: 'h200-sxm', replicas: 40, parallelism: { tp: 2 } }]);
    within(ratioOf(scenario, 'tpot'), 0.25);
  });
});
