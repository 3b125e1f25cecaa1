import { type ExpertDistribution, type ExpertShape, expertLoad, type GemmShape } from '../../../perf/curves/index.js';
import { formatOf, INCOMPLETE, numbers, type TableAdapter, unknownFormat } from './adapter.js';

const gemm: TableAdapter = {
  table: 'gemm',
  columns: ['gemm_dtype', 'm', 'n', 'k'],
  read(row) {
    const format = formatOf(row.gemm_dtype);
    if (format === null) return unknownFormat(row.gemm_dtype);
    const size = numbers(row, 'm', 'n', 'k');
    if (size === null) return INCOMPLETE;
    const shape: GemmShape = { format, rows: size.m, n: size.n, k: size.k };
    return { operation: 'gemm', type: format, shape };
  },
};

const DISTRIBUTIONS: Readonly<Record<string, ExpertDistribution>> = {
  balanced: 'balanced',
  uniform: 'random',
  'power_law_1.01': 'power_law_1.01',
  'power_law_1.2': 'power_law_1.2',
};

/** Nemotron's experts have two matrices instead of three; the tables do not say so, their sizes do. */
const UNGATED: ReadonlySet<string> = new Set(['2688x1856', '1024x2688', '4096x2688', '2048x5120', '8192x5120']);

const moe: TableAdapter = {
  table: 'moe',
  columns: [
    'moe_dtype',
    'num_tokens',
    'hidden_size',
    'inter_size',
    'topk',
    'num_experts',
    'moe_tp_size',
    'moe_ep_size',
    'distribution',
  ],
  read(row) {
    const format = formatOf(row.moe_dtype);
    if (format === null) return unknownFormat(row.moe_dtype);
    const distribution = DISTRIBUTIONS[row.distribution];
    if (distribution === undefined) return `distribution ${row.distribution}`;
    const r = numbers(
      row,
      'num_tokens',
      'hidden_size',
      'inter_size',
      'topk',
      'num_experts',
      'moe_tp_size',
      'moe_ep_size',
    );
    if (r === null) return INCOMPLETE;
    if (UNGATED.has(`${r.hidden_size}x${r.inter_size}`)) return 'experts without a gate';
    const load = expertLoad(
      { tokens: r.num_tokens, experts: r.num_experts, expertsPerToken: r.topk, expertParallel: r.moe_ep_size },
      distribution,
    );
    const shape: ExpertShape = {
      format,
      tokens: r.num_tokens,
      pairs: r.num_tokens * r.topk,
      rows: load.rows,
      touched: load.touched,
      hidden: r.hidden_size,
      intermediate: r.inter_size / r.moe_tp_size,
    };
    return { operation: 'experts', type: format, shape };
  },
};

export const matrixTables: readonly TableAdapter[] = [gemm, moe];
