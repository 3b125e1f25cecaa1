/** A point with what it costs and what it gives. */
export interface Candidate {
  x: number;
  y: number;
}

/**
 * The points that no other one beats in both ways, in order of x.
 *
 * @param x whether more or less of x is better
 * @param y the same of y
 * @example paretoFrontier([{ x: 1, y: 1 }, { x: 2, y: 2 }, { x: 1, y: 3 }], 'more', 'less') // [{ x: 1, y: 1 }, { x: 2, y: 2 }]
 */
export function paretoFrontier<T extends Candidate>(points: readonly T[], x: 'more' | 'less', y: 'more' | 'less'): T[] {
  const sign = { more: -1, less: 1 } as const;
  const sorted = [...points].sort((a, b) => sign[x] * (a.x - b.x) || sign[y] * (a.y - b.y));
  let best = Number.POSITIVE_INFINITY;
  const frontier = sorted.filter((point) => {
    const value = sign[y] * point.y;
    if (value >= best) return false;
    best = value;
    return true;
  });
  return frontier.sort((a, b) => a.x - b.x);
}
