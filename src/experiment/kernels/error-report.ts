import type { KernelCurve } from '../../catalog/kernel-curves/kernel-curve.js';

/** Held-out errors of the curves of one operation. */
export interface OperationError {
  readonly operation: string;
  readonly curves: number;
  readonly shapes: number;
  /** Means over the curves, each counting once. */
  readonly meanError: number;
  readonly medianError: number;
  readonly worst: KernelCurve;
}

/** Errors by operation, in the order the operations first appear. */
export function errorsByOperation(curves: readonly KernelCurve[]): OperationError[] {
  return [...groupBy(curves, (curve) => curve.operation)].map(([operation, group]) => ({
    operation,
    curves: group.length,
    shapes: group.reduce((sum, c) => sum + c.shapes, 0),
    meanError: mean(group.map((c) => c.meanError)),
    medianError: mean(group.map((c) => c.medianError)),
    worst: group.reduce((a, b) => (b.meanError > a.meanError ? b : a)),
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Items by key, keys in the order they first appear. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
