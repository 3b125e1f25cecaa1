import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileLinear } from '../../src/perf/index.js';

describe('linear step time', () => {
  it('is base + perSequence * B + perContextToken * S + perPrefillToken * P, exactly', () => {
    const formula = {
      baseSeconds: 5e-3,
      perSequenceSeconds: 20e-6,
      perContextTokenSeconds: 2e-9,
      perPrefillTokenSeconds: 40e-6,
    };
    const steps = compileLinear(formula, 256);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 256 }), fc.nat(1e7), fc.nat(20000), (b, tokens, p) => {
        const s = b === 0 ? 0 : tokens;
        expect(steps.stepSeconds(b, s, p, 1e6, 0, 3)).toBeCloseTo(5e-3 + 20e-6 * b + 2e-9 * s + 40e-6 * p, 14);
      }),
    );
    expect(steps.decodeSeconds(0, 64, 1e5)).toBeCloseTo(5e-3 + 20e-6 * 64 + 2e-9 * 1e5, 14);
  });

  it('rejects negative times and steps that take none', () => {
    const zero = { baseSeconds: 0, perSequenceSeconds: 0, perContextTokenSeconds: 0, perPrefillTokenSeconds: 0 };
    expect(() => compileLinear(zero, 8)).toThrow('a step would take no time');
    expect(() => compileLinear({ ...zero, baseSeconds: -1 }, 8)).toThrow('baseSeconds is not a time');
  });
});
