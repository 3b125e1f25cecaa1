import type { Economics } from '../scenario/schema.js';
import { HOURS_PER_MONTH, SECONDS_PER_HOUR } from './time.js';

/**
 * Dollars per million units at a rate of `perSecond`; null where nothing is produced or the price is unknown.
 *
 * @example usdPerMillion(2.65, 6000) // 0.1227
 */
export function usdPerMillion(usdPerHour: number | null, perSecond: number): number | null {
  const each = usdPer(usdPerHour, perSecond);
  return each === null ? null : each * 1e6;
}

/** Dollars per unit at a rate of `perSecond`; null where nothing is produced or the price is unknown. */
export function usdPer(usdPerHour: number | null, perSecond: number): number | null {
  return usdPerHour === null || perSecond <= 0 ? null : usdPerHour / (perSecond * SECONDS_PER_HOUR);
}

/** Dollars per session: the cost of a request times the requests of a session; null where nobody says how many. */
export function usdPerSession(usdPerRequest: number | null, requestsPerSession: number | null): number | null {
  return usdPerRequest === null || requestsPerSession === null ? null : usdPerRequest * requestsPerSession;
}

/**
 * Dollars per user and month: the cost of a request times those a user makes (`economics.requestsPerUserMonth`). Without
 * that figure, the fleet's cost over the users of a closed loop, who never stop asking; null where there are none.
 *
 * @param users users of closed loops whose requests are all the demand; 0 where there are others
 * @example usdPerUserMonth(0.002, 16.4, 0, { requestsPerUserMonth: 600 }) // 1.2
 */
export function usdPerUserMonth(
  usdPerRequest: number | null,
  usdPerHour: number | null,
  users: number,
  { requestsPerUserMonth }: Pick<Economics, 'requestsPerUserMonth'>,
): number | null {
  if (requestsPerUserMonth !== undefined) return usdPerRequest === null ? null : usdPerRequest * requestsPerUserMonth;
  return usdPerHour === null || users === 0 ? null : (usdPerHour * HOURS_PER_MONTH) / users;
}
