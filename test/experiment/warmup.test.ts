import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import { simulate } from '../../src/experiment/simulate.js';
import { mser, WarmUpFinder } from '../../src/experiment/warmup.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';
import { madeUpRecord } from '../report/made-up.js';

const random = randomStream(1, 0, 'noise');
const noise = (n: number) => Array.from({ length: n }, () => random() - 0.5);

describe('MSER', () => {
  it('leaves out a start that is unlike the rest', () => {
    expect(mser([9, 5, 2, 1, 1, 1, 1, 1, 1, 1])).toEqual({ truncated: 3, steady: true });
  });

  it('finds the end of a start-up in noise', () => {
    const series = noise(1000).map((value, i) => value + 10 * Math.exp(-i / 30));
    const { truncated, steady } = mser(series);
    expect(steady).toBe(true);
    expect(truncated).toBeGreaterThan(60);
    expect(truncated).toBeLessThan(250);
  });

  it('leaves out little or nothing where there is only noise', () => {
    expect(mser(noise(1000)).truncated).toBeLessThan(400);
    expect(mser(Array.from({ length: 100 }, () => 3))).toEqual({ truncated: 0, steady: true });
  });

  it('says that a series that keeps growing never settles', () => {
    expect(mser(noise(1000).map((value, i) => value + i / 20)).steady).toBe(false);
  });
});

describe('the end of the start-up', () => {
  it('is found in a long run without keeping it', () => {
    const finder = new WarmUpFinder();
    for (let i = 0; i < 200_000; i++) {
      const arrivalSeconds = i / 100;
      const ttft = 1 - Math.exp(-arrivalSeconds / 20) + 0.01 * (random() - 0.5);
      const firstTokenSeconds = arrivalSeconds + ttft;
      finder.add(
        madeUpRecord({ arrivalSeconds, firstTokenSeconds, endSeconds: firstTokenSeconds + 1, outputTokens: 11 }),
      );
    }
    const { seconds, steady } = finder.find();
    expect(steady).toBe(true);
    expect(seconds).toBeGreaterThan(40);
    expect(seconds).toBeLessThan(400);
  });
});

const filling = (changes: object = {}): ScenarioInput =>
  ({
    horizon: { duration: '20m', warmup: 'auto' },
    traffic: [
      {
        arrivals: { process: 'poisson', rate: 5 },
        input: { distribution: 'fixed', value: 100 },
        output: { distribution: 'uniform', min: 1000, max: 3000 },
      },
    ],
    // Answers take about 40 s each, so that batches need about a minute to fill, and steps get longer on the way.
    factory: { pools: [{ performance: { type: 'linear', base: '10ms', perSequence: '50us' } }] },
    ...changes,
  }) as ScenarioInput;

describe('warmup: auto', () => {
  it('becomes a warm-up in seconds that gives the same result when it is given', () => {
    const found = simulate(filling());
    const { warmup } = found.scenario.horizon;
    expect(warmup).toBeGreaterThan(10);
    expect(warmup).toBeLessThan(600);
    expect(found.summary.window.startSeconds).toBe(warmup);
    const given = simulate(filling({ horizon: { duration: '20m', warmup } }));
    expect({ ...given, simulation: undefined }).toEqual({ ...found, simulation: undefined });
  });

  it('warns where the fleet is overloaded and nothing ever settles', () => {
    const batching = { maxSequences: 40 };
    const overloaded = filling({ factory: { pools: [{ batching, performance: { type: 'linear', base: '10ms' } }] } });
    expect(simulate(overloaded).warnings.join()).toContain('no steady state');
  });

  it('holds for all replications', () => {
    const { scenario, replications } = simulate(filling({ replications: 2 }));
    expect(scenario.horizon.warmup).toBeGreaterThan(10);
    expect(replications).toBe(2);
  });

  it('is told from a duration', () => {
    expect(() => simulate(filling({ horizon: { requests: 10, warmup: 'soon' } }))).toThrow(
      /horizon.warmup: must be a duration or auto \(found "soon"/,
    );
  });
});
