import fc from 'fast-check';
import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../src/experiment/compare/figures.js';
import { pairedFigure, unpairedHalfWidth } from '../../src/experiment/compare/paired.js';
import type { Summary } from '../../src/experiment/result.js';
import { simulate } from '../../src/experiment/simulate.js';
import { makeScenario } from '../support/scenarios.js';

describe('paired figures', () => {
  it('have an exact ratio where one fleet is always twice as slow', () => {
    expect(pairedFigure([10, 12, 11], [20, 24, 22])).toMatchObject({ ratio: 2, ratioHalfWidth: 0, difference: 11 });
  });

  it('show no difference where there is none', () => {
    const { significant, difference, ratio } = pairedFigure([1, 2, 3], [1, 2, 3]);
    expect({ significant, difference, ratio }).toEqual({ significant: false, difference: 0, ratio: 1 });
  });

  it('have neither interval nor verdict with one run', () => {
    const one = pairedFigure([1], [2]);
    expect(one).toMatchObject({ ratio: 2, ratioHalfWidth: null, differenceHalfWidth: null, significant: false });
  });

  it('have no ratio to nothing', () => {
    expect(pairedFigure([0, 0], [1, 2])).toMatchObject({ ratio: null, ratioHalfWidth: null, difference: 1.5 });
  });

  it('have a difference that is the difference of the means', () => {
    const runs = fc.array(fc.tuple(fc.double({ min: 1, max: 1e3 }), fc.double({ min: 1, max: 1e3 })), { minLength: 2 });
    fc.assert(
      fc.property(
        runs.filter((pairs) => pairs.flat().every(Number.isFinite)),
        (pairs) => {
          const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
          expect(pairedFigure(a, b).difference).toBeCloseTo(mean(b) - mean(a), 6);
        },
      ),
    );
  });

  it('of token rate and cost are at least 3 times tighter than unpaired on a Hopper and a Blackwell fleet', () => {
    const runs = (gpu: string) => {
      const summaries: Summary[] = [];
      const scenario = makeScenario({
        replications: 8,
        horizon: { requests: 600 },
        traffic: [
          {
            arrivals: { process: 'gamma', rate: 12, cv: 2.5 },
            input: { distribution: 'lognormal', mean: 1024, cv: 1.2, max: 32_768 },
            output: { distribution: 'lognormal', mean: 256, cv: 0.9, max: 4096 },
          },
        ],
        factory: { model: 'llama-3.1-70b', pools: [{ gpu, replicas: 2, parallelism: { tp: 4 } }] },
      });
      simulate(scenario, { onReplication: ({ summary }) => summaries.push(summary) });
      return summaries.map(figuresOf);
    };
    const [hopper, blackwell] = [runs('h200-sxm'), runs('b200-sxm')];
    for (const metric of ['throughput.outputTokensPerSecond', 'cost.usdPerMillionOutputTokens']) {
      const [a, b] = [hopper, blackwell].map((fleet) => fleet.map((figures) => figures.get(metric) ?? 0));
      const unpaired = unpairedHalfWidth(a, b) ?? 0;
      expect(unpaired / (pairedFigure(a, b).differenceHalfWidth ?? Infinity), metric).toBeGreaterThan(3);
    }
  });
});
