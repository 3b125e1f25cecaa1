import type { Gpu, Model } from '../catalog/index.js';
import { InputError } from '../scenario/input-error.js';
import { attentionViews, matrices, stateElementsPerSequence } from './architecture.js';
import { expertsHeld, type Parallelism, type ParallelismInput, resolveParallelism } from './parallelism.js';
import {
  BYTES_PER_STATE_ELEMENT,
  bytesPerKvElement,
  bytesPerWeight,
  type KvPrecision,
  type Precision,
  weightFormat,
} from './precision.js';
import type { Speculation } from './speculation.js';

/** Memory of one GPU of an instance, bytes; the fullest GPU where they differ. */
export interface MemoryBreakdown {
  /** `memoryFraction` of what the GPU has. */
  readonly budgetBytes: number;
  readonly weightBytes: number;
  /** Context, communication buffers, CUDA graphs, activations of a full step. */
  readonly reserveBytes: number;
  /** Fixed state of `maxSequences` sequences: linear attention, sliding windows. */
  readonly stateBytes: number;
  /** What is left for the KV cache. */
  readonly kvCacheBytes: number;
  readonly kvBytesPerToken: number;
  /** Tokens that fit into one attention rank. */
  readonly kvTokensPerRank: number;
}

export interface MemoryOptions {
  readonly model: Model;
  readonly gpu: Gpu;
  readonly precision: Precision;
  readonly kvPrecision: KvPrecision;
  readonly parallelism: Parallelism;
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
  readonly memoryFraction: number;
  /** A drafter adds layers: their weights and their cache. */
  readonly speculation?: Speculation | undefined;
  /** Path of the pool in the user's file, for messages. */
  readonly key?: string;
}

/**
 * CUDA context (about 0.5 GiB), NCCL and all-reduce workspaces (0.5 GiB), captured CUDA graphs (0.5 to 1 GiB): the
 * order of magnitude that engines print at start-up as memory outside the tensors plus graph capture.
 */
const RUNTIME_BYTES = 1.75 * 2 ** 30;

/**
 * Weights of one GPU: the stage with most layers, plus the larger of embedding and LM head (both where `pp` is 1). `drafter` is
 * what a drafter adds to the last stage, as a share of all layers.
 */
export function weightBytesPerGpu(model: Model, precision: Precision, parallelism: Parallelism, drafter = 0): number {
  const { tp, pp, moeTp, moeEp } = parallelism;
  const shareOfLayers = Math.ceil(model.layers / pp) / model.layers;
  let layers = 0;
  let embedding = 0;
  let head = 0;
  for (const m of matrices(model)) {
    const bytes = m.inputs * m.outputs * m.layers * bytesPerWeight[weightFormat(model, precision, m.role)];
    if (m.role === 'embedding') embedding = bytes / tp;
    else if (m.role === 'lm-head') head = bytes / tp;
    else if (m.role === 'expert') layers += (bytes * expertsHeld(m.copies, moeEp)) / moeTp;
    else layers += bytes / Math.min(tp, m.splitLimit);
  }
  if (model.tiedEmbeddings) head = pp === 1 ? 0 : embedding;
  return layers * (shareOfLayers + drafter) + (pp === 1 ? embedding + head : Math.max(embedding, head));
}

/** KV bytes that one more token of context takes on a GPU. Layers with a sliding window hold a fixed amount instead. */
export function kvBytesPerToken(model: Model, kvPrecision: KvPrecision, tp: number, pp = 1): number {
  let bytes = 0;
  for (const view of attentionViews(model)) {
    if (!view.keepsAll) continue;
    const elements = Math.ceil(view.layers / pp) * (view.elementsPerToken / Math.min(tp, view.cacheSplitLimit));
    // The indexer's keys are fp8 whatever the cache is (DeepSeek-V3.2).
    bytes += elements * (view.name === 'indexer' ? 1 : bytesPerKvElement[kvPrecision]);
  }
  return bytes;
}

/** Bytes on a GPU that a sequence holds whatever its length: recurrent state and full windows. */
export function stateBytesPerSequence(model: Model, kvPrecision: KvPrecision, tp: number, pp = 1): number {
  let bytes = (stateElementsPerSequence(model) * BYTES_PER_STATE_ELEMENT) / tp / pp;
  for (const view of attentionViews(model)) {
    if (view.keepsAll) continue;
    const elements = Math.ceil(view.layers / pp) * (view.elementsPerToken / Math.min(tp, view.cacheSplitLimit));
    bytes += view.bound * elements * bytesPerKvElement[kvPrecision];
  }
  return bytes;
}

/**
 * Bytes that a replica has to get of a prompt that was computed elsewhere: what the GPUs of one attention rank hold of it
 * together, each its own copy. Keys and values are held more than once where tensor parallelism exceeds their heads, and the latent
 * of MLA by every GPU of the rank (Qwen3-235B with 4 heads on 8 GPUs moves 385 kB a token, twice its 193 kB: measured, see
 * `kvTransfers`). Full windows and recurrent state come on top, whatever the length.
 */
export function handedOverBytes(
  model: Model,
  kvPrecision: KvPrecision,
  tp: number,
): { kvBytesPerToken: number; kvBytesPerRequest: number } {
  return {
    kvBytesPerToken: tp * kvBytesPerToken(model, kvPrecision, tp),
    kvBytesPerRequest: tp * stateBytesPerSequence(model, kvPrecision, tp),
  };
}

/**
 * Activations of a full step at 16 bit: four vectors of `hidden` per token (input, residual, attention in and out), the
 * widest feed-forward part (gate, up, product) and for experts the permuted copies of each token, and the logits of
 * `maxSequences` sequences at fp32. Data-parallel attention ranks hold their share of the tokens, experts see all.
 */
function activationBytes(options: MemoryOptions): number {
  const { model, parallelism, maxBatchedTokens, maxSequences } = options;
  const { tp, attentionDp, moeTp, moeEp } = parallelism;
  const dense = (3 * (model.denseFfn?.intermediate ?? 0)) / tp;
  const perRankToken = 2 * (4 * model.hidden + dense);
  let bytes = (perRankToken * maxBatchedTokens) / attentionDp;
  if (model.moe !== null) {
    const { expertsPerToken, expertIntermediate } = model.moe;
    const copies = (maxBatchedTokens * expertsPerToken) / moeEp;
    bytes += copies * 2 * (model.hidden + (3 * expertIntermediate) / moeTp);
  }
  return bytes + (4 * model.vocabulary * maxSequences) / attentionDp / tp;
}

function drafterLayers(speculation: Speculation | undefined): number {
  return speculation === undefined || speculation.draftTokens === 0 ? 0 : (speculation.draftLayers ?? 1);
}

/** Memory of a GPU, without judging whether it suffices. */
export function memoryBreakdown(options: MemoryOptions): MemoryBreakdown {
  const { model, gpu, precision, kvPrecision, parallelism, maxSequences, memoryFraction } = options;
  const { tp, pp, attentionDp } = parallelism;
  const budgetBytes = memoryFraction * gpu.hbmBytes;
  const drafter = drafterLayers(options.speculation) / model.layers;
  const weightBytes = weightBytesPerGpu(model, precision, parallelism, drafter);
  const reserveBytes = RUNTIME_BYTES + activationBytes(options);
  const stateBytes = Math.ceil(maxSequences / attentionDp) * stateBytesPerSequence(model, kvPrecision, tp, pp);
  const kvCacheBytes = budgetBytes - weightBytes - reserveBytes - stateBytes;
  const perToken = kvBytesPerToken(model, kvPrecision, tp, pp) * (1 + drafter * pp);
  const kvTokensPerRank = Math.max(0, Math.floor(kvCacheBytes / perToken));
  return {
    budgetBytes,
    weightBytes,
    reserveBytes,
    stateBytes,
    kvCacheBytes,
    kvBytesPerToken: perToken,
    kvTokensPerRank,
  };
}

/**
 * Memory of a GPU of an instance that works.
 *
 * @throws InputError where nothing is left for the KV cache; it says what is needed, what there is, and which `tp` fits
 */
export function requireMemory(options: MemoryOptions): MemoryBreakdown {
  const memory = memoryBreakdown(options);
  if (memory.kvTokensPerRank >= 1) return memory;
  const { model, gpu, precision, parallelism, key } = options;
  const needed = memory.weightBytes + memory.reserveBytes + memory.stateBytes;
  const fitting = smallestFittingTp(options);
  throw new InputError({
    message:
      `${model.name} at ${precision} does not fit on ${parallelism.gpus} x ${gpu.name}: a GPU needs ` +
      `${gigabytes(needed)} before any KV cache (weights ${gigabytes(memory.weightBytes)}, runtime and activations ` +
      `${gigabytes(memory.reserveBytes)}${memory.stateBytes > 0 ? `, sequence state ${gigabytes(memory.stateBytes)}` : ''}), ` +
      `${gigabytes(memory.budgetBytes)} are available`,
    key: key === undefined ? 'parallelism' : `${key}.parallelism`,
    hint:
      fitting === null
        ? 'use more pipeline stages, a GPU with more memory, a lower precision, or smaller maxSequences'
        : `the smallest tp that fits is ${fitting}`,
  });
}

/** Smallest power of two up to 64 as `tp` with which the model fits, everything else by default; null if none. */
function smallestFittingTp(options: MemoryOptions): number | null {
  const { model, parallelism } = options;
  for (let tp = 1; tp <= 64; tp *= 2) {
    const input: ParallelismInput = { tp, pp: parallelism.pp };
    try {
      const memory = memoryBreakdown({ ...options, parallelism: resolveParallelism(model, input) });
      if (memory.kvTokensPerRank >= 1) return tp;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return null;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
