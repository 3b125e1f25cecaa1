import type { CurveShape } from './rate-curve.js';

/**
 * A straight line from a share of the rate to the rate itself, where it stays: a launch, or with a share above 1 its end.
 *
 * @param fromLevel level at time 0, at least 0
 * @param overSeconds until the level is 1
 * @example
 * new RateCurve(ramp(0.1, 600));
 */
export function ramp(fromLevel: number, overSeconds: number): CurveShape {
  return { seconds: [0, overSeconds], from: [fromLevel], to: [1], periodic: false };
}
