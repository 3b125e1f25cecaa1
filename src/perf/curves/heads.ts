import type { DecodeHeads } from './decode-attention.js';
import type { PrefillHeads } from './prefill-attention.js';

/** Heads that one GPU keeps of a layer: query heads and KV heads divided by tensor parallelism, at least one each. */
export interface LocalHeads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Two FLOPs for the score and two for the weighted sum, per element; a key and a value cached per KV head. */
export function groupedDecodeHeads({ heads, kvHeads, headDim }: LocalHeads, bytesPerCacheElement: number): DecodeHeads {
  return {
    groups: kvHeads,
    queriesPerGroup: heads / kvHeads,
    flopsPerPair: 4 * headDim,
    bytesPerGroupToken: 2 * headDim * bytesPerCacheElement,
  };
}

/** Queries and results of all heads, keys and values of the KV heads pass memory once, at 16 bit. */
export function groupedPrefillHeads({ heads, kvHeads, headDim }: LocalHeads): PrefillHeads {
  return { heads, flopsPerPair: 4 * headDim, bytesPerToken: 2 * headDim * 2 * (heads + kvHeads) };
}

/** Sizes of a latent-attention layer (DeepSeek-V2, arXiv:2405.04434), and the query heads one GPU keeps of it. */
export interface LocalLatent {
  readonly heads: number;
  readonly kvRank: number;
  readonly ropeDim: number;
  readonly nopeDim: number;
  readonly valueDim: number;
}

/** Decoding in the absorbed form: scores over latent and rotary part, weighted sum over the latent. */
export function latentDecodeHeads(latent: LocalLatent, bytesPerCacheElement: number): DecodeHeads {
  return {
    groups: 1,
    queriesPerGroup: latent.heads,
    flopsPerPair: 2 * (latent.kvRank + latent.ropeDim) + 2 * latent.kvRank,
    bytesPerGroupToken: (latent.kvRank + latent.ropeDim) * bytesPerCacheElement,
  };
}

/** A prompt expands the latent into heads; queries, keys, values and results pass memory at 16 bit. */
export function latentPrefillHeads({ heads, ropeDim, nopeDim, valueDim }: LocalLatent): PrefillHeads {
  return {
    heads,
    flopsPerPair: 2 * (nopeDim + ropeDim) + 2 * valueDim,
    bytesPerToken: 2 * heads * 2 * (nopeDim + ropeDim + valueDim),
  };
}
