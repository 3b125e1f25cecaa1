import { describe, expect, it } from 'vitest';
import { stacks } from '../../src/catalog/index.js';
import { checkCoefficients, datasheetCalibration } from '../../src/perf/index.js';

describe('coefficients', () => {
  it('datasheet defaults lie within physical bounds for every stack, and say what they are', () => {
    for (const stack of Object.values(stacks)) {
      const { coefficients, provenance } = datasheetCalibration(stack);
      expect(() => checkCoefficients(coefficients)).not.toThrow();
      expect(provenance.tier).toBe('datasheet');
    }
  });

  it('rejects an efficiency above 1, naming it', () => {
    const { coefficients } = datasheetCalibration(stacks.vllm);
    expect(() => checkCoefficients({ ...coefficients, linkEfficiency: 6.6 })).toThrow(
      'coefficients.linkEfficiency: a coefficient is outside its physical bounds (found 6.6; allowed: 0.05 to 1)',
    );
    expect(() => checkCoefficients({ ...coefficients, stepSeconds: Number.NaN })).toThrow('stepSeconds');
  });
});
