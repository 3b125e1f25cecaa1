import type { YearlyCurve } from '../scenario/schema.js';

/**
 * Multiplier `years` from now of something that changes by a share each year, compounding: `(1 + change)^years`. A list
 * holds the multipliers at the start of each year; between them it is a straight line, after the last it stays.
 *
 * @param direction 1 where the share is growth, -1 where it is decline
 * @example multiplierAt(0.3, -1, 2) // 0.49: prices fall by 30 % a year
 * @example multiplierAt([1, 0.5], -1, 0.5) // 0.75
 */
export function multiplierAt(curve: YearlyCurve, direction: 1 | -1, years: number): number {
  if (typeof curve === 'number') return Math.max(0, 1 + direction * curve) ** years;
  const last = curve.length - 1;
  if (years >= last) return curve[last];
  const year = Math.floor(years);
  return curve[year] + (curve[year + 1] - curve[year]) * (years - year);
}
