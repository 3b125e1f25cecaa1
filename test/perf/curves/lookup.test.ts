import { describe, expect, it } from 'vitest';
import { gpus, models, stacks } from '../../../src/catalog/index.js';
import { type KernelCurve, kernelCurves as shipped } from '../../../src/catalog/kernel-curves/index.js';
import {
  coefficientsOutOfBounds,
  collectiveSeconds,
  curveForms,
  decodeRates,
  gemmForm,
  gemmSeconds,
  groupedDecodeHeads,
  groupedPrefillHeads,
  isKernelOperation,
  type KernelFormat,
  type KernelOperation,
  kernelCurves,
  kernelFormats,
  prefillRates,
  specsOf,
} from '../../../src/perf/curves/index.js';

const operations = Object.keys(curveForms) as KernelOperation[];

describe('shipped kernel curves', () => {
  it('are there for every operation, and every one is within its bounds', () => {
    expect(shipped.length).toBeGreaterThan(300);
    expect(new Set(shipped.map((c) => c.operation))).toEqual(new Set(operations));
    for (const curve of shipped) {
      const name = `${curve.gpu} ${curve.stack} ${curve.operation} ${curve.type}`;
      expect(
        isKernelOperation(curve.operation) && coefficientsOutOfBounds(specsOf(curve.operation), curve.coefficients),
        name,
      ).toEqual([]);
      expect(gpus[curve.gpu], name).toBeDefined();
      expect(curve.shapes, name).toBeGreaterThanOrEqual(40);
      expect(curve.medianError, name).toBeLessThanOrEqual(curve.meanError * 1.5);
      expect(curve.stackVersion, name).toMatch(/^\d/);
    }
  });

  it('are unique per operation, type, GPU and stack', () => {
    const keys = shipped.map((c) => `${c.operation} ${c.type} ${c.gpu} ${c.stack}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('predict shapes kept out of the fit with a median error below 15 % in nine curves of ten', () => {
    const good = shipped.filter((c) => c.medianError < 0.15);
    expect(good.length / shipped.length).toBeGreaterThan(0.9);
  });
});

describe('kernelCurves', () => {
  it('finds a curve for every GPU of the catalog, stack and number format', () => {
    for (const gpu of Object.values(gpus)) {
      for (const stack of Object.keys(stacks)) {
        const curve = kernelCurves(gpu, stack);
        for (const format of Object.keys(kernelFormats)) {
          expect(curve('gemm', format)).not.toBeNull();
          expect(curve('experts', format)).not.toBeNull();
        }
        for (const operation of operations) expect(curve(operation, 'bf16/fp8'), operation).not.toBeNull();
      }
    }
  });

  it('says which tier a curve is of', () => {
    const gemm = (gpu: string, stack: string, format: KernelFormat) => kernelCurves(gpus[gpu], stack)('gemm', format)!;
    expect(gemm('h100-sxm', 'vllm', 'fp8').tier).toBe('measured');
    expect(gemm('rtx-pro-6000', 'vllm', 'nvfp4').tier).toBe('transferred');
    expect(gemm('mi355x', 'vllm', 'bf16').tier).toBe('datasheet');
    expect(gemm('h100-sxm', 'vllm', 'nvfp4').tier).toBe('transferred');
    expect(gemm('h100-sxm', 'vllm', 'nvfp4').fittedTo.gpu).toBe('h100-sxm');
  });

  it('takes the limits of the GPU at hand, not of the one the curve was fitted to', () => {
    const { limits } = kernelCurves(gpus.mi355x, 'vllm')('gemm', 'fp8')!;
    expect(limits.bytesPerSecond).toBe(gpus.mi355x.hbmBytesPerSecond);
    expect(limits.flopsPerSecond).toBe(gpus.mi355x.fp8DenseFlops);
  });

  it("prefers a user's own curve", () => {
    const measured = kernelCurves(gpus['h200-sxm'], 'vllm')('gemm', 'bf16')!.fittedTo;
    const own: KernelCurve = { ...measured, stackVersion: '99.0' };
    expect(kernelCurves(gpus['h200-sxm'], 'vllm', { own: [own] })('gemm', 'bf16')!.fittedTo).toBe(own);
  });

  it('drops launch times inside a captured graph, and nothing gets slower by it', () => {
    const shape = { format: 'fp8_block', rows: 1, n: 1024, k: 1024 } as const;
    const eager = kernelCurves(gpus['h100-sxm'], 'vllm')('gemm', 'fp8_block')!;
    const captured = kernelCurves(gpus['h100-sxm'], 'vllm', { captured: true })('gemm', 'fp8_block')!;
    expect(gemmSeconds(captured, shape)).toBeLessThan(gemmSeconds(eager, shape));
  });
});

describe('extrapolation of shipped curves', () => {
  it('a GEMM with very many rows runs at its compute efficiency, one row at memory speed', () => {
    for (const stack of Object.keys(stacks)) {
      const curve = kernelCurves(gpus['h200-sxm'], stack, { captured: true })('gemm', 'bf16')!;
      const huge = { format: 'bf16', rows: 2 ** 20, n: 2 ** 15, k: 2 ** 15 } as const;
      const share = gemmForm.floorSeconds(huge, curve.limits) / gemmSeconds(curve, huge);
      expect(share).toBeGreaterThan(0.5 * curve.coefficients.compute);
      expect(share).toBeLessThanOrEqual(curve.coefficients.compute);
      const one = { format: 'bf16', rows: 1, n: 2 ** 15, k: 2 ** 15 } as const;
      expect(gemmForm.floorSeconds(one, curve.limits) / gemmSeconds(curve, one)).toBeGreaterThan(0.6);
    }
  });

  it('decode attention of Llama-70B over 4 GPUs reads a long cache at more than half of the bandwidth', () => {
    const { attention } = models['llama-3.1-70b'];
    if (attention.kind !== 'gqa') throw new Error('not grouped-query');
    for (const gpu of ['h100-sxm', 'h200-sxm', 'b200-sxm', 'gb300-nvl72']) {
      const curve = kernelCurves(gpus[gpu], 'vllm')('decode-attention', 'bf16/bf16')!;
      const heads = groupedDecodeHeads({ heads: 16, kvHeads: 2, headDim: 128 }, 2);
      const { secondsPerContextToken } = decodeRates(curve, 64, heads);
      const share = (2 * 2 * 128 * 2) / secondsPerContextToken / gpus[gpu].hbmBytesPerSecond;
      expect(share, gpu).toBeGreaterThan(0.5);
      expect(share, gpu).toBeLessThanOrEqual(1);
    }
  });

  it('prefill attention computes at 30 to 100 % of the 16-bit peak', () => {
    const curve = kernelCurves(gpus['h100-sxm'], 'vllm')('prefill-attention', 'bf16/bf16')!;
    const { secondsPerPair } = prefillRates(curve, 1, groupedPrefillHeads({ heads: 16, kvHeads: 2, headDim: 128 }));
    const share = (16 * 4 * 128) / secondsPerPair / gpus['h100-sxm'].bf16DenseFlops;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThanOrEqual(1);
  });

  it('a collective of one GPU takes no time', () => {
    const curve = kernelCurves(gpus['h100-sxm'], 'vllm')('all-reduce', 'graph')!;
    expect(collectiveSeconds(curve, { kind: 'all_reduce', gpus: 1, bytes: 1e6 })).toBe(0);
  });
});
