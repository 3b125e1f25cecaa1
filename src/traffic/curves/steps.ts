import type { CurveShape } from './rate-curve.js';

/**
 * Levels that each hold until the next one, repeated for ever.
 *
 * @param levels pairs of start (seconds, rising from 0) and level
 * @param periodSeconds after which they repeat, beyond the last start
 * @example
 * new RateCurve(steps([[0, 1], [600, 4]], 1200)); // ten quiet minutes, ten busy ones
 */
export function steps(
  levels: readonly (readonly [seconds: number, level: number])[],
  periodSeconds: number,
): CurveShape {
  const values = levels.map(([, level]) => level);
  return {
    seconds: [...levels.map(([seconds]) => seconds), periodSeconds],
    from: values,
    to: values,
    periodic: true,
  };
}

/**
 * Levels joined by straight lines, the last one to the first; repeated for ever.
 *
 * @param levels pairs of time (seconds, rising from 0) and level
 * @param periodSeconds after which they repeat, beyond the last time
 * @example
 * new RateCurve(lines([[0, 1], [600, 4]], 1200)); // up for ten minutes, down for ten
 */
export function lines(
  levels: readonly (readonly [seconds: number, level: number])[],
  periodSeconds: number,
): CurveShape {
  const values = levels.map(([, level]) => level);
  return {
    seconds: [...levels.map(([seconds]) => seconds), periodSeconds],
    from: values,
    to: [...values.slice(1), values[0]],
    periodic: true,
  };
}
