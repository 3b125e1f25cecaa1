/** Grouped-query attention: `heads` query heads share `kvHeads` key-value heads. */
export interface GroupedQueryAttention {
  readonly kind: 'gqa';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Whether the query projection also produces an elementwise gate for the output (twice as wide). */
  readonly outputGate: boolean;
}

/** Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434): one latent of `kvRank + ropeDim` elements per token. */
export interface LatentAttention {
  readonly kind: 'mla';
  readonly heads: number;
  readonly queryRank: number;
  readonly kvRank: number;
  readonly ropeDim: number;
  readonly nopeDim: number;
  readonly valueDim: number;
  /** Sparse attention (DeepSeek-V3.2): an indexer scores all tokens, attention sees the `topK` best. */
  readonly indexer: { readonly heads: number; readonly dim: number; readonly topK: number } | null;
}

/** Gated delta net (Qwen3-Next): a recurrent state of `valueHeads * keyDim * valueDim` per sequence instead of a KV cache. */
export interface LinearAttention {
  readonly layers: number;
  readonly keyHeads: number;
  readonly valueHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly convolutionKernel: number;
}

export interface MixtureOfExperts {
  /** Layers whose feed-forward part is a mixture; the others are dense. */
  readonly layers: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly sharedExperts: number;
  readonly expertIntermediate: number;
}

/** One model: what its weights, its KV cache and its FLOPs follow from. */
export interface Model {
  readonly name: string;
  /** Published number of parameters; the shapes below add up to it within 2 %. */
  readonly parameters: number;
  /** Published number of parameters a token passes through. */
  readonly activeParameters: number;
  readonly layers: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Whether the LM head shares its matrix with the embedding. */
  readonly tiedEmbeddings: boolean;
  readonly attention: GroupedQueryAttention | LatentAttention;
  /** Layers that see the whole context. */
  readonly fullAttentionLayers: number;
  /** Layers that see the last `tokens` tokens only. */
  readonly slidingWindow: { readonly layers: number; readonly tokens: number } | null;
  readonly linearAttention: LinearAttention | null;
  /** Dense feed-forward layers: three matrices (gate, up, down) of `hidden x intermediate`. */
  readonly denseFfn: { readonly layers: number; readonly intermediate: number } | null;
  readonly moe: MixtureOfExperts | null;
  /** Block format of its 4-bit floating-point checkpoints. */
  readonly fp4Format: 'nvfp4' | 'mxfp4';
  /** Scales of its 8-bit checkpoints: one per tensor or row, or one per block of 128 x 128 weights, which other kernels multiply. */
  readonly fp8Scales: 'tensor' | 'block';
  readonly source: string;
  /** Month of release. */
  readonly asOf: string;
  readonly note?: string;
}
