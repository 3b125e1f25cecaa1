import type { Gpu } from '../../catalog/index.js';
import type { KernelLimits } from './curve-form.js';
import type { KernelOperation } from './forms.js';
import { formatPeak, type KernelFormat, kernelFormats } from './number-format.js';

export function isKernelFormat(name: string): name is KernelFormat {
  return Object.hasOwn(kernelFormats, name);
}

/**
 * Datasheet limits of an operation whose curve has this type: the peak is that of the number format it multiplies in,
 * which is the part before the slash in `fp8/bf16` (compute format / cache format). Collectives and recurrences work at
 * 16 bit.
 */
export function kernelLimits(gpu: Gpu, operation: KernelOperation, type: string): KernelLimits {
  const format = type.split('/')[0];
  const counts = operation !== 'all-reduce' && operation !== 'nccl' && isKernelFormat(format);
  return {
    bytesPerSecond: gpu.hbmBytesPerSecond,
    flopsPerSecond: counts ? formatPeak(gpu, format) : gpu.bf16DenseFlops,
    linkBytesPerSecond: gpu.scaleUpBytesPerSecond,
  };
}
