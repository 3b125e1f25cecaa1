import type { Gpu } from '../../../catalog/index.js';
import { isKernelFormat, type KernelFormat, type KernelOperation } from '../../../perf/curves/index.js';
import type { TableRow } from '../read-table.js';

/** One row of a table, as the shape that its operation's curve takes. */
export interface TimedShape {
  readonly operation: KernelOperation;
  readonly type: string;
  readonly shape: unknown;
  /** Kernels whose times add up to the operation; 'all' where one row is the whole of it. */
  readonly part?: string;
}

/** How the rows of one kind of table become shapes. */
export interface TableAdapter {
  readonly table: string;
  /** Columns it reads, besides `latency` and `version`. */
  readonly columns: readonly string[];
  /** Parts that together make a timing, where the kernels of an operation have rows of their own; 1 by default. */
  readonly parts?: number;
  /** The shape, or why the row is of no use. */
  read(row: TableRow, gpu: Gpu): TimedShape | string;
}

const FORMAT_OF: Readonly<Record<string, KernelFormat>> = {
  bfloat16: 'bf16',
  float16: 'bf16',
  int4_wo: 'int4',
  w4a16_mxfp4: 'mxfp4_w4a16',
  w4a8_mxfp4_mxfp8: 'mxfp4_w4a8',
};

/** goodput's name of a number format in the tables; null for one without a curve. */
export function formatOf(name: string | number): KernelFormat | null {
  const text = String(name);
  const format = FORMAT_OF[text] ?? text;
  return isKernelFormat(format) ? format : null;
}

/** Numbers of a row; a column that is missing or holds text makes it useless. */
export function numbers<Names extends string>(row: TableRow, ...names: Names[]): Record<Names, number> | null {
  const values = {} as Record<Names, number>;
  for (const name of names) {
    const value = row[name];
    if (typeof value !== 'number') return null;
    values[name] = value;
  }
  return values;
}

export const INCOMPLETE = 'a column is missing or no number';
export const unknownFormat = (name: string | number): string => `number format ${name} has no curve`;
