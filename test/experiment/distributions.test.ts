import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';

const LENGTHS = {
  input: { distribution: 'lognormal', mean: 500, cv: 1 },
  output: { distribution: 'geometric', mean: 50 },
} as const;
const scenario = (classes: number): ScenarioInput => ({
  horizon: { requests: 2000 },
  traffic: Array.from({ length: classes }, (_, i) => ({
    name: `class-${i}`,
    arrivals: { process: 'poisson', rate: 5 + i },
    ...LENGTHS,
  })),
  factory: {
    performance: { type: 'linear', base: '5ms', perSequence: '50us', perPrefillToken: '20us', kvCapacity: 400_000 },
    pools: [{ replicas: 1 }],
  },
});

describe('distributions', () => {
  it('hold the quantiles of the summary, and rise', () => {
    const { summary, distributions } = simulate(scenario(1));
    for (const key of ['ttftMs', 'tpotMs', 'itlMs', 'e2eMs', 'queueMs'] as const) {
      const values = distributions[key];
      const at = (share: number) => values[distributions.shares.indexOf(share)];
      for (const [quantile, share] of [
        ['p50', 0.5],
        ['p90', 0.9],
        ['p99', 0.99],
        ['max', 1],
      ] as const) {
        expect((at(share) ?? 0) / (summary[key][quantile] ?? 1)).toBeCloseTo(1, 5);
      }
      expect(values).toEqual([...values].sort((a, b) => (a ?? 0) - (b ?? 0)));
    }
    expect(distributions.byClass).toBeUndefined();
  });

  it('are known of each class where there are several', () => {
    const { summary, distributions } = simulate(scenario(2));
    expect(Object.keys(distributions.byClass ?? {})).toEqual(['class-0', 'class-1']);
    const last = distributions.byClass?.['class-1'].ttftMs.at(-1);
    expect((last ?? 0) / (summary.classes['class-1'].ttftMs.max ?? 1)).toBeCloseTo(1, 5);
  });

  it('are means over the runs', () => {
    const { summary, distributions } = simulate({ ...scenario(1), replications: 3 });
    const median = distributions.ttftMs[distributions.shares.indexOf(0.5)];
    expect((median ?? 0) / (summary.ttftMs.p50 ?? 1)).toBeCloseTo(1, 4);
  });
});
