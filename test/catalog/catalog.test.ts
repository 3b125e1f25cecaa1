import { describe, expect, it } from 'vitest';
import { gpus, models, priceBooks, stacks } from '../../src/catalog/index.js';

describe('catalog', () => {
  it('names every entry after its key and gives it a source and a date', () => {
    for (const table of [gpus, models, priceBooks, stacks]) {
      for (const [key, entry] of Object.entries(table)) {
        expect(entry.name).toBe(key);
        expect(entry.source.length).toBeGreaterThan(5);
        expect(entry.asOf).toMatch(/^20\d\d-\d\d$/);
      }
    }
  });

  it('prices only GPUs it knows, at a positive rate with a source', () => {
    for (const book of Object.values(priceBooks)) {
      for (const [gpu, price] of Object.entries(book.usdPerGpuHour)) {
        expect(gpus[gpu], `${book.name}: ${gpu}`).toBeDefined();
        expect(price.usd).toBeGreaterThan(0);
        expect(price.source.length).toBeGreaterThan(5);
      }
    }
  });

  it('keeps GPU figures in base units and physically ordered', () => {
    for (const gpu of Object.values(gpus)) {
      expect(gpu.hbmBytes).toBeGreaterThan(40e9);
      expect(gpu.hbmBytes).toBeLessThan(400e9);
      expect(gpu.hbmBytesPerSecond).toBeGreaterThan(0.5e12);
      expect(gpu.bf16DenseFlops).toBeGreaterThan(300e12);
      if (gpu.fp8DenseFlops !== null) expect(gpu.fp8DenseFlops / gpu.bf16DenseFlops).toBeCloseTo(2, 1);
      if (gpu.fp4DenseFlops !== null) expect(gpu.fp4DenseFlops).toBeGreaterThan(gpu.fp8DenseFlops ?? 0);
      expect(gpu.scaleUpBytesPerSecond).toBeGreaterThanOrEqual(gpu.scaleOutBytesPerSecond);
    }
  });

  it('takes memory as the driver reports it: an "80 GB" H100 has 85.5e9 bytes, a "141 GB" H200 150.8e9', () => {
    expect(gpus['h100-sxm'].hbmBytes / 1e9).toBeCloseTo(85.52, 2);
    expect(gpus['h200-sxm'].hbmBytes / 1e9).toBeCloseTo(150.75, 2);
    expect(gpus['gb300-nvl72'].hbmBytes / 1e9).toBeCloseTo(298.01, 2);
  });

  it('splits the layers of every model completely, by attention and by feed-forward part', () => {
    for (const model of Object.values(models)) {
      const attention =
        model.fullAttentionLayers + (model.slidingWindow?.layers ?? 0) + (model.linearAttention?.layers ?? 0);
      expect(attention, model.name).toBe(model.layers);
      expect((model.denseFfn?.layers ?? 0) + (model.moe?.layers ?? 0), model.name).toBe(model.layers);
    }
  });
});
