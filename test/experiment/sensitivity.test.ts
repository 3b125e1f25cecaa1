import { describe, expect, it } from 'vitest';
import { admissible, sensitivityInputs } from '../../src/experiment/sensitivity/inputs.js';
import { sensitivityOf } from '../../src/experiment/sensitivity/sensitivity.js';
import { inlineExecutor } from '../../src/experiment/sweep/executor.js';
import { makeScenario } from '../support/scenarios.js';

/** A fleet that is paid for by the hour and never has a queue: $ per token is price over demand, exactly. */
const scenario = makeScenario({
  name: 'plain',
  horizon: { requests: 400 },
  traffic: [
    {
      arrivals: { process: 'constant', rate: 5 },
      input: { distribution: 'fixed', value: 100 },
      output: { distribution: 'fixed', value: 10 },
    },
  ],
  factory: {
    performance: { type: 'linear', base: 0.001, kvCapacity: 100_000 },
    pools: [{ gpu: 'h200-sxm', replicas: 3 }],
  },
});
const place = { file: 'plain.yaml', baseDirectory: '.' };

describe('sensitivity', () => {
  it('finds every number of demand, fleet and prices, and the price of the book', () => {
    const paths = sensitivityInputs(scenario).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(
        [
          'traffic[0].arrivals.rate',
          'traffic[0].output.value',
          'factory.pools[0].replicas',
          'factory.performance.base',
          'economics.pue',
          'economics.gpuHour["h200-sxm"]',
        ].map((path) => expect.stringContaining(path.replace('["h200-sxm"]', '')) as string),
      ),
    );
    expect(paths.some((path) => path.includes('parallelism') || path.includes('seed'))).toBe(false);
  });

  it('takes whole numbers where there must be one, and the next where that would be the same', () => {
    const text = JSON.stringify(scenario);
    expect(admissible(text, { path: 'factory.pools[0].replicas', base: 3 }, 1.2)).toBe(4);
    expect(admissible(text, { path: 'traffic[0].input.value', base: 100 }, 0.8)).toBe(80);
    expect(admissible(text, { path: 'traffic[0].arrivals.rate', base: 5 }, 1.1)).toBe(5.5);
    expect(admissible(text, { path: 'economics.utilization', base: 1 }, 1.2)).toBeUndefined();
  });

  it('says that price and fleet move the cost of a token one to one, and demand the other way', async () => {
    const { base, inputs } = await sensitivityOf(scenario, place, inlineExecutor());
    const of = (part: string) => inputs.find(({ path }) => path.includes(part));
    // 3 H200 at $2.05 over 550 tokens/s.
    expect(base).toBeCloseTo((3 * 2.05) / (550 * 3600e-6), 1);
    expect(of('gpuHour')?.elasticity).toBeCloseTo(1, 9);
    expect(of('gpuHour')?.swing).toBeCloseTo(0.4, 9);
    expect(of('replicas')?.elasticity).toBeCloseTo(1, 9);
    expect(of('replicas')).toMatchObject({ low: { input: 2 }, high: { input: 4 } });
    expect(of('rate')?.elasticity).toBeCloseTo(-1, 1);
    expect(of('electricity')?.swing).toBe(0);
  });

  it('ranks by what the same relative change does, so that a whole replica does not win by its size', async () => {
    const { inputs } = await sensitivityOf(scenario, place, inlineExecutor(), { step: 0.1 });
    const order = inputs.slice(0, 5).map(({ path }) => path.replace(/.*[.[]/, ''));
    // Utilisation can only fall; a third replica more or less swings twice as far as 10 % of the rate, for its step.
    expect(inputs.find(({ path }) => path.includes('replicas'))?.swing).toBeGreaterThan(0.6);
    expect(order[0]).not.toBe('replicas');
  });

  it('moves any figure of the summary, and refuses what is none', async () => {
    const { inputs, metric } = await sensitivityOf(scenario, place, inlineExecutor(), { metric: 'tpotMs.mean' });
    expect(metric).toBe('tpotMs.mean');
    expect(inputs[0].path).toBe('factory.performance.base');
    await expect(sensitivityOf(scenario, place, inlineExecutor(), { metric: 'cost.usd' })).rejects.toThrow(
      /--metric: is not a metric of the summary/,
    );
    await expect(sensitivityOf(scenario, place, inlineExecutor(), { metric: 'revenue.roi' })).rejects.toThrow(
      /revenue.roi has no value in this run/,
    );
  });
});
