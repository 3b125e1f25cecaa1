import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpus, models, stacks } from '../../src/catalog/index.js';
import { compileInstance, kernelSet } from '../../src/perf/index.js';
import { engineSeconds, kernelFormat } from '../../src/perf/kernel-set.js';
import { resolveParallelism } from '../../src/perf/parallelism.js';

const setOf = (model: string, gpu: string, parallelism: object, precision: 'fp8' | 'fp4' | 'bf16' = 'fp8') =>
  kernelSet({
    model: models[model],
    gpu: gpus[gpu],
    stack: stacks.trtllm,
    precision,
    kvPrecision: 'fp8',
    parallelism: resolveParallelism(models[model], parallelism),
  });

describe('kernels of an instance', () => {
  it('exist for every model on every GPU and stack, and none beats the datasheet', () => {
    for (const model of Object.values(models)) {
      for (const gpu of Object.values(gpus)) {
        for (const stack of Object.values(stacks)) {
          const parallelism = resolveParallelism(model, { tp: 8 });
          const kernels = kernelSet({ model, gpu, stack, precision: 'fp4', kvPrecision: 'fp8', parallelism });
          const times = [
            ...kernels.gemms.map(({ at }) => at(64)),
            kernels.head(64),
            kernels.experts(64, 512, { rows: 512, touched: 8 }),
            ...kernels.attention.flatMap(({ decode, prefill }) => [decode(1)(64).perContextToken, prefill.perPair]),
            kernels.allReduce(1e6),
            ...(kernels.recurrence === null ? [] : [kernels.recurrence.decode(64), kernels.recurrence.perPrefillToken]),
          ];
          for (const { seconds, floorSeconds } of times) {
            expect(seconds).toBeGreaterThanOrEqual(0);
            expect(engineSeconds({ seconds, floorSeconds }, 0.01)).toBeGreaterThanOrEqual(floorSeconds);
          }
        }
      }
    }
  });

  it('read all dense weights of llama-3.1-70b once: 68.5e9 at 8 bit over 4 GPUs at 4.8 TB/s', () => {
    const { gemms } = setOf('llama-3.1-70b', 'h200-sxm', { tp: 4 });
    const floor = gemms.reduce((sum, { at }) => sum + at(1).floorSeconds, 0);
    expect(floor).toBeCloseTo(68.45e9 / 4 / 4.8e12, 4);
  });

  it('fuse queries, keys and values to one GEMM, and split each matrix where tensor parallelism does', () => {
    const roles = (tp: number) => setOf('llama-3.1-70b', 'h200-sxm', { tp }).gemms;
    const input = (tp: number) => roles(tp).find(({ role }) => role === 'attention-input');
    // 80 layers, (64 + 2 * 8) heads of 128 columns; with 16 GPUs each keeps one KV head.
    expect(input(8)?.at(1).floorSeconds).toBeCloseTo((80 * 8192 * 80 * 128) / 8 / 4.8e12, 6);
    expect(input(16)?.at(1).floorSeconds).toBeCloseTo((80 * 8192 * (64 / 16 + 2) * 128) / 4.8e12, 6);
  });

  it('widen 4-bit weights to 16 bit where the tensor cores lack them, and know block scales from tensor scales', () => {
    expect(kernelFormat(models['deepseek-r1'], gpus['h100-sxm'], 'nvfp4')).toBe('int4');
    expect(kernelFormat(models['gpt-oss-120b'], gpus['h100-sxm'], 'mxfp4')).toBe('mxfp4_w4a16');
    expect(kernelFormat(models['gpt-oss-120b'], gpus['b200-sxm'], 'mxfp4')).toBe('mxfp4_w4a8');
    expect(kernelFormat(models['deepseek-r1'], gpus['b200-sxm'], 'fp8')).toBe('fp8_block');
    expect(kernelFormat(models['llama-3.1-70b'], gpus['b200-sxm'], 'fp8')).toBe('fp8');
  });
});

describe('prompts on data-parallel attention', () => {
  const { steps } = compileInstance({
    model: models['deepseek-r1'],
    gpu: gpus['b200-sxm'],
    precision: 'fp8',
    stack: stacks.sglang,
    parallelism: { attentionDp: 8 },
    maxBatchedTokens: 65536,
    maxSequences: 512,
    memoryFraction: 0.9,
  });
  const alone = (prompts: number, tokens: number) => steps.stepSeconds(0, 0, tokens, 0, 0, 0, prompts);

  it('one alone leaves seven of eight ranks idle: it takes more than an eighth of eight, and less than all of them', () => {
    expect(alone(1, 8192)).toBeGreaterThan(1.5 * alone(8, 8192));
    expect(alone(1, 8192)).toBeLessThan(alone(8, 8 * 8192));
    expect(alone(8, 8192)).toBe(steps.stepSeconds(0, 0, 8192, 0, 0, 0));
  });

  it('never falls with more prompt tokens, nor rises when they belong to more prompts', () => {
    const count = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 12, max: 30000 }), fc.nat(3000), (a, b, tokens, more) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)];
        expect(alone(few, tokens + more)).toBeGreaterThanOrEqual(alone(few, tokens) * (1 - 1e-12));
        expect(alone(many, tokens)).toBeLessThanOrEqual(alone(few, tokens) * (1 + 1e-12));
      }),
    );
  });
});
