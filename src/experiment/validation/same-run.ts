import type { Measurement } from './measurements.js';

/** Latencies of a row, in one order. */
function latenciesOf({ ttftMs, tpotMs, percentiles }: Measurement): (number | null)[] {
  const { ttftP50Ms, ttftP99Ms, tpotP50Ms, tpotP99Ms } = percentiles;
  return [ttftMs, tpotMs, ttftP50Ms, ttftP99Ms, tpotP50Ms, tpotP99Ms];
}

/** Whether two rows tell of one run: they share a latency to the last digit, and none that both give differs. */
function isSame(a: readonly (number | null)[], b: readonly (number | null)[]): boolean {
  const both = a.flatMap((value, k) => (value === null || b[k] === null ? [] : [value === b[k]]));
  return both.length > 0 && both.every((equal) => equal);
}

/**
 * Rows that name the same run (`id`) complete each other: files list some runs twice, once with the means of their latencies and
 * once without.
 */
export function completed(rows: readonly Measurement[]): Measurement[] {
  const byId = new Map<string, Measurement[]>();
  for (const row of rows) {
    const known = byId.get(row.id);
    if (known === undefined) byId.set(row.id, [row]);
    else known.push(row);
  }
  return rows.map((row) => {
    const own = latenciesOf(row);
    const all = [...own];
    for (const other of byId.get(row.id) ?? []) {
      const theirs = latenciesOf(other);
      if (isSame(own, theirs)) for (const [k, value] of theirs.entries()) all[k] ??= value;
    }
    const [ttftMs, tpotMs, ttftP50Ms, ttftP99Ms, tpotP50Ms, tpotP99Ms] = all;
    return { ...row, ttftMs, tpotMs, percentiles: { ttftP50Ms, ttftP99Ms, tpotP50Ms, tpotP99Ms } };
  });
}
