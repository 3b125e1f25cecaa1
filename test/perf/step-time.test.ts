import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedCalibration } from '../../src/catalog/calibrations/shipped.js';
import { type Gpu, gpus, type Model, models, type Stack, stacks } from '../../src/catalog/index.js';
import {
  attendedPairs,
  boundedPairs,
  type CompiledInstance,
  calibrate,
  compileInstance,
  datasheetCalibration,
  defaultKvPrecision,
  type ParallelismInput,
  type Precision,
  physicalFloorSeconds,
} from '../../src/perf/index.js';
import { InputError } from '../../src/scenario/input-error.js';

const limits = { maxBatchedTokens: 8192, maxSequences: 512, memoryFraction: 0.92 };

/** A whole step with one fresh prompt of `prefill` tokens. */
function step(instance: CompiledInstance, sequences: number, context: number, prefill: number): number {
  const { pairBound } = instance.steps.tables;
  const bounded = Number.isFinite(pairBound) ? boundedPairs(0, prefill, pairBound) : 0;
  return instance.steps.stepSeconds(sequences, context, prefill, attendedPairs(0, prefill), bounded, 0);
}

const layouts: readonly ParallelismInput[] = [
  { tp: 1 },
  { tp: 2 },
  { tp: 4 },
  { tp: 8 },
  { tp: 4, pp: 2 },
  { tp: 8, pp: 4 },
  { tp: 8, moeEp: 8 },
  { attentionDp: 8 },
  { tp: 2, attentionDp: 8 },
  { tp: 4, attentionDp: 2, moeEp: 2 },
];
const precisions: readonly Precision[] = ['bf16', 'fp8', 'fp4', 'int4'];

interface Case {
  model: Model;
  gpu: Gpu;
  precision: Precision;
  stack: Stack;
  parallelism: ParallelismInput;
}

const cases: fc.Arbitrary<Case> = fc.record({
  model: fc.constantFrom(...Object.values(models)),
  gpu: fc.constantFrom(...Object.values(gpus)),
  precision: fc.constantFrom(...precisions),
  stack: fc.constantFrom(...Object.values(stacks)),
  parallelism: fc.constantFrom(...layouts),
});

/** The instance, or null where it does not fit or cannot be spread that way. */
function tryCompile(options: Case): CompiledInstance | null {
  try {
    return compileInstance({ ...options, ...limits });
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

describe('step time', () => {
  it('physics: no step beats its FLOPs at peak or its bytes at full bandwidth, for every GPU and model that fits', () => {
    let compiled = 0;
    for (const model of Object.values(models)) {
      for (const gpu of Object.values(gpus)) {
        for (const precision of ['bf16', 'fp8', 'fp4'] as const) {
          for (const parallelism of [{ tp: 8 }, { tp: 8, pp: 4 }, { attentionDp: 8 }]) {
            const instance = tryCompile({ model, gpu, precision, stack: stacks.trtllm, parallelism });
            if (instance === null) continue;
            compiled++;
            const spec = {
              model,
              gpu,
              precision,
              kvPrecision: defaultKvPrecision(precision, 'trtllm', gpu.generation),
              parallelism: instance.parallelism,
            };
            for (const [b, s, p] of [
              [1, 1, 0],
              [1, 1e5, 0],
              [64, 64000, 0],
              [512, 2e6, 0],
              [0, 0, 8192],
              [300, 9e5, 7000],
            ]) {
              expect(
                step(instance, b, s, p) / physicalFloorSeconds(spec, b, s, p),
                `${model.name} ${gpu.name} ${precision} ${JSON.stringify(parallelism)} ${b} ${s} ${p}`,
              ).toBeGreaterThanOrEqual(1);
            }
          }
        }
      }
    }
    expect(compiled).toBeGreaterThan(800);
  });

  it('physics holds on random layouts, batches, contexts and prompts', () => {
    const load = fc.tuple(
      fc.integer({ min: 0, max: 512 }),
      fc.integer({ min: 1, max: 30000 }),
      fc.integer({ min: 0, max: 8192 }),
    );
    fc.assert(
      fc.property(cases, load, (options, [b, context, p]) => {
        const instance = tryCompile(options);
        if (instance === null || b + p === 0) return;
        const spec = {
          ...options,
          kvPrecision: defaultKvPrecision(options.precision, options.stack.name, options.gpu.generation),
          parallelism: instance.parallelism,
        };
        expect(step(instance, b, b * context, p)).toBeGreaterThanOrEqual(physicalFloorSeconds(spec, b, b * context, p));
      }),
      { numRuns: 300 },
    );
  });

  it('never falls with more sequences, more context or more prompt tokens', () => {
    fc.assert(
      fc.property(
        cases,
        fc.integer({ min: 1, max: 511 }),
        fc.integer({ min: 0, max: 20000 }),
        fc.integer({ min: 0, max: 8000 }),
        fc.integer({ min: 1, max: 191 }),
        (options, b, context, p, more) => {
          const instance = tryCompile(options);
          if (instance === null) return;
          const now = step(instance, b, b * context, p) * (1 - 1e-12);
          const wider = Math.min(512, b + more);
          // A further sequence brings its own context: the same total spread over more pipeline stages would be faster.
          expect(step(instance, wider, wider * context, p)).toBeGreaterThanOrEqual(now);
          expect(step(instance, b, b * (context + more), p)).toBeGreaterThanOrEqual(now);
          expect(step(instance, b, b * context, p + more)).toBeGreaterThanOrEqual(now);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is never slower on a GPU that is better in every figure, all else equal', () => {
    const factor = fc.double({ min: 1, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        cases,
        fc.tuple(factor, factor, factor, factor, factor),
        fc.integer({ min: 1, max: 512 }),
        (options, f, b) => {
          const calibration = datasheetCalibration(options.stack);
          const { gpu } = options;
          const better: Gpu = {
            ...gpu,
            hbmBytesPerSecond: gpu.hbmBytesPerSecond * f[0],
            bf16DenseFlops: gpu.bf16DenseFlops * f[1],
            // A number format that the tensor cores lack would run other kernels.
            fp8DenseFlops: gpu.fp8DenseFlops === null ? null : gpu.fp8DenseFlops * f[1] * f[2],
            fp4DenseFlops: gpu.fp4DenseFlops === null ? null : gpu.fp4DenseFlops * f[1] * f[2],
            scaleUpBytesPerSecond: gpu.scaleUpBytesPerSecond * f[3],
            scaleOutBytesPerSecond: gpu.scaleOutBytesPerSecond * f[4],
            scaleUpDomainGpus: 72,
          };
          try {
            const one = compileInstance({ ...options, ...limits, calibration });
            const two = compileInstance({ ...options, ...limits, calibration, gpu: better });
            for (const [s, p] of [
              [b * 10, 0],
              [b * 9000, 0],
              [b * 500, 4096],
            ]) {
              expect(step(two, b, s, p)).toBeLessThanOrEqual(step(one, b, s, p) * (1 + 1e-12));
            }
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('the bytes of llama-3.1-70b at fp8 take 5.3 ms on 4 x H100, and a decode step 7 to 12', () => {
    const instance = compileInstance({
      model: models['llama-3.1-70b'],
      gpu: gpus['h100-sxm'],
      precision: 'fp8',
      stack: stacks.trtllm,
      parallelism: { tp: 4 },
      ...limits,
    });
    const spec = {
      model: models['llama-3.1-70b'],
      gpu: gpus['h100-sxm'],
      precision: 'fp8',
      kvPrecision: 'fp8',
      parallelism: instance.parallelism,
    } as const;
    // 68.5e9 weights at fp8 and an LM head of 1.05e9 at 16 bit over 4 x 3.35e12 bytes/s.
    expect(physicalFloorSeconds(spec, 1, 0, 0) * 1e3).toBeCloseTo((68.45 + 2.1) / (4 * 3.35), 1);
    expect(step(instance, 1, 100, 0) * 1e3).toBeGreaterThan(7);
    expect(step(instance, 1, 100, 0) * 1e3).toBeLessThan(12);
  });

  it('reads KV at 163 840 bytes per context token over the GPUs of a tensor-parallel group', () => {
    const instance = compileInstance({
      model: models['llama-3.1-70b'],
      gpu: gpus['h200-sxm'],
      precision: 'fp8',
      stack: stacks.trtllm,
      parallelism: { tp: 4 },
      ...limits,
    });
    const ideal = 163840 / 4 / 4.8e12;
    expect(instance.steps.decodeSlope(0, 64)).toBeGreaterThan(ideal);
    expect(instance.steps.decodeSlope(0, 64)).toBeLessThan(2 * ideal);
  });

  it('reads a latent once for all heads: a context token of DeepSeek-R1 costs at most twice its 576 elements at 16 bit', () => {
    const instance = compileInstance({
      model: models['deepseek-r1'],
      gpu: gpus['h200-sxm'],
      precision: 'fp8',
      stack: stacks.sglang,
      parallelism: { tp: 8 },
      ...limits,
    });
    const ideal = (61 * 576 * 2) / 4.8e12;
    expect(instance.steps.decodeSlope(0, 64)).toBeGreaterThan(ideal);
    expect(instance.steps.decodeSlope(0, 64)).toBeLessThan(2 * ideal);
  });

  it('charges a bounded layer by the token up to its bound and a fixed amount beyond, without a jump', () => {
    for (const [name, bound] of [
      ['gpt-oss-120b', 128],
      ['glm-5', 2048],
    ] as const) {
      const { steps } = compileInstance({
        model: models[name],
        gpu: gpus['gb300-nvl72'],
        precision: 'fp8',
        stack: stacks.trtllm,
        parallelism: { tp: 8 },
        ...limits,
      });
      expect([...steps.tables.pieceEnds]).toEqual([bound, Number.POSITIVE_INFINITY]);
      expect(steps.tables.pairBound).toBe(bound);
      expect(steps.decodeSlope(1, 32)).toBeLessThan(steps.decodeSlope(0, 32));
      expect(steps.decodeSlope(1, 32)).toBeGreaterThan(0);
      expect(steps.decodeSeconds(1, 32, 32 * bound)).toBeCloseTo(steps.decodeSeconds(0, 32, 32 * bound), 12);
    }
  });

  it('breaks a step down into operations that add up to it', () => {
    fc.assert(
      // So many tokens that no entry of a table lies between two that were computed.
      fc.property(cases, fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 78 }), (options, b, p) => {
        const instance = tryCompile(options);
        if (instance === null || b + p === 0) return;
        const parts = instance.breakdown(b, b * 3000, p);
        expect(new Set(parts.map((part) => part.operation)).size).toBe(parts.length);
        const sum = parts.reduce((total, part) => total + part.seconds, 0);
        expect(sum / step(instance, b, b * 3000, p)).toBeCloseTo(1, 9);
      }),
      { numRuns: 100 },
    );
  });

  it('charges a worker that hands caches over for each step and what its busiest rank sends, and never for answers', () => {
    const options = {
      model: models['deepseek-r1'],
      gpu: gpus['gb200-nvl72'],
      precision: 'fp8',
      stack: stacks.sglang,
    } as const;
    const layout = { parallelism: { attentionDp: 8, moeEp: 8 } };
    const [alone, apart] = [false, true].map((handsOver) =>
      compileInstance({ ...options, ...layout, ...limits, handsOver }),
    );
    const { sendStepSeconds, sendTokenSeconds } = calibrate(shippedCalibration, options).coefficients;
    const seconds = ({ steps }: CompiledInstance, tokens: number, prompts: number): number =>
      steps.stepSeconds(0, 0, tokens, attendedPairs(0, tokens), 0, prompts, prompts);
    // One rank sends a lone prompt; eight send one each.
    for (const [tokens, prompts] of [
      [1000, 1],
      [8000, 8],
    ]) {
      const more = seconds(apart, tokens, prompts) - seconds(alone, tokens, prompts);
      expect(more).toBeCloseTo(sendStepSeconds + (tokens / prompts) * sendTokenSeconds, 9);
    }
    expect(apart.steps.stepSeconds(64, 64e3, 0, 0, 0, 0)).toBe(alone.steps.stepSeconds(64, 64e3, 0, 0, 0, 0));
  });

  it('counts what is moved around experts in their kernels only, however they are cut', () => {
    const elementwise = (parallelism: object): number | undefined =>
      compileInstance({
        model: models['deepseek-r1'],
        gpu: gpus['h200-sxm'],
        precision: 'fp8',
        stack: stacks.sglang,
        parallelism: { tp: 8, ...parallelism },
        ...limits,
      })
        .breakdown(0, 0, 4096)
        .find(({ operation }) => operation === 'elementwise')?.seconds;
    expect(elementwise({ moeTp: 8 })).toBeGreaterThan(0);
    expect(elementwise({ moeTp: 8 })).toBe(elementwise({ moeEp: 8 }));
  });

  it('compiles long tables within 0.5 % of the exact physics', () => {
    const instance = compileInstance({
      model: models['deepseek-r1'],
      gpu: gpus['h200-sxm'],
      precision: 'fp8',
      stack: stacks.vllm,
      parallelism: { tp: 8 },
      ...limits,
    });
    for (const p of [1500, 3001, 5555, 8191]) {
      const sum = instance.breakdown(0, 0, p).reduce((total, part) => total + part.seconds, 0);
      expect(step(instance, 0, 0, p) / sum).toBeGreaterThan(0.999);
      expect(step(instance, 0, 0, p) / sum).toBeLessThan(1.001);
    }
  });

  it('pays for collectives that leave the scale-up domain', () => {
    const shared = {
      model: models['deepseek-r1'],
      precision: 'fp8' as const,
      stack: stacks.trtllm,
      parallelism: { tp: 16 },
    };
    const inside = compileInstance({ ...shared, ...limits, gpu: { ...gpus['h200-sxm'], scaleUpDomainGpus: 72 } });
    const across = compileInstance({ ...shared, ...limits, gpu: gpus['h200-sxm'] });
    const seconds = (instance: CompiledInstance): number =>
      instance.breakdown(64, 64000, 0).find((part) => part.operation === 'all-reduce')?.seconds ?? 0;
    expect(seconds(across)).toBeGreaterThan(2 * seconds(inside));
  });
});
