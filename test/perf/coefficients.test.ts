import { describe, expect, it } from 'vitest';
import { gpus, stacks } from '../../src/catalog/index.js';
import { checkCoefficients, datasheetCalibration } from '../../src/perf/index.js';

describe('coefficients', () => {
  it('datasheet defaults lie within physical bounds for every GPU, stack and precision, and say what they are', () => {
    for (const gpu of Object.values(gpus)) {
      for (const stack of Object.values(stacks)) {
        for (const precision of ['bf16', 'fp8', 'fp4', 'int4'] as const) {
          const { coefficients, provenance } = datasheetCalibration(gpu, stack, precision);
          expect(() => checkCoefficients(coefficients)).not.toThrow();
          expect(provenance.tier).toBe('datasheet');
        }
      }
    }
  });

  it('rejects an efficiency above 1, naming it', () => {
    const { coefficients } = datasheetCalibration(gpus['h100-sxm'], stacks.vllm, 'fp8');
    expect(() => checkCoefficients({ ...coefficients, prefillAttentionComputeEfficiency: 6.6 })).toThrow(
      'coefficients.prefillAttentionComputeEfficiency: a coefficient is outside its physical bounds (found 6.6; allowed: 0.05 to 1)',
    );
    expect(() => checkCoefficients({ ...coefficients, stepSeconds: Number.NaN })).toThrow('stepSeconds');
  });
});
