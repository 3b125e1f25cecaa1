import { describe, expect, it } from 'vitest';
import { models } from '../../src/catalog/index.js';
import {
  attentionViews,
  expertsTouched,
  matrices,
  multipliedParameters,
  parameterCount,
  stateElementsPerSequence,
} from '../../src/perf/architecture.js';
import { kvBytesPerToken, stateBytesPerSequence } from '../../src/perf/memory.js';

describe('architecture', () => {
  it.each(Object.values(models))('adds up to the published parameters of $name within 2 %', (model) => {
    expect(parameterCount(model) / model.parameters).toBeGreaterThan(0.98);
    expect(parameterCount(model) / model.parameters).toBeLessThan(1.02);
  });

  // Publications count the embedding or not, and gpt-oss and Kimi round down; a wrong expert count would be off by far more.
  it.each(Object.values(models))(
    'multiplies a token of $name with its published active parameters within 15 %',
    (model) => {
      expect(multipliedParameters(model) / model.activeParameters).toBeGreaterThan(0.85);
      expect(multipliedParameters(model) / model.activeParameters).toBeLessThan(1.15);
    },
  );

  it('has three feed-forward matrices: 80 layers x 3 x 8192 x 28672 for llama-3.1-70b', () => {
    const ffn = matrices(models['llama-3.1-70b']).filter((m) => m.role === 'dense-ffn');
    expect(ffn.reduce((sum, m) => sum + m.inputs * m.outputs * m.layers, 0)).toBe(80 * 3 * 8192 * 28672);
  });

  it('includes the LM head: 8192 x 128256 for llama-3.1-70b', () => {
    const head = matrices(models['llama-3.1-70b']).filter((m) => m.role === 'lm-head');
    expect(head.map((m) => m.inputs * m.outputs)).toEqual([8192 * 128256]);
  });

  it('caches 8 KV heads, not 64 query heads: 163 840 bytes per token of llama-3.1-70b at fp8', () => {
    expect(kvBytesPerToken(models['llama-3.1-70b'], 'fp8', 1)).toBe(80 * 2 * 8 * 128);
    expect(kvBytesPerToken(models['llama-3.1-70b'], 'bf16', 1)).toBe(2 * 163840);
    expect(kvBytesPerToken(models['llama-3.1-70b'], 'fp8', 8)).toBe(163840 / 8);
  });

  it('replicates KV heads when tp exceeds them', () => {
    expect(kvBytesPerToken(models['qwen3-235b-a22b'], 'fp8', 8)).toBe(
      kvBytesPerToken(models['qwen3-235b-a22b'], 'fp8', 4),
    );
  });

  it('caches a latent of 576 elements for DeepSeek, on every GPU of a tensor-parallel group', () => {
    expect(kvBytesPerToken(models['deepseek-r1'], 'bf16', 1)).toBe(61 * 576 * 2);
    expect(kvBytesPerToken(models['deepseek-r1'], 'bf16', 8)).toBe(61 * 576 * 2);
    // Full heads would be 128 x (192 + 128) elements: 71 times as many.
    expect((128 * (192 + 128)) / attentionViews(models['deepseek-r1'])[0].elementsPerToken).toBeCloseTo(71.1, 1);
  });

  it('keeps window layers out of the bytes per token: a sequence of gpt-oss holds 128 tokens in each', () => {
    expect(kvBytesPerToken(models['gpt-oss-120b'], 'bf16', 1)).toBe(18 * 2 * 8 * 64 * 2);
    expect(stateBytesPerSequence(models['gpt-oss-120b'], 'bf16', 1)).toBe(128 * 18 * 2 * 8 * 64 * 2);
  });

  it('caches only every fourth layer of qwen3.5 and gives the others a fixed state', () => {
    expect(kvBytesPerToken(models['qwen3.5-397b-a17b'], 'bf16', 1)).toBe(15 * 2 * 2 * 256 * 2);
    expect(stateElementsPerSequence(models['qwen3.5-397b-a17b'])).toBe(
      45 * (64 * 128 * 128 + 3 * (2 * 16 * 128 + 64 * 128)),
    );
  });

  it('bounds sparse attention of glm-5 at 2048 tokens but keeps all of them, and scores all with the indexer', () => {
    const views = attentionViews(models['glm-5']);
    expect(views.map((v) => [v.name, v.bound, v.keepsAll])).toEqual([
      ['attention', 2048, true],
      ['indexer', Number.POSITIVE_INFINITY, true],
    ]);
    expect(kvBytesPerToken(models['glm-5'], 'fp8', 1)).toBe(78 * (576 + 128));
  });

  it('touches perToken experts with one token and all of them with many', () => {
    expect(expertsTouched(256, 8, 1)).toBeCloseTo(8, 12);
    expect(expertsTouched(256, 8, 2)).toBeCloseTo(256 * (1 - (248 / 256) ** 2), 12);
    expect(expertsTouched(256, 8, 1e5)).toBeCloseTo(256, 9);
  });
});
