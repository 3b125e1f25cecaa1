import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import { adjustedInterval, type Controls } from '../../src/experiment/compare/control-variates.js';
import { demandControls } from '../../src/experiment/compare/demand-controls.js';
import { figuresOf } from '../../src/experiment/compare/figures.js';
import { pairedFigure, unpairedHalfWidth } from '../../src/experiment/compare/paired.js';
import { studentInterval } from '../../src/experiment/intervals.js';
import type { Summary } from '../../src/experiment/result.js';
import { simulate } from '../../src/experiment/simulate.js';
import { makeScenario } from '../support/scenarios.js';

/** Values of mean 7 that a control explains but for a tenth; the control's mean is 3. */
function made(seed: number, noise: number, runs = 12): { values: number[]; controls: Controls } {
  const random = randomStream(seed, 0, 'control-variates');
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = Array.from({ length: runs }, () => [3 + normal(), random()]);
  return {
    values: rows.map(([control]) => 7 + 2 * (control - 3) + noise * normal()),
    controls: { runs: rows, draws: Array.from({ length: 1500 }, () => [3 + normal(), random()]) },
  };
}

describe('an interval adjusted by controls', () => {
  it('contains the true mean 93 to 97 % of the time', () => {
    let contained = 0;
    const trials = 1000;
    for (let seed = 0; seed < trials; seed++) {
      const { values, controls } = made(seed, 0.5);
      const { mean: found, halfWidth } = adjustedInterval(values, controls);
      if (Math.abs(found - 7) <= (halfWidth ?? 0)) contained++;
    }
    expect(contained / trials).toBeGreaterThan(0.93);
    expect(contained / trials).toBeLessThan(0.97);
  });

  it('is several times narrower where the controls explain most', () => {
    const { values, controls } = made(1, 0.2);
    const plain = studentInterval(values).halfWidth ?? 0;
    expect(plain / (adjustedInterval(values, controls).halfWidth ?? Infinity)).toBeGreaterThan(4);
  });

  it('is that of Student where the controls never change', () => {
    const { values } = made(2, 1);
    const same = { runs: values.map(() => [5]), draws: [[5], [5]] };
    expect(adjustedInterval(values, same).mean).toBeCloseTo(mean(values), 12);
    expect(adjustedInterval(values, same).halfWidth).toBeCloseTo(studentInterval(values).halfWidth ?? 0, 12);
  });

  it('does not mind two controls that say the same', () => {
    const { values, controls } = made(3, 0.3);
    const twice = (rows: Controls['runs']) => rows.map(([a, b]) => [a, 2 * a + 1, b]);
    const doubled = adjustedInterval(values, { runs: twice(controls.runs), draws: twice(controls.draws) });
    expect(doubled.mean).toBeCloseTo(adjustedInterval(values, controls).mean, 9);
  });
});

describe('controls of a demand', () => {
  const scenario = (gpu: string) =>
    makeScenario({
      replications: 10,
      horizon: { requests: 500 },
      traffic: [
        {
          arrivals: { process: 'gamma', rate: 12, cv: 2.5 },
          input: { distribution: 'lognormal', mean: 1024, cv: 1.2, max: 32_768 },
          output: { distribution: 'lognormal', mean: 256, cv: 0.9, max: 4096 },
        },
      ],
      factory: { model: 'llama-3.1-70b', pools: [{ gpu, replicas: 2, parallelism: { tp: 4 } }] },
    });
  const runs = (gpu: string) => {
    const summaries: Summary[] = [];
    simulate(scenario(gpu), { onReplication: ({ summary }) => summaries.push(summary) });
    return summaries.map(figuresOf);
  };

  it('make differences of mean latencies at least 3 times tighter than unpaired ones on a Hopper-Blackwell pair', () => {
    const controls = demandControls(scenario('h200-sxm'), () => [], 10);
    const [hopper, blackwell] = [runs('h200-sxm'), runs('b200-sxm')];
    for (const metric of ['ttftMs.mean', 'tpotMs.mean', 'itlMs.mean', 'e2eMs.mean', 'queueMs.mean']) {
      const [a, b] = [hopper, blackwell].map((fleet) => fleet.map((figures) => figures.get(metric) ?? 0));
      const { differenceHalfWidth, difference, reference, value, adjusted } = pairedFigure(a, b, controls.get(metric));
      expect((unpairedHalfWidth(a, b) ?? 0) / (differenceHalfWidth ?? Infinity), metric).toBeGreaterThan(3);
      expect(difference).toBeCloseTo(value - reference, 9);
      expect(adjusted).toBe(true);
    }
  });

  it('are there only where the demand is drawn, and for enough runs', () => {
    const closed = makeScenario({
      traffic: [
        {
          arrivals: { process: 'closed-loop', users: 3 },
          input: { distribution: 'fixed', value: 9 },
          output: { distribution: 'fixed', value: 9 },
        },
      ],
      factory: { performance: { type: 'linear', base: 0.01 }, pools: [{}] },
    });
    expect(demandControls(closed, () => [], 20).size).toBe(0);
    expect(demandControls(scenario('h200-sxm'), () => [], 3).size).toBe(0);
  });
});
