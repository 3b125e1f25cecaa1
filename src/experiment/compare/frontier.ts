/** A point of a curve: how fast it is for a user, and what it costs. */
export interface Spot {
  tokensPerSecondPerUser: number;
  /** What is to be low. */
  cost: number;
}

/**
 * The points that no other beats in both speed and cost (Pareto), from slow and cheap to fast and dear.
 *
 * @example frontier([{ tokensPerSecondPerUser: 10, cost: 1 }, { tokensPerSecondPerUser: 20, cost: 0.5 }]) // the second alone
 */
export function frontier<T extends Spot>(points: readonly T[]): T[] {
  const fastFirst = [...points].sort((a, b) => b.tokensPerSecondPerUser - a.tokensPerSecondPerUser || a.cost - b.cost);
  const kept: T[] = [];
  for (const point of fastFirst) {
    if (kept.length === 0 || point.cost < kept[kept.length - 1].cost) kept.push(point);
  }
  return kept.reverse();
}

/**
 * A figure on the frontier at a speed: that of the slowest point where even that is faster, otherwise on a line between
 * the neighbours, straight in the logarithm (as costs and rates span decades).
 *
 * @param value the figure of a point; null where it has none
 * @returns null where no point is that fast, or a neighbour lacks the figure
 */
export function valueAt<T extends Spot>(
  sorted: readonly T[],
  tokensPerSecondPerUser: number,
  value: (point: T) => number | null,
): number | null {
  const next = sorted.findIndex((point) => point.tokensPerSecondPerUser >= tokensPerSecondPerUser);
  if (next < 0) return null;
  const high = value(sorted[next]);
  if (next === 0) return high;
  const low = value(sorted[next - 1]);
  if (low === null || high === null) return null;
  const from = sorted[next - 1].tokensPerSecondPerUser;
  const share = (tokensPerSecondPerUser - from) / (sorted[next].tokensPerSecondPerUser - from);
  return low > 0 && high > 0 ? low * (high / low) ** share : low + (high - low) * share;
}
