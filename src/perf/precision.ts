import type { Gpu, GpuGeneration, Model } from '../catalog/index.js';
import type { MatrixRole } from './architecture.js';

/** Precision of a checkpoint, as one names it. */
export type Precision = 'bf16' | 'fp8' | 'fp4' | 'int4';
/** Precision of the KV cache. */
export type KvPrecision = 'bf16' | 'fp8';
/** Number format of one matrix. */
export type WeightFormat = 'bf16' | 'fp8' | 'nvfp4' | 'mxfp4' | 'int4';

/**
 * Bytes per weight, block scales included: NVFP4 has one scale byte per 16 weights, MXFP4 one per 32, int4 (AWQ, GPTQ,
 * compressed-tensors) two per 32 to 128, here 1/32. The 128 x 128 block scales of fp8 are below 0.03 %.
 */
export const bytesPerWeight: Readonly<Record<WeightFormat, number>> = {
  bf16: 2,
  fp8: 1,
  nvfp4: 0.5 + 1 / 16,
  mxfp4: 0.5 + 1 / 32,
  int4: 0.5 + 1 / 32,
};

/** Bytes per element of the KV cache. */
export const bytesPerKvElement: Readonly<Record<KvPrecision, number>> = { bf16: 2, fp8: 1 };

/** Bytes per element of recurrent state: Qwen3.5 keeps it in fp32. */
export const BYTES_PER_STATE_ELEMENT = 4;

/**
 * KV precision where the user names none: that of the public recipes, which is 8 bit wherever weights have 8 or fewer in floating
 * point, except that SGLang on Hopper keeps 16 bit.
 */
export function defaultKvPrecision(precision: Precision, stack: string, generation: GpuGeneration): KvPrecision {
  const narrow = precision === 'fp8' || precision === 'fp4';
  return narrow && !(stack === 'sglang' && generation === 'hopper') ? 'fp8' : 'bf16';
}

/**
 * Format of one kind of matrix in a checkpoint. Embedding, LM head and router stay at 16 bit everywhere.
 *
 * - `fp8`: all other linear layers, as in DeepSeek-R1, Qwen3-FP8, Llama-FP8.
 * - `fp4`, dense models: all linear layers (nvidia/Llama-3.1-70B-Instruct-FP4). Mixtures: feed-forward parts, and of
 *   latent attention the output projection; other attention stays at 16 bit (nvidia/DeepSeek-R1-NVFP4-v2,
 *   openai/gpt-oss-120b, whose MXFP4 covers the experts).
 * - `int4`: weights only; mixtures quantise the routed experts alone (moonshotai/Kimi-K2.5).
 */
export function weightFormat(model: Model, precision: Precision, role: MatrixRole): WeightFormat {
  if (precision === 'bf16' || role === 'embedding' || role === 'lm-head' || role === 'router') return 'bf16';
  if (precision === 'fp8') return 'fp8';
  if (precision === 'int4') return model.moe === null || role === 'expert' ? 'int4' : 'bf16';
  if (model.moe === null || role === 'expert' || role === 'shared-expert' || role === 'dense-ffn') {
    return model.fp4Format;
  }
  return role === 'attention-output' && model.attention.kind === 'mla' ? model.fp4Format : 'bf16';
}

/**
 * Dense peak at which a GEMM with weights of `format` runs, FLOPs per second. Where the tensor cores lack the type, the
 * kernel widens the weights and computes at 16 bit: fp8 on Ampere, fp4 on Hopper, int4 everywhere. MXFP4 weights meet
 * 8-bit activations (W4A8) in the public gpt-oss recipes, so they run at the fp8 rate.
 */
export function computePeak(gpu: Gpu, format: WeightFormat): number {
  switch (format) {
    case 'fp8':
      return gpu.fp8DenseFlops ?? gpu.bf16DenseFlops;
    case 'nvfp4':
      return gpu.fp4DenseFlops ?? gpu.bf16DenseFlops;
    case 'mxfp4':
      return gpu.fp4DenseFlops === null ? gpu.bf16DenseFlops : (gpu.fp8DenseFlops ?? gpu.bf16DenseFlops);
    default:
      return gpu.bf16DenseFlops;
  }
}

/** Bytes per activation element that a GEMM reads: 1 where it computes on 8 bit or less, else 2. */
export function bytesPerActivation(gpu: Gpu, format: WeightFormat): number {
  return computePeak(gpu, format) > gpu.bf16DenseFlops ? 1 : 2;
}
