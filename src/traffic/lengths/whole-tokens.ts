/**
 * A real number of tokens as a whole one: rounded to the nearest, then held between the bounds of its distribution.
 *
 * Rounding to the nearest leaves the mean of a smooth distribution where it was (to well under 0.1 % from ten tokens
 * upwards). Holding at a bound does not: what lies beyond `max` counts as `max` (it is not drawn again), so the mean falls
 * by the tail beyond it and the bound carries that share of the requests, as with a service that cuts prompts and
 * answers. `min` raises it the same way; at a mean of a token or two that is felt, since a request has at least one.
 *
 * @param min whole, at least 1
 * @param max whole or Infinity, at least `min`
 * @example
 * wholeTokens(99.6, 1, 4096); // 100
 * wholeTokens(0.2, 1, 4096); // 1
 */
export function wholeTokens(tokens: number, min: number, max: number): number {
  const rounded = Math.floor(tokens + 0.5);
  if (rounded >= max) return max;
  // Not Math.max, so that a NaN becomes the minimum.
  if (rounded > min) return rounded;
  return min;
}
