import {
  type DecodeShape,
  formatPeak,
  type LatentModuleShape,
  type LatentProjectionShape,
  latentDecodeHeads,
  latentPrefillHeads,
  type PrefillShape,
} from '../../../perf/curves/index.js';
import { attendedPairs } from '../../../perf/index.js';
import { formatOf, INCOMPLETE, numbers, type TableAdapter, unknownFormat } from './adapter.js';
import { cacheBytes } from './attention.js';

/** DeepSeek-V3, the model all latent tables were timed with (config.json). */
const HIDDEN = 7168;
const QUERY_RANK = 1536;
const LATENT = { kvRank: 512, ropeDim: 64, nopeDim: 128, valueDim: 128 };

const COLUMNS = ['mla_dtype', 'kv_cache_dtype', 'gemm_type', 'model', 'num_heads', 'batch_size', 'isl', 'step'];

const generationMla: TableAdapter = {
  table: 'generation_mla',
  columns: COLUMNS,
  read(row) {
    const cache = formatOf(row.kv_cache_dtype);
    if (cache === null) return unknownFormat(row.kv_cache_dtype);
    const r = numbers(row, 'num_heads', 'batch_size', 'isl', 'step');
    if (r === null) return INCOMPLETE;
    const shape: DecodeShape = {
      sequences: r.batch_size,
      contextTokens: r.batch_size * (r.isl + r.step),
      ...latentDecodeHeads({ ...LATENT, heads: r.num_heads }, cacheBytes(cache)),
    };
    return { operation: 'latent-decode-attention', type: `bf16/${cache}`, shape };
  },
};

const contextMla: TableAdapter = {
  table: 'context_mla',
  columns: COLUMNS,
  read(row) {
    const cache = formatOf(row.kv_cache_dtype);
    if (cache === null) return unknownFormat(row.kv_cache_dtype);
    const r = numbers(row, 'num_heads', 'batch_size', 'isl', 'step');
    if (r === null) return INCOMPLETE;
    if (r.step > 0) return 'prompt with a cached prefix';
    const shape: PrefillShape = {
      sequences: r.batch_size,
      tokens: r.batch_size * r.isl,
      pairs: r.batch_size * attendedPairs(0, r.isl),
      ...latentPrefillHeads({ ...LATENT, heads: r.num_heads }),
    };
    return { operation: 'latent-prefill-attention', type: `bf16/${cache}`, shape };
  },
};

const mlaBmm: TableAdapter = {
  table: 'mla_bmm',
  columns: ['op_name', 'bmm_dtype', 'num_tokens', 'num_heads'],
  read(row) {
    const format = formatOf(row.bmm_dtype);
    if (format === null) return unknownFormat(row.bmm_dtype);
    const r = numbers(row, 'num_tokens', 'num_heads');
    if (r === null) return INCOMPLETE;
    const before = row.op_name === 'mla_gen_pre';
    const shape: LatentProjectionShape = {
      format,
      rows: r.num_tokens,
      heads: r.num_heads,
      n: before ? LATENT.kvRank : LATENT.valueDim,
      k: before ? LATENT.nopeDim : LATENT.kvRank,
    };
    return { operation: 'latent-projection', type: format, shape };
  },
};

function module(table: string, phase: 'decode' | 'prefill'): TableAdapter {
  return {
    table,
    columns: COLUMNS,
    read(row, gpu) {
      const format = formatOf(row.gemm_type);
      const cache = formatOf(row.kv_cache_dtype);
      if (format === null || cache === null) return unknownFormat(format === null ? row.gemm_type : row.kv_cache_dtype);
      const r = numbers(row, 'num_heads', 'batch_size', 'isl', 'step');
      if (r === null) return INCOMPLETE;
      if (phase === 'prefill' && r.step > 0) return 'prompt with a cached prefix';
      const tokens = r.batch_size * r.isl;
      const context = r.batch_size * (r.isl + r.step);
      const heads = { ...LATENT, heads: r.num_heads };
      const decode = latentDecodeHeads(heads, cacheBytes(cache));
      const perHead =
        QUERY_RANK * (LATENT.nopeDim + LATENT.ropeDim) +
        LATENT.kvRank * (LATENT.nopeDim + LATENT.valueDim) +
        LATENT.valueDim * HIDDEN;
      const shape: LatentModuleShape = {
        format,
        weights: HIDDEN * (QUERY_RANK + LATENT.kvRank + LATENT.ropeDim) + r.num_heads * perHead,
        tokens,
        contextTokens: phase === 'decode' ? context : 0,
        cacheBytesPerToken: decode.bytesPerGroupToken,
        pairs: phase === 'decode' ? context : r.batch_size * attendedPairs(0, r.isl),
        flopsPerPair: r.num_heads * (phase === 'decode' ? decode : latentPrefillHeads(heads)).flopsPerPair,
        attentionPeakShare: gpu.bf16DenseFlops / formatPeak(gpu, format),
      };
      return {
        operation: phase === 'decode' ? 'latent-decode-module' : 'latent-prefill-module',
        type: `${format}/${cache}`,
        shape,
      };
    },
  };
}

export const latentTables: readonly TableAdapter[] = [
  generationMla,
  contextMla,
  mlaBmm,
  module('mla_generation_module', 'decode'),
  module('mla_context_module', 'prefill'),
];
