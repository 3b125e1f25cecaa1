import type { Stack } from '../catalog/index.js';
import { InputError } from '../scenario/input-error.js';
import type { LatencyErrors } from './calibration-set.js';

/**
 * What timings of single kernels leave open: how much slower they are inside an engine, and the times between them. Each has a
 * physical meaning and {@link coefficientBounds}; whatever a slowdown is, no kernel beats the datasheet's bandwidth or peak.
 */
export interface Coefficients {
  /** Time of a dense GEMM inside an engine over its time alone. */
  gemmSlowdown: number;
  /** The same for the grouped GEMMs of experts. */
  expertSlowdown: number;
  /** Standard deviation of an expert's load over its mean, where several GPUs share the experts. */
  expertDispersion: number;
  /** Share of a step's tokens that choose their experts independently of each other. */
  routingDiversity: number;
  /** Time of decode attention inside an engine over its time alone. */
  decodeAttentionSlowdown: number;
  /** The same for attention over prompts. */
  prefillAttentionSlowdown: number;
  /** The same for the recurrence of linear attention. */
  linearAttentionSlowdown: number;
  /** The same for all-reduces. */
  allReduceSlowdown: number;
  /** Time on top of every matrix product, as a share of its time at peak: clocks fall under sustained arithmetic. */
  throttling: number;
  /** Share of HBM bandwidth of norms, activations, embedding, sampling, recurrent state. */
  elementwiseBandwidthEfficiency: number;
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
  /** Fixed time of one all-to-all (dispatch or combine) inside a scale-up domain, seconds. */
  allToAllSeconds: number;
  /** On top for a collective that leaves the scale-up domain, seconds. */
  networkSeconds: number;
  /** Share of link bandwidth that transfers between GPUs reach, all-reduces inside a domain aside. */
  linkEfficiency: number;
  /** Scheduler and host time of a step that the GPU waits for, seconds. */
  stepSeconds: number;
  /** Host and sampling time per sequence of a step, seconds. */
  sequenceSeconds: number;
  /** Launch and host time of one run of the drafter of speculative decoding, seconds. */
  draftStepSeconds: number;
  /** Probability that the first guess of a multi-token-prediction layer is right, on the random prompts of benchmarks. */
  draftAcceptance: number;
  /** Front end (HTTP, scheduling hand-over, response) of a request before it reaches the queue, seconds. */
  requestSeconds: number;
  /** On top per prompt token (tokenizer, copies), seconds. */
  requestTokenSeconds: number;
  /** On top where prefill and decode are apart: a second router, worker and answer on the way to the first token, seconds. */
  handoverSeconds: number;
  /** On top for every step of a worker that only computes prompts: its host loop does not overlap with the GPU, seconds. */
  sendStepSeconds: number;
  /** On top per prompt token of one attention rank (gathering pages, posting their transfers), shared by its GPUs, seconds. */
  sendTokenSeconds: number;
  /** Decode steps until a running engine looks at a new request; workers that only compute prompts look after each step. */
  admissionSteps: number;
}

/** Smallest and largest value that is physically meaningful. */
export const coefficientBounds: Readonly<Record<keyof Coefficients, readonly [min: number, max: number]>> = {
  gemmSlowdown: [0.5, 4],
  expertSlowdown: [0.4, 5],
  expertDispersion: [0, 4],
  routingDiversity: [0.02, 1],
  decodeAttentionSlowdown: [0.4, 5],
  prefillAttentionSlowdown: [0.4, 5],
  linearAttentionSlowdown: [0.4, 5],
  allReduceSlowdown: [0.3, 8],
  throttling: [0, 1.5],
  elementwiseBandwidthEfficiency: [0.05, 1],
  layerSeconds: [0, 500e-6],
  expertLayerSeconds: [0, 500e-6],
  latentLayerSeconds: [0, 500e-6],
  linearAttentionLayerSeconds: [0, 500e-6],
  prefillLayerSeconds: [0, 5e-3],
  allToAllSeconds: [0, 500e-6],
  networkSeconds: [0, 500e-6],
  linkEfficiency: [0.05, 1],
  stepSeconds: [0, 50e-3],
  sequenceSeconds: [0, 1e-3],
  draftStepSeconds: [0, 10e-3],
  draftAcceptance: [0.05, 1],
  requestSeconds: [0, 1],
  requestTokenSeconds: [0, 100e-6],
  handoverSeconds: [0, 2],
  sendStepSeconds: [0, 0.5],
  sendTokenSeconds: [0, 200e-6],
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
  /** The same where prefill and decode are apart. */
  readonly disaggregatedErrors: LatencyErrors | null;
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
  'kernel timings of the GPU or its nearest relative, and rules of thumb for what an engine adds; not fitted to serving runs';

/**
 * What a well-tuned engine adds to its kernels, by rule of thumb: a handful of small kernels of some 3 us per layer (norms, rotary
 * embedding, activation, quantisation), host work that a scheduler does not hide, a front end of milliseconds.
 */
const ENGINE: Coefficients = {
  gemmSlowdown: 1,
  expertSlowdown: 1,
  expertDispersion: 0.3,
  routingDiversity: 1,
  decodeAttentionSlowdown: 1,
  prefillAttentionSlowdown: 1,
  linearAttentionSlowdown: 1,
  allReduceSlowdown: 1,
  throttling: 0.1,
  elementwiseBandwidthEfficiency: 0.75,
  layerSeconds: 10e-6,
  expertLayerSeconds: 5e-6,
  latentLayerSeconds: 10e-6,
  linearAttentionLayerSeconds: 10e-6,
  prefillLayerSeconds: 50e-6,
  allToAllSeconds: 25e-6,
  networkSeconds: 15e-6,
  linkEfficiency: 0.75,
  stepSeconds: 0.5e-3,
  sequenceSeconds: 5e-6,
  draftStepSeconds: 0.3e-3,
  draftAcceptance: 0.8,
  requestSeconds: 10e-3,
  requestTokenSeconds: 2e-6,
  handoverSeconds: 60e-3,
  sendStepSeconds: 20e-3,
  sendTokenSeconds: 3e-6,
  admissionSteps: 1,
};

/** Host time that the GPU waits for: a C++ or overlapped scheduler hides most of it, a Python loop does not. */
const BY_STACK: Readonly<Record<string, Partial<Coefficients>>> = {
  trtllm: { stepSeconds: 0.5e-3, sequenceSeconds: 4e-6 },
  sglang: { stepSeconds: 0.8e-3, sequenceSeconds: 6e-6 },
  vllm: { stepSeconds: 1.2e-3, sequenceSeconds: 8e-6 },
};

/** Coefficients where no serving run was measured. A calibration replaces them as a whole. */
export function datasheetCalibration(stack: Stack): Calibration {
  return {
    coefficients: { ...ENGINE, ...BY_STACK[stack.name] },
    provenance: { tier: 'datasheet', source: SOURCE, errors: null, disaggregatedErrors: null },
  };
}
