import {
  type DecodeShape,
  groupedDecodeHeads,
  groupedPrefillHeads,
  type KernelFormat,
  type LocalHeads,
  type PrefillShape,
} from '../../../perf/curves/index.js';
import { attendedPairs, boundedPairs } from '../../../perf/index.js';
import { formatOf, INCOMPLETE, numbers, type TableAdapter, unknownFormat } from './adapter.js';

const COLUMNS = [
  'batch_size',
  'isl',
  'step',
  'num_heads',
  'num_key_value_heads',
  'head_dim',
  'window_size',
  'attn_dtype',
  'kv_cache_dtype',
];

/** Bytes per cached element. */
export const cacheBytes = (format: KernelFormat): number => (format === 'bf16' ? 2 : 1);

const localHeads = (r: Record<'num_heads' | 'num_key_value_heads' | 'head_dim', number>): LocalHeads => ({
  heads: r.num_heads,
  kvHeads: r.num_key_value_heads,
  headDim: r.head_dim,
});

const generationAttention: TableAdapter = {
  table: 'generation_attention',
  columns: COLUMNS,
  read(row) {
    const cache = formatOf(row.kv_cache_dtype);
    if (cache === null) return unknownFormat(row.kv_cache_dtype);
    const r = numbers(row, 'batch_size', 'isl', 'step', 'num_heads', 'num_key_value_heads', 'head_dim', 'window_size');
    if (r === null) return INCOMPLETE;
    const context = r.isl + r.step;
    const shape: DecodeShape = {
      sequences: r.batch_size,
      contextTokens: r.batch_size * (r.window_size > 0 ? Math.min(context, r.window_size) : context),
      ...groupedDecodeHeads(localHeads(r), cacheBytes(cache)),
    };
    return { operation: 'decode-attention', type: `bf16/${cache}`, shape };
  },
};

const contextAttention: TableAdapter = {
  table: 'context_attention',
  columns: COLUMNS,
  read(row) {
    const compute = formatOf(row.attn_dtype);
    const cache = formatOf(row.kv_cache_dtype);
    if (compute === null || cache === null)
      return unknownFormat(compute === null ? row.attn_dtype : row.kv_cache_dtype);
    const r = numbers(row, 'batch_size', 'isl', 'step', 'num_heads', 'num_key_value_heads', 'head_dim', 'window_size');
    if (r === null) return INCOMPLETE;
    if (r.step > 0) return 'prompt with a cached prefix';
    const pairs = r.window_size > 0 ? boundedPairs(0, r.isl, r.window_size) : attendedPairs(0, r.isl);
    const shape: PrefillShape = {
      sequences: r.batch_size,
      tokens: r.batch_size * r.isl,
      pairs: r.batch_size * pairs,
      ...groupedPrefillHeads(localHeads(r)),
    };
    return { operation: 'prefill-attention', type: `${compute}/${cache}`, shape };
  },
};

export const attentionTables: readonly TableAdapter[] = [generationAttention, contextAttention];
