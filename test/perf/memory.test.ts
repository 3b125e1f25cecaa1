import { describe, expect, it } from 'vitest';
import { gpus, models, stacks } from '../../src/catalog/index.js';
import { compileInstance, type InstanceOptions, resolveParallelism } from '../../src/perf/index.js';
import { weightBytesPerGpu } from '../../src/perf/memory.js';
import { bytesPerWeight, computePeak, weightFormat } from '../../src/perf/precision.js';
import { InputError } from '../../src/scenario/input-error.js';

const base: InstanceOptions = {
  model: models['llama-3.1-70b'],
  gpu: gpus['h100-sxm'],
  precision: 'fp8',
  stack: stacks.vllm,
  parallelism: { tp: 4 },
  maxBatchedTokens: 8192,
  maxSequences: 256,
  memoryFraction: 0.9,
};

function problem(options: Partial<InstanceOptions>): string {
  try {
    compileInstance({ ...base, ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('expected an InputError');
}

describe('memory', () => {
  it('weights of llama-3.1-70b at fp8 take 70.6 GB plus 2.1 GB for embedding and LM head that stay at 16 bit', () => {
    const bytes = weightBytesPerGpu(base.model, 'fp8', resolveParallelism(base.model, {}));
    expect(bytes / 1e9).toBeCloseTo(70.55 + 2.1, 1);
    expect(weightBytesPerGpu(base.model, 'fp8', resolveParallelism(base.model, { tp: 4 }))).toBeCloseTo(bytes / 4, 0);
  });

  it('gives the KV cache what weights and reserve leave', () => {
    const { memory, kvCapacityTokens } = compileInstance(base);
    expect(memory.budgetBytes).toBeCloseTo(0.9 * 81559 * 2 ** 20, 0);
    expect(memory.weightBytes + memory.reserveBytes + memory.stateBytes + memory.kvCacheBytes).toBeCloseTo(
      memory.budgetBytes,
      0,
    );
    expect(kvCapacityTokens).toBe(Math.floor(memory.kvCacheBytes / (163840 / 4)));
    // (4 x 77.0 GB - 72.7 GB of weights - 4 x about 2.5 GB of reserve) / 163 840 bytes = 1.37 million.
    expect(kvCapacityTokens).toBeGreaterThan(1.1e6);
    expect(kvCapacityTokens).toBeLessThan(1.5e6);
  });

  it('sums the KV capacity over data-parallel attention ranks', () => {
    const shared = { ...base, model: models['deepseek-r1'], gpu: gpus['h200-sxm'] };
    const tensor = compileInstance({ ...shared, parallelism: { tp: 8 } });
    const data = compileInstance({ ...shared, parallelism: { attentionDp: 8 } });
    expect(data.gpus).toBe(8);
    expect(data.kvCapacityTokens).toBe(8 * data.memory.kvTokensPerRank);
    // Attention weights are replicated, but each rank holds its own latents instead of a copy of all.
    expect(data.memory.weightBytes).toBeGreaterThan(tensor.memory.weightBytes);
    expect(data.kvCapacityTokens).toBeGreaterThan(4 * tensor.kvCapacityTokens);
  });

  it('shares experts over moeTp * moeEp however they are cut', () => {
    const cut = (moeTp: number, moeEp: number) =>
      weightBytesPerGpu(
        models['deepseek-r1'],
        'fp8',
        resolveParallelism(models['deepseek-r1'], { tp: 8, moeTp, moeEp }),
      );
    expect(cut(1, 8)).toBeCloseTo(cut(8, 1), 0);
    expect(cut(2, 4)).toBeCloseTo(cut(8, 1), 0);
  });

  it('fills up with copies where the GPUs do not divide the experts: 22 on each of 12', () => {
    const on = (attentionDp: number) =>
      weightBytesPerGpu(models['deepseek-r1'], 'fp8', resolveParallelism(models['deepseek-r1'], { attentionDp }));
    const expert = 3 * 7168 * 2048 * 58;
    expect(on(12) - on(16)).toBeCloseTo((22 - 16) * expert, 0);
  });

  it('says what is needed, what there is, and the smallest tp that fits', () => {
    const message = problem({ precision: 'bf16', parallelism: { tp: 1 }, key: 'factory.pools[0]' });
    expect(message).toContain('factory.pools[0].parallelism: llama-3.1-70b at bf16 does not fit on 1 x h100-sxm');
    expect(message).toMatch(/needs \d+\.\d GB before any KV cache \(weights 141\.\d GB/);
    expect(message).toContain('77.0 GB are available');
    expect(message).toContain('the smallest tp that fits is 2');
    expect(problem({ model: models['llama-3.1-405b'], precision: 'bf16', gpu: gpus.l40s })).toContain(
      'the smallest tp that fits is 32',
    );
  });

  it('keeps embedding, LM head and router at 16 bit, and the attention of 4-bit mixtures', () => {
    for (const role of ['embedding', 'lm-head', 'router'] as const) {
      for (const precision of ['fp8', 'fp4', 'int4'] as const) {
        expect(weightFormat(models['deepseek-r1'], precision, role)).toBe('bf16');
      }
    }
    expect(weightFormat(models['gpt-oss-120b'], 'fp4', 'attention-input')).toBe('bf16');
    expect(weightFormat(models['gpt-oss-120b'], 'fp4', 'expert')).toBe('mxfp4');
    expect(weightFormat(models['llama-3.1-70b'], 'fp4', 'attention-input')).toBe('nvfp4');
    expect(weightFormat(models['kimi-k2.5'], 'int4', 'shared-expert')).toBe('bf16');
    expect(bytesPerWeight.nvfp4).toBe(0.5625);
  });

  it('computes at 16 bit what the tensor cores lack', () => {
    expect(computePeak(gpus['h100-sxm'], 'nvfp4')).toBe(989e12);
    expect(computePeak(gpus['b200-sxm'], 'nvfp4')).toBe(9000e12);
    expect(computePeak(gpus['b200-sxm'], 'mxfp4')).toBe(4500e12);
    expect(computePeak(gpus['a100-sxm'], 'fp8')).toBe(312e12);
    expect(computePeak(gpus['h100-sxm'], 'int4')).toBe(989e12);
  });
});

describe('parallelism', () => {
  it('spreads experts by default as the recipes do', () => {
    const model = models['deepseek-r1'];
    expect(resolveParallelism(model, { tp: 8 })).toEqual({ tp: 8, pp: 1, attentionDp: 1, moeTp: 8, moeEp: 1, gpus: 8 });
    expect(resolveParallelism(model, { attentionDp: 16 })).toMatchObject({ moeTp: 1, moeEp: 16, gpus: 16 });
    expect(resolveParallelism(model, { tp: 8, moeEp: 4 })).toMatchObject({ moeTp: 2, moeEp: 4 });
    expect(resolveParallelism(model, { tp: 8, moeTp: 2 })).toMatchObject({ moeTp: 2, moeEp: 4 });
  });

  it('rejects what cannot be split, naming key and reason', () => {
    expect(problem({ parallelism: { tp: 3 } })).toContain('parallelism.tp: tp must divide the 64 attention heads');
    expect(problem({ parallelism: { tp: 0 } })).toContain('tp is not a positive whole number');
    expect(problem({ parallelism: { pp: 81 } })).toContain('only 80 layers');
    expect(problem({ parallelism: { attentionDp: 2 } })).toContain('no experts to share');
    const moe = { model: models['deepseek-r1'], gpu: gpus['gb200-nvl72'] };
    expect(problem({ ...moe, parallelism: { tp: 8, moeTp: 8, moeEp: 8 } })).toContain('must equal tp * attentionDp');
    expect(problem({ ...moe, parallelism: { attentionDp: 512 } })).toContain('moeEp must not exceed the 256 experts');
    expect(problem({ ...moe, parallelism: { tp: 8, moeEp: 3 } })).toContain('must equal tp * attentionDp');
  });
});
