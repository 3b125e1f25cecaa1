import type { Model } from '../catalog/index.js';

/** Kinds of layers for which engines have kernels of their own. */
export type ArchitectureClass = `${'gqa' | 'sliding' | 'mla' | 'sparse' | 'linear'} ${'dense' | 'moe'}`;

/**
 * The class of a model: its attention, by what is unusual about it, and whether it has experts.
 *
 * @example architectureClass(models['deepseek-r1']) // 'mla moe'
 */
export function architectureClass({ attention, slidingWindow, linearAttention, moe }: Model): ArchitectureClass {
  const feedForward = moe === null ? 'dense' : 'moe';
  if (linearAttention !== null) return `linear ${feedForward}`;
  if (attention.kind === 'mla') return `${attention.indexer === null ? 'mla' : 'sparse'} ${feedForward}`;
  return `${slidingWindow === null ? 'gqa' : 'sliding'} ${feedForward}`;
}

/** What a weight matrix is for; decides its number format (`precision.ts`) and its name in reports. */
export type MatrixRole =
  | 'embedding'
  | 'lm-head'
  | 'attention-input'
  | 'attention-output'
  | 'indexer'
  | 'linear-attention'
  | 'dense-ffn'
  | 'shared-expert'
  | 'router'
  | 'expert';

/** A weight matrix that every layer of some group has; a token multiplies with it in a GEMM of `inputs x outputs`. */
export interface Matrix {
  readonly role: MatrixRole;
  /** Length of the reduction, GEMM k. */
  readonly inputs: number;
  /** GEMM n. */
  readonly outputs: number;
  /** Layers that have it; 1 for embedding and LM head. */
  readonly layers: number;
  /** Matrices of this shape in a layer: the number of experts, 1 otherwise. */
  readonly copies: number;
  /** Ways tensor parallelism can split it: Infinity, the number of KV heads, or 1 where every GPU keeps it whole. */
  readonly splitLimit: number;
  /** What is split: columns where each GPU computes a part of the results, rows where its part is summed with the others'. */
  readonly split: 'outputs' | 'inputs';
}

/** Attention of one group of layers: what it stores, reads and computes per token. */
export interface AttentionView {
  readonly name: 'attention' | 'window-attention' | 'indexer';
  readonly layers: number;
  /** Most tokens a query attends to; Infinity for the whole context. */
  readonly bound: number;
  /** Whether tokens beyond the bound stay in memory (sparse attention) or are dropped (sliding window). */
  readonly keepsAll: boolean;
  /** Elements cached per token and layer. */
  readonly elementsPerToken: number;
  /** Ways tensor parallelism can split the cache: KV heads; 1 for a latent, which every GPU holds. */
  readonly cacheSplitLimit: number;
  /** Ways it can split the arithmetic: query heads; 1 for an indexer. */
  readonly computeSplitLimit: number;
  /** FLOPs per (query, key) pair and layer when one query reads the cache. */
  readonly decodeFlopsPerPair: number;
  /** FLOPs per pair and layer over a prompt. */
  readonly prefillFlopsPerPair: number;
}

/**
 * All weight matrices of a model. Norms, biases and convolutions are left out: together under 0.1 % of any model.
 *
 * Sources: the models' `config.json` and reference code in Hugging Face `transformers`; latent attention DeepSeek-V2
 * (arXiv:2405.04434), indexer DeepSeek-V3.2, gated delta net Qwen3-Next.
 */
export function matrices(model: Model): readonly Matrix[] {
  let list = known.get(model);
  if (list === undefined) {
    list = listMatrices(model);
    known.set(model, list);
  }
  return list;
}

/** A fit compiles the same few models a million times. */
const known = new WeakMap<Model, readonly Matrix[]>();

function listMatrices(model: Model): readonly Matrix[] {
  const { hidden, vocabulary } = model;
  const all: Matrix[] = [];
  const add = (role: MatrixRole, inputs: number, outputs: number, layers: number, splitLimit = Infinity, copies = 1) =>
    all.push({ role, inputs, outputs, layers, copies, splitLimit, split: 'outputs' });
  const addSummed = (role: MatrixRole, inputs: number, outputs: number, layers: number, copies = 1) =>
    all.push({ role, inputs, outputs, layers, copies, splitLimit: Infinity, split: 'inputs' });

  add('embedding', hidden, vocabulary, 1);
  if (!model.tiedEmbeddings) add('lm-head', hidden, vocabulary, 1);

  const softmaxLayers = model.fullAttentionLayers + (model.slidingWindow?.layers ?? 0);
  const attention = model.attention;
  if (attention.kind === 'gqa') {
    const { heads, kvHeads, headDim } = attention;
    add('attention-input', hidden, heads * headDim * (attention.outputGate ? 2 : 1), softmaxLayers);
    add('attention-input', hidden, 2 * kvHeads * headDim, softmaxLayers, kvHeads);
    addSummed('attention-output', heads * headDim, hidden, softmaxLayers);
  } else {
    const { heads, queryRank, kvRank, ropeDim, nopeDim, valueDim, indexer } = attention;
    // The projections down to the latents do not belong to a head: tensor parallelism replicates them.
    add('attention-input', hidden, queryRank + kvRank + ropeDim, softmaxLayers, 1);
    add('attention-input', queryRank, heads * (nopeDim + ropeDim), softmaxLayers);
    add('attention-input', kvRank, heads * (nopeDim + valueDim), softmaxLayers);
    addSummed('attention-output', heads * valueDim, hidden, softmaxLayers);
    if (indexer !== null) {
      add('indexer', queryRank, indexer.heads * indexer.dim, softmaxLayers, 1);
      add('indexer', hidden, indexer.dim + indexer.heads, softmaxLayers, 1);
    }
  }
  if (model.linearAttention !== null) {
    const { layers, keyHeads, valueHeads, keyDim, valueDim } = model.linearAttention;
    // Query, key, value, output gate, and the two scalars (decay, write strength) of each value head.
    add('linear-attention', hidden, 2 * keyHeads * keyDim + 2 * valueHeads * valueDim + 2 * valueHeads, layers);
    addSummed('linear-attention', valueHeads * valueDim, hidden, layers);
  }
  if (model.denseFfn !== null) {
    add('dense-ffn', hidden, 2 * model.denseFfn.intermediate, model.denseFfn.layers);
    addSummed('dense-ffn', model.denseFfn.intermediate, hidden, model.denseFfn.layers);
  }
  if (model.moe !== null) {
    const { layers, experts, sharedExperts, expertIntermediate } = model.moe;
    add('router', hidden, experts, layers, 1);
    add('expert', hidden, 2 * expertIntermediate, layers, Infinity, experts);
    addSummed('expert', expertIntermediate, hidden, layers, experts);
    if (sharedExperts > 0) {
      add('shared-expert', hidden, 2 * sharedExperts * expertIntermediate, layers);
      addSummed('shared-expert', sharedExperts * expertIntermediate, hidden, layers);
    }
  }
  return all;
}

/** Parameters the matrices add up to; within 2 % of the published number for every model of the catalog. */
export function parameterCount(model: Model): number {
  return matrices(model).reduce((sum, m) => sum + m.inputs * m.outputs * m.layers * m.copies, 0);
}

/** Parameters one token is multiplied with: all matrices but the embedding, of the experts only the chosen ones. */
export function multipliedParameters(model: Model): number {
  const chosen = model.moe === null ? 0 : model.moe.expertsPerToken / model.moe.experts;
  return matrices(model).reduce((sum, m) => {
    if (m.role === 'embedding' && !model.tiedEmbeddings) return sum;
    return sum + m.inputs * m.outputs * m.layers * (m.role === 'expert' ? m.copies * chosen : 1);
  }, 0);
}

/**
 * Attention by kind of layer.
 *
 * Grouped-query: a key and a value of `headDim` for each KV head; `4 * headDim` FLOPs per pair and query head (scores
 * and weighted sum, two FLOPs each). Latent: one vector of `kvRank + ropeDim` for all heads. Decoding works on the
 * latent itself (absorbed form, `2 * (kvRank + ropeDim) + 2 * kvRank` per head); a prompt expands it into heads of
 * `nopeDim + ropeDim` and `valueDim`, which costs fewer FLOPs. With sparse attention a prompt stays in the absorbed form.
 */
export function attentionViews(model: Model): readonly AttentionView[] {
  let list = knownViews.get(model);
  if (list === undefined) {
    list = listAttentionViews(model);
    knownViews.set(model, list);
  }
  return list;
}

const knownViews = new WeakMap<Model, readonly AttentionView[]>();

function listAttentionViews(model: Model): readonly AttentionView[] {
  const attention = model.attention;
  if (attention.kind === 'gqa') {
    const { heads, kvHeads, headDim } = attention;
    const view = {
      keepsAll: true,
      elementsPerToken: 2 * kvHeads * headDim,
      cacheSplitLimit: kvHeads,
      computeSplitLimit: heads,
      decodeFlopsPerPair: 4 * headDim * heads,
      prefillFlopsPerPair: 4 * headDim * heads,
    };
    const views: AttentionView[] = [
      { ...view, name: 'attention', layers: model.fullAttentionLayers, bound: Number.POSITIVE_INFINITY },
    ];
    if (model.slidingWindow !== null) {
      const { layers, tokens } = model.slidingWindow;
      views.push({ ...view, name: 'window-attention', layers, bound: tokens, keepsAll: false });
    }
    return views;
  }
  const { heads, kvRank, ropeDim, nopeDim, valueDim, indexer } = attention;
  const absorbed = heads * (2 * (kvRank + ropeDim) + 2 * kvRank);
  const expanded = heads * 2 * (nopeDim + ropeDim + valueDim);
  const views: AttentionView[] = [
    {
      name: 'attention',
      layers: model.fullAttentionLayers,
      bound: indexer?.topK ?? Number.POSITIVE_INFINITY,
      keepsAll: true,
      elementsPerToken: kvRank + ropeDim,
      cacheSplitLimit: 1,
      computeSplitLimit: heads,
      decodeFlopsPerPair: absorbed,
      prefillFlopsPerPair: indexer === null ? expanded : absorbed,
    },
  ];
  if (indexer !== null) {
    const flops = 2 * indexer.heads * indexer.dim;
    views.push({
      name: 'indexer',
      layers: model.fullAttentionLayers,
      bound: Number.POSITIVE_INFINITY,
      keepsAll: true,
      elementsPerToken: indexer.dim,
      cacheSplitLimit: 1,
      computeSplitLimit: 1,
      decodeFlopsPerPair: flops,
      prefillFlopsPerPair: flops,
    });
  }
  return views;
}

/** Elements of recurrent state a sequence holds in the linear-attention layers, whatever its length. */
export function stateElementsPerSequence(model: Model): number {
  if (model.linearAttention === null) return 0;
  const { layers, keyHeads, valueHeads, keyDim, valueDim, convolutionKernel } = model.linearAttention;
  const convolution = (convolutionKernel - 1) * (2 * keyHeads * keyDim + valueHeads * valueDim);
  return layers * (valueHeads * keyDim * valueDim + convolution);
}

/**
 * FLOPs per token and layer of the recurrence: decay and read the state, write the correction, read it out, each a
 * multiply-add over `keyDim x valueDim` of every value head (Gated DeltaNet, arXiv:2412.06464).
 */
export function linearAttentionFlopsPerToken(model: Model): number {
  if (model.linearAttention === null) return 0;
  const { layers, valueHeads, keyDim, valueDim } = model.linearAttention;
  return layers * 6 * valueHeads * keyDim * valueDim;
}

/**
 * Experts of `experts` that at least one of `tokens` tokens chooses, each choosing `perToken` at random:
 * `experts * (1 - (1 - perToken / experts)^tokens)`.
 *
 * @example expertsTouched(256, 8, 1) // 8
 */
export function expertsTouched(experts: number, perToken: number, tokens: number): number {
  return experts * (1 - (1 - perToken / experts) ** tokens);
}
