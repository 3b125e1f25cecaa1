import type { Histogram } from './histogram.js';

const TWENTIETHS = Array.from({ length: 18 }, (_, i) => Number(((i + 1) * 0.05).toFixed(2)));

/** Shares of all values at which a distribution is known: closer together where an SLO is decided. */
export const SHARES: readonly number[] = [
  0,
  0.01,
  ...TWENTIETHS,
  0.92,
  0.94,
  0.95,
  0.96,
  0.97,
  0.98,
  0.99,
  0.995,
  0.999,
  1,
];

/**
 * The values, milliseconds, that {@link SHARES} of a histogram of seconds do not exceed: its empirical distribution function
 * read the other way round. Six digits; null where nothing was observed.
 *
 * @example distributionMs(ttft)[SHARES.indexOf(0.95)] // what 95 % of the requests did not exceed
 */
export function distributionMs(seconds: Histogram): (number | null)[] {
  return seconds.quantiles(SHARES).map((value) => (value === null ? null : Number((value * 1000).toPrecision(6))));
}
