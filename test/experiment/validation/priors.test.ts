import { describe, expect, it } from 'vitest';
import { priorSpread } from '../../../src/experiment/validation/priors.js';

describe('priors of a fit', () => {
  it('let a level move less the fewer models tell of it', () => {
    const spreads = [1, 2, 3, 6, 20].map((models) => priorSpread('h200-sxm vllm fp8', 'gemmSlowdown', models));
    expect(spreads).toEqual([...spreads].sort((a, b) => a - b));
    expect(spreads[0]).toBeLessThan(spreads[3] / 4);
    expect(spreads[3]).toBe(spreads[4]);
  });

  it('let what all runs share, and what one kind of model does, move whatever the number of models', () => {
    for (const level of ['all', 'h200-sxm vllm fp8 gqa dense']) {
      expect(priorSpread(level, 'gemmSlowdown', 1)).toBe(priorSpread(level, 'gemmSlowdown', 9));
    }
  });

  it('trust one model more for host times, which know little of models', () => {
    const share = (name: 'stepSeconds' | 'layerSeconds') => priorSpread('vllm', name, 1) / priorSpread('vllm', name, 9);
    expect(share('stepSeconds')).toBeGreaterThan(2 * share('layerSeconds'));
  });

  it('of a refinement hold what other clusters share', () => {
    const shared = priorSpread('vllm', 'gemmSlowdown', undefined);
    expect(shared).toBeLessThan(0.01);
    expect(priorSpread('h200-sxm vllm fp8', 'gemmSlowdown', undefined)).toBeGreaterThan(10 * shared);
    expect(priorSpread('h200-sxm vllm fp8 gqa dense', 'gemmSlowdown', undefined)).toBeGreaterThan(10 * shared);
  });
});
