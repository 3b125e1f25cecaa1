import type { RecurrentShape } from '../../../perf/curves/index.js';
import { INCOMPLETE, numbers, type TableAdapter } from './adapter.js';

/** Convolution and recurrence of the gated delta net, timed apart: their sum is the operation. */
const gdn: TableAdapter = {
  table: 'gdn',
  columns: [
    'kernel_source',
    'phase',
    'batch_size',
    'seq_len',
    'd_conv',
    'num_k_heads',
    'head_k_dim',
    'num_v_heads',
    'head_v_dim',
  ],
  parts: 2,
  read(row) {
    const r = numbers(row, 'batch_size', 'seq_len', 'd_conv', 'num_k_heads', 'head_k_dim', 'num_v_heads', 'head_v_dim');
    if (r === null) return INCOMPLETE;
    const decode = row.phase === 'generation';
    const channels = 2 * r.num_k_heads * r.head_k_dim + r.num_v_heads * r.head_v_dim;
    const state = r.num_v_heads * r.head_k_dim * r.head_v_dim;
    const shape: RecurrentShape = {
      sequences: r.batch_size,
      tokens: r.batch_size * (decode ? 1 : r.seq_len),
      stateBytes: 2 * (state + (r.d_conv - 1) * channels),
      bytesPerToken: 2 * (channels + r.num_v_heads * r.head_v_dim),
      flopsPerToken: 6 * state,
    };
    return {
      operation: decode ? 'recurrent-decode' : 'recurrent-prefill',
      type: 'bf16',
      shape,
      part: String(row.kernel_source).startsWith('causal_conv1d') ? 'convolution' : 'recurrence',
    };
  },
};

export const recurrentTables: readonly TableAdapter[] = [gdn];
