import { describe, expect, it } from 'vitest';
import { gpus, models, stacks } from '../../src/catalog/index.js';
import { compiledInstance } from '../../src/experiment/compiled.js';
import { datasheetCalibration } from '../../src/perf/index.js';

const options = (tp: number, maxSequences = 64) => ({
  model: models['llama-3.1-70b'],
  gpu: gpus['h200-sxm'],
  precision: 'fp8' as const,
  stack: stacks.vllm,
  calibration: datasheetCalibration(stacks.vllm),
  parallelism: { tp },
  maxBatchedTokens: 2048,
  maxSequences,
  memoryFraction: 0.9,
  key: 'factory.pools[0]',
});

describe('compiled instances', () => {
  it('are shared by equal options, whatever their place in the file, and by no others', () => {
    const instance = compiledInstance(options(4));
    expect(compiledInstance({ ...options(4), key: 'factory.pools[1]' })).toBe(instance);
    for (const other of [options(8), options(4, 32), { ...options(4), gpu: gpus['b200-sxm'] }]) {
      expect(compiledInstance(other)).not.toBe(instance);
    }
    const { calibration } = options(4);
    const slower = { ...calibration, coefficients: { ...calibration.coefficients, stepBase: 1 } };
    expect(compiledInstance({ ...options(4), calibration: slower })).not.toBe(instance);
  });

  it('are forgotten when many others were used since', () => {
    const instance = compiledInstance(options(4));
    for (let sequences = 65; sequences <= 128; sequences++) compiledInstance(options(4, sequences));
    expect(compiledInstance(options(4))).not.toBe(instance);
  });
});
