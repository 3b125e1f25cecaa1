/** Formats with wall-clock times take simulated time 0 for this moment; fixed, so that equal runs give equal files. */
export const EPOCH_SECONDS = Date.UTC(2026, 0, 1) / 1000;

/**
 * Nanoseconds since 1970 of a simulated time, as the digits of a whole number: there are more than a float64 can tell apart.
 *
 * @example epochNanoseconds(0.5) // '1767225600500000000'
 */
export function epochNanoseconds(seconds: number): string {
  const whole = Math.floor(seconds);
  const nanoseconds = Math.round((seconds - whole) * 1e9);
  return String(BigInt(EPOCH_SECONDS + whole) * 1_000_000_000n + BigInt(nanoseconds));
}

/** The same moment as ISO 8601, in UTC. */
export function epochIso(seconds: number): string {
  return new Date((EPOCH_SECONDS + seconds) * 1000).toISOString();
}
