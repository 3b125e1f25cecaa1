import { type Gpu, type GpuGeneration, gpus } from '../../catalog/index.js';
import { kernelCurves as shippedCurves } from '../../catalog/kernel-curves/index.js';
import type { KernelCurve } from '../../catalog/kernel-curves/kernel-curve.js';
import type { KernelLimits } from './curve-form.js';
import { type KernelOperation, specsOf } from './forms.js';
import { kernelLimits } from './limits.js';

/** How close the timings behind a curve are to the case at hand. */
export type CurveTier = 'measured' | 'transferred' | 'datasheet';

/** A curve's coefficients together with the limits of the GPU they are used on. */
export interface SourcedCurve {
  readonly operation: KernelOperation;
  readonly coefficients: Readonly<Record<string, number>>;
  readonly limits: KernelLimits;
  /**
   * `measured`: this GPU, stack and type. `transferred`: another stack, a GPU of the same family, or a neighbouring number
   * format of the same GPU. `datasheet`: efficiencies of a GPU of another family times this one's datasheet.
   */
  readonly tier: CurveTier;
  readonly fittedTo: KernelCurve;
}

export interface CurveOptions {
  /** Curves that come before the shipped ones, as a user's own fit. */
  readonly own?: readonly KernelCurve[];
  /**
   * Whether the step runs in a captured CUDA graph with fused quantisation, as engines decode: then no operation waits for
   * its launch, and a GEMM's fixed time is that of its own kernel.
   */
  readonly captured?: boolean;
}

/** Curves of one GPU and stack, by operation and type; null where no GPU has one. */
export type CurveLookup = (operation: KernelOperation, type: string) => SourcedCurve | null;

/** GPUs whose kernels are close enough to lend each other efficiencies. */
const FAMILY: Readonly<Record<GpuGeneration, string>> = {
  ampere: 'ampere',
  ada: 'ada',
  hopper: 'hopper',
  blackwell: 'blackwell',
  'blackwell-ultra': 'blackwell',
  cdna3: 'cdna',
  cdna4: 'cdna',
};

/** Formats by closeness of their kernels, first the nearest; what is not listed has no neighbours. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  bf16: ['fp8', 'fp8_block'],
  fp8: ['fp8_block', 'bf16'],
  fp8_block: ['fp8', 'bf16'],
  nvfp4: ['mxfp4_w4a8', 'int4', 'mxfp4_w4a16', 'fp8', 'bf16'],
  mxfp4_w4a8: ['nvfp4', 'mxfp4_w4a16', 'fp8', 'bf16'],
  mxfp4_w4a16: ['int4', 'mxfp4_w4a8', 'bf16', 'fp8'],
  int4: ['mxfp4_w4a16', 'bf16', 'fp8'],
  'fp8/fp8': ['bf16/fp8', 'bf16/bf16'],
  'bf16/fp8': ['bf16/bf16', 'fp8/fp8'],
  'bf16/bf16': ['bf16/fp8'],
  'fp8_block/fp8': ['fp8_block/bf16', 'bf16/fp8', 'bf16/bf16'],
  'fp8_block/bf16': ['fp8_block/fp8', 'bf16/bf16'],
  'nvfp4/fp8': ['nvfp4/bf16', 'fp8_block/fp8', 'fp8_block/bf16'],
  'nvfp4/bf16': ['nvfp4/fp8', 'fp8_block/bf16', 'bf16/bf16'],
  graph: ['eager'],
};

/**
 * Finds the curve for an operation: the one fitted to this GPU, stack and type where there is one, else the nearest. In
 * this order: the family with this stack, another stack on this GPU, the family, a neighbouring format on this GPU,
 * another family, a neighbouring format anywhere. Between equals the same generation counts, then the better fit.
 *
 * @example
 * const curve = kernelCurves(gpus['h200-sxm'], 'vllm')('gemm', 'fp8_block');
 */
export function kernelCurves(gpu: Gpu, stack: string, options: CurveOptions = {}): CurveLookup {
  const all = [...(options.own ?? []), ...shippedCurves];
  return (operation, type) => {
    // NCCL is the same library under every stack.
    const wantedStack = operation === 'nccl' ? 'nccl' : stack;
    let best: KernelCurve | null = null;
    let bestDistance = Number.POSITIVE_INFINITY;
    for (const curve of all) {
      if (curve.operation !== operation) continue;
      const distance = distanceOf(curve, gpu, wantedStack, type);
      if (distance < bestDistance) {
        best = curve;
        bestDistance = distance;
      }
    }
    if (best === null) return null;
    return {
      operation,
      coefficients: options.captured === true ? capturedCoefficients(operation, best.coefficients) : best.coefficients,
      limits: kernelLimits(gpu, operation, type),
      tier: tierOf(Math.floor(bestDistance)),
      fittedTo: best,
    };
  };
}

/**
 * Longest fixed time of a GEMM kernel by itself, seconds. Tables of one stack time the quantisation of the activations
 * along with 8-bit GEMMs, as kernels of their own (12 to 14 us); with it fused, all others stay below this.
 */
const FUSED_GEMM_SECONDS = 6e-6;

function capturedCoefficients(
  operation: KernelOperation,
  coefficients: KernelCurve['coefficients'],
): KernelCurve['coefficients'] {
  const { hostSeconds } = specsOf(operation);
  const captured: Record<string, number> = { ...coefficients };
  if (hostSeconds !== undefined) captured.hostSeconds = hostSeconds.min;
  if (operation === 'gemm') captured.fixedSeconds = Math.min(coefficients.fixedSeconds, FUSED_GEMM_SECONDS);
  return captured;
}

/** Levels of {@link kernelCurves}; the fraction orders the curves of one level. */
function distanceOf(curve: KernelCurve, gpu: Gpu, stack: string, type: string): number {
  const other = gpus[curve.gpu];
  if (other === undefined) return Number.POSITIVE_INFINITY;
  const sameGpu = curve.gpu === gpu.name;
  const sameStack = curve.stack === stack;
  const sameFamily = FAMILY[other.generation] === FAMILY[gpu.generation];
  const nearness = (other.generation === gpu.generation ? 0 : 0.4) + 0.1 * Math.min(1, curve.medianError);
  if (curve.type === type) {
    if (sameGpu && sameStack) return 0;
    if (sameFamily && sameStack) return 1 + nearness;
    if (sameFamily) return (sameGpu ? 2 : 3) + nearness;
    return (sameStack ? 6 : 7) + nearness;
  }
  const neighbour = (NEIGHBOURS[type] ?? []).indexOf(curve.type);
  if (neighbour < 0) return 20 + nearness;
  if (sameGpu) return (sameStack ? 4 : 5) + (neighbour + nearness) / 10;
  return (sameFamily ? 8 : 9) + (neighbour + nearness) / 10;
}

function tierOf(level: number): CurveTier {
  if (level === 0) return 'measured';
  return level <= 5 ? 'transferred' : 'datasheet';
}
