import type { Gpu } from '../../catalog/index.js';

/**
 * How a kernel stores weights and multiplies: `fp8` with one scale per tensor or row, `fp8_block` with one per 128 x 128
 * block, `mxfp4_w4a16` with 16-bit activations, `mxfp4_w4a8` with 8-bit ones, `int4` with weights alone at 4 bit.
 */
export type KernelFormat = 'bf16' | 'fp8' | 'fp8_block' | 'nvfp4' | 'mxfp4_w4a16' | 'mxfp4_w4a8' | 'int4';

interface FormatBytes {
  /** Bytes per weight, block scales included. */
  readonly weight: number;
  /** Bytes per element of the activations the kernel reads. */
  readonly activation: number;
}

/** NVFP4 has one scale byte per 16 elements, MXFP4 one per 32, int4 two per 32 to 128. */
export const kernelFormats: Readonly<Record<KernelFormat, FormatBytes>> = {
  bf16: { weight: 2, activation: 2 },
  fp8: { weight: 1, activation: 1 },
  fp8_block: { weight: 1, activation: 1 },
  nvfp4: { weight: 0.5 + 1 / 16, activation: 0.5 + 1 / 16 },
  mxfp4_w4a16: { weight: 0.5 + 1 / 32, activation: 2 },
  mxfp4_w4a8: { weight: 0.5 + 1 / 32, activation: 1 },
  int4: { weight: 0.5 + 1 / 32, activation: 2 },
};

/** Dense peak a kernel of `format` runs at; where the tensor cores lack the type it computes at 16 bit. */
export function formatPeak(gpu: Gpu, format: KernelFormat): number {
  switch (format) {
    case 'fp8':
    case 'fp8_block':
    case 'mxfp4_w4a8':
      return gpu.fp8DenseFlops ?? gpu.bf16DenseFlops;
    case 'nvfp4':
      return gpu.fp4DenseFlops ?? gpu.bf16DenseFlops;
    default:
      return gpu.bf16DenseFlops;
  }
}
