import type { Gpu, Model } from '../catalog/index.js';
import {
  attentionViews,
  expertsTouched,
  linearAttentionFlopsPerToken,
  type MatrixRole,
  matrices,
  stateElementsPerSequence,
} from './architecture.js';
import type { Coefficients } from './coefficients.js';
import type { Parallelism } from './parallelism.js';
import {
  BYTES_PER_STATE_ELEMENT,
  bytesPerKvElement,
  bytesPerWeight,
  computePeak,
  type KvPrecision,
  type Precision,
  weightFormat,
} from './precision.js';
import { draftShare, queryTokensPerSequence, type Speculation } from './speculation.js';

/** What an instance computes, on what, and how it is spread; the input of everything that follows. */
export interface InstanceSpec {
  readonly model: Model;
  readonly gpu: Gpu;
  readonly precision: Precision;
  readonly kvPrecision: KvPrecision;
  readonly parallelism: Parallelism;
  readonly coefficients: Coefficients;
  /** Guesses that decode steps verify; without it one token per sequence and step. */
  readonly speculation?: Speculation | undefined;
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
  | 'drafter';

/**
 * One operation of all layers, on one GPU: how long it takes when `tokens` tokens pass through the layers together. A
 * fraction of a token is a mean over microbatches.
 */
export interface TokenOperation {
  readonly name: OperationName;
  seconds(tokens: number): number;
}

/**
 * Memory and compute time of an operation: the longer of the two, plus the part of the shorter that does not overlap
 * (roofline with imperfect overlap; Williams, Waterman and Patterson, CACM 2009).
 */
export function rooflineSeconds(memorySeconds: number, computeSeconds: number, overlapLoss: number): number {
  return memorySeconds > computeSeconds
    ? memorySeconds + overlapLoss * computeSeconds
    : computeSeconds + overlapLoss * memorySeconds;
}

/** Rows that the busiest of `ranks` attention ranks computes when `tokens` are spread evenly: at least one. */
export function rowsPerRank(tokens: number, ranks: number): number {
  return tokens > ranks ? tokens / ranks : Math.min(tokens, 1);
}

/** Weights of one role that a GPU holds, over all layers (of experts, one matrix of each kind). */
export interface LocalWeights {
  readonly role: MatrixRole;
  readonly weights: number;
}

/**
 * Sums the matrices of a role. GEMMs with the same format and the same rows have the same ratio of memory to compute
 * time, so the sum of their rooflines is the roofline of their sum.
 */
export function localWeights(model: Model, parallelism: Parallelism): readonly LocalWeights[] {
  const byRole = new Map<MatrixRole, number>();
  for (const m of matrices(model)) {
    const ways = m.role === 'expert' ? parallelism.moeTp : Math.min(parallelism.tp, m.splitLimit);
    byRole.set(m.role, (byRole.get(m.role) ?? 0) + (m.inputs * m.outputs * m.layers) / ways);
  }
  return [...byRole].map(([role, weights]) => ({ role, weights }));
}

/**
 * Dense GEMMs: weights are read once, and two FLOPs per weight are done for each row. With
 * `efficiency(rows) = max * rows / (rows + half)` the compute time is that of `rows + half` rows at full efficiency.
 */
export function gemmOperation(spec: InstanceSpec, local: LocalWeights): TokenOperation {
  const { model, gpu, precision, parallelism, coefficients: c } = spec;
  const format = weightFormat(model, precision, local.role);
  const share = bytesPerWeight[format] < 1 ? c.fourBitGemmShare : 1;
  const memory = (local.weights * bytesPerWeight[format]) / (gpu.hbmBytesPerSecond * c.gemmBandwidthEfficiency * share);
  const computePerRow = (2 * local.weights) / (computePeak(gpu, format) * c.gemmComputeEfficiency * share);
  const ranks = parallelism.attentionDp;
  return {
    name: local.role,
    seconds: (tokens) =>
      rooflineSeconds(memory, computePerRow * (rowsPerRank(tokens, ranks) + c.gemmHalfRows), c.overlapLoss),
  };
}

/**
 * The grouped GEMMs of the experts. A GPU holds `experts / moeEp` experts, each cut in `moeTp` parts. Weights are read
 * for the experts that at least one token chose; arithmetic is done for `tokens * perToken / moeEp` rows, and each
 * touched expert pays half-efficiency rows of its own, since small groups fill no tile. Tokens of one text choose
 * similar experts: only the share `routingDiversity` of them counts as independent.
 */
export function expertOperation(spec: InstanceSpec, local: LocalWeights): TokenOperation {
  const { model, gpu, precision, parallelism, coefficients: c } = spec;
  if (model.moe === null) throw new Error('a matrix of experts in a model without experts');
  const { experts, expertsPerToken } = model.moe;
  const { moeEp } = parallelism;
  const format = weightFormat(model, precision, 'expert');
  const perExpert = local.weights;
  // `efficiency(width) = max * width / (width + half)` of a slice that is `expertIntermediate / moeTp` wide.
  const narrowness = 1 + (c.expertHalfWidth * parallelism.moeTp) / model.moe.expertIntermediate;
  const memoryPerExpert =
    (narrowness * perExpert * bytesPerWeight[format]) / (gpu.hbmBytesPerSecond * c.expertBandwidthEfficiency);
  const computePerRow = (narrowness * 2 * perExpert) / (computePeak(gpu, format) * c.expertComputeEfficiency);
  const imbalance = moeEp > 1 ? c.expertImbalance : 1;
  const held = experts / moeEp;
  return {
    name: 'expert',
    seconds: (tokens) => {
      const independent = 1 + (tokens - 1) * c.routingDiversity;
      const touched = Math.min(held, (expertsTouched(experts, expertsPerToken, independent) / moeEp) * imbalance);
      const rows = ((tokens * expertsPerToken) / moeEp) * imbalance;
      return rooflineSeconds(
        touched * memoryPerExpert,
        computePerRow * (rows + touched * c.expertHalfRows),
        c.overlapLoss,
      );
    },
  };
}

/**
 * Norms, residuals, rotary embedding, activations, expert permutation, embedding look-up: bound by bandwidth, all at 16
 * bit. Per token and layer two norms with residual read two vectors of `hidden` and write two each; queries, keys,
 * values and outputs are read and written once more; of a feed-forward part gate and up are read and the product is
 * written; each expert copy of a token is gathered and scattered.
 */
export function elementwiseOperation(spec: InstanceSpec): TokenOperation {
  const { model, gpu, parallelism, coefficients: c } = spec;
  const { tp, attentionDp, moeTp, moeEp } = parallelism;
  let perRankToken = 2 * model.hidden + model.layers * 2 * 8 * model.hidden;
  for (const m of matrices(model)) {
    if (m.role === 'attention-input' || m.role === 'linear-attention') {
      perRankToken += (m.layers * 2 * 2 * m.outputs) / Math.min(tp, m.splitLimit);
    }
  }
  if (model.denseFfn !== null) perRankToken += (model.denseFfn.layers * 2 * 3 * model.denseFfn.intermediate) / tp;
  let perToken = 0;
  if (model.moe !== null) {
    const { layers, expertsPerToken, expertIntermediate } = model.moe;
    perToken = (layers * 2 * expertsPerToken * (4 * model.hidden + (3 * expertIntermediate) / moeTp)) / moeEp;
  }
  const bandwidth = gpu.hbmBytesPerSecond * c.elementwiseBandwidthEfficiency;
  return {
    name: 'elementwise',
    seconds: (tokens) => (perRankToken * rowsPerRank(tokens, attentionDp) + perToken * tokens) / bandwidth,
  };
}

/** LM head and sampler for `rows` sequences; both at 16 bit or more, whatever the checkpoint. */
export interface HeadOperation {
  headSeconds(sequences: number): number;
  samplingSeconds(sequences: number): number;
}

/** LM head split over `tp`, sampler on the gathered logits: one read at 16 bit, two passes at 32 bit. */
export function headOperation(spec: InstanceSpec): HeadOperation {
  const { model, gpu, parallelism, coefficients: c } = spec;
  const gemm = gemmOperation(spec, {
    role: 'lm-head',
    weights: (model.hidden * model.vocabulary) / parallelism.tp,
  });
  const samplingPerRow = (10 * model.vocabulary) / (gpu.hbmBytesPerSecond * c.elementwiseBandwidthEfficiency);
  return {
    headSeconds: gemm.seconds,
    samplingSeconds: (sequences) => samplingPerRow * rowsPerRank(sequences, parallelism.attentionDp),
  };
}

/** Seconds that attention of one kind of layer takes per token it looks at, on one GPU that does all ranks' work. */
export interface AttentionRates {
  readonly name: 'attention' | 'window-attention' | 'indexer';
  readonly bound: number;
  /** Per context token of the decoding sequences of one attention rank. */
  readonly decodeSecondsPerToken: number;
  /** Per attended pair of the prompts of one attention rank. */
  readonly prefillSecondsPerPair: number;
}

/**
 * Decode attention reads the cache of every context token once (a latent once for all heads, and on every GPU of the
 * tensor-parallel group); prompts are bound by arithmetic, done at 16 bit.
 */
export function attentionRates(spec: InstanceSpec): readonly AttentionRates[] {
  const { model, gpu, kvPrecision, parallelism, coefficients: c, speculation } = spec;
  const { tp } = parallelism;
  const queries = queryTokensPerSequence(speculation);
  // The drafter reads a cache of its own, one token at a time.
  const drafter = draftShare(speculation, model.layers);
  return attentionViews(model).map((view) => {
    const elementBytes = view.name === 'indexer' ? 1 : bytesPerKvElement[kvPrecision];
    const bytes = (view.layers * view.elementsPerToken * elementBytes) / Math.min(tp, view.cacheSplitLimit);
    const share = view.layers / Math.min(tp, view.computeSplitLimit);
    const memory = bytes / (gpu.hbmBytesPerSecond * c.decodeAttentionBandwidthEfficiency);
    const compute = (share * view.decodeFlopsPerPair) / (gpu.bf16DenseFlops * c.decodeAttentionComputeEfficiency);
    return {
      name: view.name,
      bound: view.bound,
      // The queries of a sequence share one read of its cache.
      decodeSecondsPerToken:
        rooflineSeconds(memory, queries * compute, c.overlapLoss) +
        drafter * rooflineSeconds(memory, compute, c.overlapLoss),
      prefillSecondsPerPair:
        (share * view.prefillFlopsPerPair) / (gpu.bf16DenseFlops * c.prefillAttentionComputeEfficiency),
    };
  });
}

/** Linear attention: seconds per decoding sequence (its state is read and written) and per prompt token (recurrence). */
export function linearAttentionRates(spec: InstanceSpec): { perSequence: number; perPrefillToken: number } {
  const { model, gpu, parallelism, coefficients: c } = spec;
  const state = (stateElementsPerSequence(model) * BYTES_PER_STATE_ELEMENT) / parallelism.tp;
  const flops = linearAttentionFlopsPerToken(model) / parallelism.tp;
  return {
    perSequence: (2 * state) / (gpu.hbmBytesPerSecond * c.elementwiseBandwidthEfficiency),
    perPrefillToken: flops / (gpu.bf16DenseFlops * c.linearAttentionComputeEfficiency),
  };
}
