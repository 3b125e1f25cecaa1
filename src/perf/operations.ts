import { type MatrixRole, matrices } from './architecture.js';
import type { Coefficients } from './coefficients.js';
import { expertImbalance, expertLoad } from './curves/index.js';
import { engineSeconds, type KernelSet, type KernelSubject, type KernelTime } from './kernel-set.js';
import { expertsHeld } from './parallelism.js';
import { computePeak, weightFormat } from './precision.js';
import { draftShare, queryTokensPerSequence, type Speculation } from './speculation.js';

/** What an instance computes, on what, and how it is spread; the input of everything that follows. */
export interface InstanceSpec extends KernelSubject {
  readonly coefficients: Coefficients;
  /** Guesses that decode steps verify; without it one token per sequence and step. */
  readonly speculation?: Speculation | undefined;
  /** Whether the instance only computes prompts and sends their KV caches to others. */
  readonly handsOver?: boolean | undefined;
}

/** Names under which a report lists the seconds of a step. */
export type OperationName =
  | MatrixRole
  | 'elementwise'
  | 'layer-overhead'
  | 'all-reduce'
  | 'all-to-all'
  | 'pipeline'
  | 'sampling'
  | 'host'
  | 'attention'
  | 'window-attention'
  | 'linear-state'
  | 'prefill-attention'
  | 'hand-over'
  | 'drafter';

/**
 * One operation of all layers, on one GPU: how long it takes when `tokens` tokens pass through the layers together. A
 * fraction of a token is a mean over microbatches.
 */
export interface TokenOperation {
  readonly name: OperationName;
  /** Whether every attention rank does it for its own tokens. */
  readonly perRank: boolean;
  seconds(tokens: number): number;
}

/** Rows that the busiest of `ranks` attention ranks computes when `tokens` are spread evenly: at least one. */
export function rowsPerRank(tokens: number, ranks: number): number {
  return tokens > ranks ? tokens / ranks : Math.min(tokens, 1);
}

/**
 * A kernel that multiplies matrices inside an engine. Under sustained arithmetic the chip lowers its clocks, which no
 * timing of one kernel shows: `throttling` of the time at peak comes on top.
 */
function multiplySeconds(time: KernelTime, flops: number, peak: number, slowdown: number, throttling: number): number {
  return engineSeconds(time, slowdown) + (throttling * flops) / peak;
}

/** Dense GEMMs of all roles, for the tokens of a step. */
export function gemmOperations(spec: InstanceSpec, kernels: KernelSet): TokenOperation[] {
  const { model, gpu, precision, parallelism, coefficients: c } = spec;
  const { tp, attentionDp } = parallelism;
  return kernels.gemms.map(({ role, at }) => {
    const peak = computePeak(gpu, weightFormat(model, precision, role));
    let flopsPerRow = 0;
    for (const m of matrices(model)) {
      if (m.role === role) flopsPerRow += (2 * m.inputs * m.outputs * m.layers) / Math.min(tp, m.splitLimit);
    }
    return {
      name: role,
      perRank: true,
      seconds: (tokens) => {
        const rows = rowsPerRank(tokens, attentionDp);
        return multiplySeconds(at(rows), rows * flopsPerRow, peak, c.gemmSlowdown, c.throttling);
      },
    };
  });
}

/**
 * The grouped GEMMs of the experts. A GPU holds its share of the experts, each cut in `moeTp` parts. Tokens of one text choose
 * similar experts: only the share `routingDiversity` of them counts as independent. Experts are not equally popular: over
 * several GPUs the busiest decides. With tensor-parallel attention every GPU sees all tokens; with data-parallel attention an
 * all-to-all has brought it those of its experts.
 */
export function expertOperation(spec: InstanceSpec, kernels: KernelSet): TokenOperation | null {
  const { model, gpu, precision, parallelism, coefficients: c } = spec;
  const { moe } = model;
  if (moe === null) return null;
  const { expertsPerToken } = moe;
  const { moeTp, moeEp, attentionDp } = parallelism;
  const peak = computePeak(gpu, weightFormat(model, precision, 'expert'));
  const flopsPerPair = (moe.layers * 6 * model.hidden * moe.expertIntermediate) / moeTp;
  const skew = { dispersion: c.expertDispersion, diversity: c.routingDiversity };
  // Copies of experts fill up where their number does not divide.
  const experts = expertsHeld(moe.experts, moeEp) * moeEp;
  return {
    name: 'expert',
    perRank: false,
    seconds: (tokens) => {
      const load = expertLoad({ tokens, experts, expertsPerToken, expertParallel: moeEp }, 'random', skew);
      const time =
        attentionDp === 1
          ? kernels.experts(tokens, tokens * expertsPerToken, load)
          : kernels.experts(Math.min(tokens, load.rows), load.rows, load);
      return multiplySeconds(time, load.rows * flopsPerPair, peak, c.expertSlowdown, c.throttling);
    },
  };
}

/** Load of the busiest GPU over the mean. */
export function imbalanceOf({ model, parallelism: { moeEp }, coefficients }: InstanceSpec): number {
  return model.moe === null ? 1 : expertImbalance(moeEp, model.moe.experts, coefficients.expertDispersion);
}

/**
 * Norms, residuals, rotary embedding, activations, embedding look-up: bound by bandwidth, all at 16 bit, for the tokens of each
 * attention rank. Per token and layer two norms with residual read two vectors of `hidden` and write two each; queries, keys,
 * values and outputs are read and written once more; of a feed-forward part gate and up are read and the product is
 * written. What is moved around experts is in their kernels.
 */
export function elementwiseOperation(spec: InstanceSpec): TokenOperation {
  const { model, gpu, parallelism, coefficients: c } = spec;
  const { tp, attentionDp } = parallelism;
  let perRankToken = 2 * model.hidden + model.layers * 2 * 8 * model.hidden;
  for (const m of matrices(model)) {
    if (m.role === 'attention-input' || m.role === 'linear-attention') {
      perRankToken += (m.layers * 2 * 2 * m.outputs) / Math.min(tp, m.splitLimit);
    }
  }
  if (model.denseFfn !== null) perRankToken += (model.denseFfn.layers * 2 * 3 * model.denseFfn.intermediate) / tp;
  const bandwidth = gpu.hbmBytesPerSecond * c.elementwiseBandwidthEfficiency;
  return {
    name: 'elementwise',
    perRank: true,
    seconds: (tokens) => (perRankToken * rowsPerRank(tokens, attentionDp)) / bandwidth,
  };
}

/** LM head and sampler for `rows` sequences; both at 16 bit or more, whatever the checkpoint. */
export interface HeadOperation {
  headSeconds(sequences: number): number;
  samplingSeconds(sequences: number): number;
}

/** LM head split over `tp`, sampler on the gathered logits: one read at 16 bit, two passes at 32 bit. */
export function headOperation(spec: InstanceSpec, kernels: KernelSet): HeadOperation {
  const { model, gpu, parallelism, coefficients: c } = spec;
  const { tp, attentionDp } = parallelism;
  const flopsPerRow = (2 * model.hidden * model.vocabulary) / tp;
  const samplingPerRow = (10 * model.vocabulary) / (gpu.hbmBytesPerSecond * c.elementwiseBandwidthEfficiency);
  return {
    headSeconds: (sequences) => {
      const rows = rowsPerRank(sequences, attentionDp);
      const time = kernels.head(rows);
      return multiplySeconds(time, rows * flopsPerRow, gpu.bf16DenseFlops, c.gemmSlowdown, c.throttling);
    },
    samplingSeconds: (sequences) => samplingPerRow * rowsPerRank(sequences, attentionDp),
  };
}

/** Attention of one kind of layer on one GPU, all its layers together. */
export interface AttentionTimes {
  readonly name: 'attention' | 'window-attention' | 'indexer';
  /** Tokens a query sees at most. */
  readonly bound: number;
  /** A decode step of the sequences of one attention rank: so much, and so much per token of their contexts. */
  decode(sequences: number): { readonly fixedSeconds: number; readonly secondsPerContextToken: number };
  /** A step with prompt tokens, per prompt token and per attended pair of one rank. */
  readonly prefillStepSeconds: number;
  readonly secondsPerPrefillToken: number;
  readonly secondsPerPair: number;
}

/**
 * Attention reads the cache of every context token once (a latent once for all heads, and on every GPU of the
 * tensor-parallel group); the queries of a sequence share one read. The drafter reads a cache of its own, token by token.
 */
export function attentionTimes(spec: InstanceSpec, kernels: KernelSet): readonly AttentionTimes[] {
  const { model, coefficients: c, speculation } = spec;
  const queries = queryTokensPerSequence(speculation);
  const drafter = draftShare(speculation, model.layers);
  return kernels.attention.map(({ name, bound, decode, prefill }) => {
    const verify = decode(queries);
    const draft = drafter > 0 ? decode(1) : null;
    return {
      name,
      bound,
      decode: (sequences) => {
        const step = verify(sequences);
        let fixedSeconds = engineSeconds(step.fixed, c.decodeAttentionSlowdown);
        let secondsPerContextToken = engineSeconds(step.perContextToken, c.decodeAttentionSlowdown);
        if (draft !== null) {
          const one = draft(sequences);
          fixedSeconds += drafter * engineSeconds(one.fixed, c.decodeAttentionSlowdown);
          secondsPerContextToken += drafter * engineSeconds(one.perContextToken, c.decodeAttentionSlowdown);
        }
        return { fixedSeconds, secondsPerContextToken };
      },
      prefillStepSeconds: prefill.fixedSeconds * c.prefillAttentionSlowdown,
      secondsPerPrefillToken: engineSeconds(prefill.perToken, c.prefillAttentionSlowdown),
      secondsPerPair: engineSeconds(prefill.perPair, c.prefillAttentionSlowdown),
    };
  });
}

/** Linear attention: seconds of decoding sequences of one rank (states are read and written) and per prompt token. */
export interface LinearAttentionTimes {
  decodeSeconds(sequences: number): number;
  readonly perPrefillToken: number;
}

/** The recurrence as timed, all layers together; null without such layers. */
export function linearAttentionTimes(
  { coefficients: c }: InstanceSpec,
  { recurrence }: KernelSet,
): LinearAttentionTimes | null {
  if (recurrence === null) return null;
  return {
    decodeSeconds: (sequences) => engineSeconds(recurrence.decode(sequences), c.linearAttentionSlowdown),
    perPrefillToken: engineSeconds(recurrence.perPrefillToken, c.linearAttentionSlowdown),
  };
}
