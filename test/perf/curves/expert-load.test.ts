import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExpertDistribution, expertLoad } from '../../../src/perf/curves/index.js';

const distributions: readonly ExpertDistribution[] = ['balanced', 'random', 'power_law_1.01', 'power_law_1.2'];

describe('expertLoad', () => {
  it('deals tokens out evenly when balanced', () => {
    const demand = { tokens: 64, experts: 256, expertsPerToken: 8, expertParallel: 8 };
    expect(expertLoad(demand, 'balanced')).toEqual({ rows: 64, touched: 32 });
    expect(expertLoad({ ...demand, tokens: 1 }, 'balanced')).toEqual({ rows: 1, touched: 1 });
  });

  it('touches 1 - (1 - k/E)^B of the experts at random', () => {
    const { touched } = expertLoad({ tokens: 32, experts: 256, expertsPerToken: 8, expertParallel: 1 }, 'random');
    expect(touched).toBeCloseTo(256 * (1 - (1 - 8 / 256) ** 32), 10);
  });

  it('stays between the mean load and all of it, and never shrinks with more tokens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e5 }),
        fc.constantFrom(8, 64, 128, 256, 384),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(1, 2, 4, 8),
        fc.constantFrom(...distributions),
        (tokens, experts, expertsPerToken, expertParallel, distribution) => {
          const demand = { tokens, experts, expertsPerToken, expertParallel };
          const { rows, touched } = expertLoad(demand, distribution);
          expect(rows).toBeGreaterThanOrEqual((tokens * expertsPerToken) / expertParallel);
          expect(rows).toBeLessThanOrEqual(tokens * expertsPerToken * (1 + 1e-12));
          expect(touched).toBeGreaterThan(0);
          expect(touched).toBeLessThanOrEqual(experts / expertParallel);
          const more = expertLoad({ ...demand, tokens: tokens + 1 }, distribution);
          expect(more.rows).toBeGreaterThanOrEqual(rows);
          expect(more.touched).toBeGreaterThanOrEqual(touched * (1 - 1e-12));
        },
      ),
    );
  });
});
