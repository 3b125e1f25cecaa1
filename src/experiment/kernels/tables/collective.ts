import type { CollectiveKind, CollectiveShape } from '../../../perf/curves/index.js';
import { INCOMPLETE, numbers, type TableAdapter } from './adapter.js';

const KINDS: ReadonlySet<string> = new Set<CollectiveKind>(['all_reduce', 'all_gather', 'reduce_scatter', 'alltoall']);

function isKind(name: string): name is CollectiveKind {
  return KINDS.has(name);
}

/** `message_size` counts elements. */
const elementBytes = (format: string): number => (format === 'int8' || format === 'fp8' ? 1 : 2);

/** The stacks' own all-reduce; inside a CUDA graph unless the table says `eager`. */
const customAllReduce: TableAdapter = {
  table: 'custom_allreduce',
  columns: ['allreduce_dtype', 'num_gpus', 'message_size', 'backend'],
  read(row) {
    const r = numbers(row, 'num_gpus', 'message_size');
    if (r === null) return INCOMPLETE;
    const bytes = r.message_size * elementBytes(String(row.allreduce_dtype));
    const shape: CollectiveShape = { kind: 'all_reduce', gpus: r.num_gpus, bytes };
    return { operation: 'all-reduce', type: String(row.backend ?? '').endsWith('eager') ? 'eager' : 'graph', shape };
  },
};

const nccl: TableAdapter = {
  table: 'nccl',
  columns: ['op_name', 'nccl_dtype', 'num_gpus', 'message_size'],
  read(row) {
    const kind = String(row.op_name);
    if (!isKind(kind)) return `collective ${kind}`;
    const r = numbers(row, 'num_gpus', 'message_size');
    if (r === null) return INCOMPLETE;
    const shape: CollectiveShape = {
      kind,
      gpus: r.num_gpus,
      bytes: r.message_size * elementBytes(String(row.nccl_dtype)),
    };
    return { operation: 'nccl', type: kind, shape };
  },
};

export const collectiveTables: readonly TableAdapter[] = [customAllReduce, nccl];
