import type { Gpu, GpuGeneration, Stack } from '../catalog/index.js';
import { InputError } from '../scenario/input-error.js';
import type { LatencyErrors } from './calibration-set.js';
import type { Precision } from './precision.js';

/**
 * What datasheets leave open: efficiencies (share of a datasheet figure that kernels reach) and fixed times. Each has a
 * physical meaning and {@link coefficientBounds}, so that a fit cannot hide a wrong formula behind an efficiency above 1.
 */
export interface Coefficients {
  /** Share of HBM bandwidth at which GEMMs stream weights. */
  gemmBandwidthEfficiency: number;
  /** Share of the dense peak that a GEMM with many rows reaches. */
  gemmComputeEfficiency: number;
  /** Rows at which a GEMM reaches half of that: `efficiency(rows) = gemmComputeEfficiency * rows / (rows + half)`. */
  gemmHalfRows: number;
  /** Part of both efficiencies that a dense GEMM keeps when its weights have 4 bits. */
  fourBitGemmShare: number;
  /** Bandwidth, compute and half rows of the grouped GEMMs of experts; rows are those of one expert. */
  expertBandwidthEfficiency: number;
  expertComputeEfficiency: number;
  expertHalfRows: number;
  /** Columns of an expert's matrix on one GPU at which its kernels reach half of both efficiencies: thin slices fill no wave. */
  expertHalfWidth: number;
  /** Load of the busiest GPU over the mean under expert parallelism. */
  expertImbalance: number;
  /** Share of a step's tokens that choose their experts independently of each other. */
  routingDiversity: number;
  /** Share of HBM bandwidth at which decode attention reads the KV cache. */
  decodeAttentionBandwidthEfficiency: number;
  /** Share of the 16-bit peak that decode attention reaches (matters for latent attention). */
  decodeAttentionComputeEfficiency: number;
  /** Share of the 16-bit peak that attention over a prompt reaches. */
  prefillAttentionComputeEfficiency: number;
  /** Share of the 16-bit peak that the recurrence of linear attention reaches over a prompt. */
  linearAttentionComputeEfficiency: number;
  /** Share of HBM bandwidth of norms, activations, embedding, sampling, recurrent state. */
  elementwiseBandwidthEfficiency: number;
  /** Share of the shorter of memory and compute time that does not hide behind the longer. */
  overlapLoss: number;
  /** Launch, tail and small-kernel time of a layer, seconds. */
  layerSeconds: number;
  /** On top for a layer with experts: routing, permutation, quantisation, seconds. */
  expertLayerSeconds: number;
  /** On top for a layer with latent attention: its chain of small projections, seconds. */
  latentLayerSeconds: number;
  /** On top for a layer with linear attention: convolution, gates, recurrence, seconds. */
  linearAttentionLayerSeconds: number;
  /** On top for every layer of a step that computes prompt tokens: it runs outside the captured CUDA graphs, seconds. */
  prefillLayerSeconds: number;
  /** Fixed time of one all-reduce between two GPUs inside a scale-up domain, seconds. */
  allReduceSeconds: number;
  /** On top for each further GPU: every one signals and reads all others, seconds. */
  allReduceGpuSeconds: number;
  /** Fixed time of one all-to-all (dispatch or combine) inside a scale-up domain, seconds. */
  allToAllSeconds: number;
  /** On top for a collective that leaves the scale-up domain, seconds. */
  networkSeconds: number;
  /** Share of link bandwidth that collectives reach. */
  linkEfficiency: number;
  /** Scheduler and host time of a step that the GPU waits for, seconds. */
  stepSeconds: number;
  /** Host and sampling time per sequence of a step, seconds. */
  sequenceSeconds: number;
  /** Front end (HTTP, scheduling hand-over, response) of a request before it reaches the queue, seconds. */
  requestSeconds: number;
  /** On top per prompt token (tokenizer, copies), seconds. */
  requestTokenSeconds: number;
  /** Decode steps until a running engine looks at a new request. */
  admissionSteps: number;
}

/** Smallest and largest value that is physically meaningful. */
export const coefficientBounds: Readonly<Record<keyof Coefficients, readonly [min: number, max: number]>> = {
  gemmBandwidthEfficiency: [0.1, 1],
  gemmComputeEfficiency: [0.05, 1],
  gemmHalfRows: [0, 1024],
  fourBitGemmShare: [0.1, 1],
  expertBandwidthEfficiency: [0.05, 1],
  expertComputeEfficiency: [0.05, 1],
  expertHalfRows: [0, 512],
  expertHalfWidth: [0, 1024],
  expertImbalance: [1, 4],
  routingDiversity: [0.02, 1],
  decodeAttentionBandwidthEfficiency: [0.05, 1],
  decodeAttentionComputeEfficiency: [0.02, 1],
  prefillAttentionComputeEfficiency: [0.05, 1],
  linearAttentionComputeEfficiency: [0.005, 1],
  elementwiseBandwidthEfficiency: [0.05, 1],
  overlapLoss: [0, 1],
  layerSeconds: [0, 500e-6],
  expertLayerSeconds: [0, 500e-6],
  latentLayerSeconds: [0, 500e-6],
  linearAttentionLayerSeconds: [0, 500e-6],
  prefillLayerSeconds: [0, 5e-3],
  allReduceSeconds: [0, 200e-6],
  allReduceGpuSeconds: [0, 20e-6],
  allToAllSeconds: [0, 500e-6],
  networkSeconds: [0, 500e-6],
  linkEfficiency: [0.05, 1],
  stepSeconds: [0, 50e-3],
  sequenceSeconds: [0, 1e-3],
  requestSeconds: [0, 1],
  requestTokenSeconds: [0, 100e-6],
  admissionSteps: [0, 100],
};

/** How much evidence the coefficients rest on. */
export type CalibrationTier = 'measured' | 'transferred' | 'datasheet';

export interface Calibration {
  readonly coefficients: Coefficients;
  readonly provenance: Provenance;
}

/** Where coefficients come from, and how far off their predictions were on runs they had not seen. */
export interface Provenance {
  readonly tier: CalibrationTier;
  readonly source: string;
  /** Percent; null where nothing was measured. */
  readonly errors: LatencyErrors | null;
}

/** Throws an {@link InputError} that names every coefficient outside its bounds. */
export function checkCoefficients(coefficients: Coefficients, key = 'coefficients'): void {
  const problems = (Object.keys(coefficientBounds) as (keyof Coefficients)[]).flatMap((name) => {
    const value = coefficients[name];
    const [min, max] = coefficientBounds[name];
    if (typeof value === 'number' && value >= min && value <= max) return [];
    return [
      {
        message: 'a coefficient is outside its physical bounds',
        key: `${key}.${name}`,
        found: String(value),
        allowed: `${min} to ${max}`,
      },
    ];
  });
  if (problems.length > 0) throw new InputError(problems);
}

const SOURCE =
  'datasheet figures times rules of thumb for kernel efficiency; chosen by hand to be plausible against InferenceX runs, not fitted';

/**
 * What a well-tuned engine reaches on Hopper, by rule of thumb: GEMMs stream weights at 80 % of HBM bandwidth and reach
 * 70 % of the dense peak at sustained clocks; attention over prompts half of it at serving lengths (FlashAttention-3
 * reports 75 % for long ones); a one-shot all-reduce over NVLink takes about 10 us. Fine-grained experts do worse than
 * dense layers, since their matrices are small and their rows uneven.
 */
const HOPPER: Coefficients = {
  gemmBandwidthEfficiency: 0.82,
  gemmComputeEfficiency: 0.7,
  gemmHalfRows: 64,
  fourBitGemmShare: 0.8,
  expertBandwidthEfficiency: 0.65,
  expertComputeEfficiency: 0.4,
  expertHalfRows: 32,
  expertHalfWidth: 32,
  expertImbalance: 1.2,
  routingDiversity: 1,
  decodeAttentionBandwidthEfficiency: 0.7,
  decodeAttentionComputeEfficiency: 0.4,
  prefillAttentionComputeEfficiency: 0.5,
  linearAttentionComputeEfficiency: 0.1,
  elementwiseBandwidthEfficiency: 0.75,
  overlapLoss: 0.2,
  layerSeconds: 20e-6,
  expertLayerSeconds: 20e-6,
  latentLayerSeconds: 10e-6,
  linearAttentionLayerSeconds: 20e-6,
  prefillLayerSeconds: 100e-6,
  allReduceSeconds: 8e-6,
  allReduceGpuSeconds: 0.5e-6,
  allToAllSeconds: 25e-6,
  networkSeconds: 15e-6,
  linkEfficiency: 0.75,
  stepSeconds: 0.5e-3,
  sequenceSeconds: 5e-6,
  requestSeconds: 10e-3,
  requestTokenSeconds: 2e-6,
  admissionSteps: 1,
};

/** More bandwidth is harder to saturate by a GEMM of the same size; grouped GEMMs keep more loads in flight. */
const BLACKWELL: Partial<Coefficients> = { gemmBandwidthEfficiency: 0.76, expertBandwidthEfficiency: 0.72 };

/** AMD's kernels reach a smaller share of a larger datasheet figure; a guess, no measurement is at hand. */
const CDNA: Partial<Coefficients> = {
  gemmBandwidthEfficiency: 0.7,
  gemmComputeEfficiency: 0.5,
  expertBandwidthEfficiency: 0.5,
  expertComputeEfficiency: 0.3,
  decodeAttentionBandwidthEfficiency: 0.6,
  prefillAttentionComputeEfficiency: 0.4,
  allReduceSeconds: 15e-6,
  layerSeconds: 25e-6,
};

const BY_GENERATION: Readonly<Record<GpuGeneration, Partial<Coefficients>>> = {
  ampere: { prefillAttentionComputeEfficiency: 0.55 },
  ada: { allReduceSeconds: 30e-6 },
  hopper: {},
  blackwell: BLACKWELL,
  'blackwell-ultra': BLACKWELL,
  cdna3: CDNA,
  cdna4: CDNA,
};

/** Host time that the GPU waits for: a C++ or overlapped scheduler hides most of it, a Python loop does not. */
const BY_STACK: Readonly<Record<string, Partial<Coefficients>>> = {
  trtllm: { stepSeconds: 0.5e-3, sequenceSeconds: 4e-6 },
  sglang: { stepSeconds: 0.8e-3, sequenceSeconds: 6e-6 },
  vllm: { stepSeconds: 1.2e-3, sequenceSeconds: 8e-6 },
};

/** Fewer bits mean shorter kernels and more work around them (scales, unpacking): smaller shares of a higher peak. */
const BY_PRECISION: Readonly<Record<Precision, Partial<Coefficients>>> = {
  bf16: { gemmComputeEfficiency: 0.75 },
  fp8: {},
  fp4: { expertComputeEfficiency: 0.35 },
  int4: { expertBandwidthEfficiency: 0.55 },
};

/**
 * Coefficients where nothing was measured: Hopper's, overridden by GPU generation, precision and stack in this order.
 * A calibration replaces them as a whole.
 */
export function datasheetCalibration(gpu: Gpu, stack: Stack, precision: Precision): Calibration {
  return {
    coefficients: {
      ...HOPPER,
      ...BY_GENERATION[gpu.generation],
      ...BY_PRECISION[precision],
      ...BY_STACK[stack.name],
    },
    provenance: { tier: 'datasheet', source: SOURCE, errors: null },
  };
}
