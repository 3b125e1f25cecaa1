import type { Economics, TokenPrice } from '../scenario/schema.js';

const SECONDS_PER_HOUR = 3600;
/** Average over leap years. */
const HOURS_PER_MONTH = (365.25 * 24) / 12;

/** Dollars per million units at a rate of `perSecond`; null where nothing is produced or the price is unknown. */
export function usdPerMillion(usdPerHour: number | null, perSecond: number): number | null {
  return usdPerHour === null || perSecond <= 0 ? null : (usdPerHour / (perSecond * SECONDS_PER_HOUR)) * 1e6;
}

/** Tokens of one class that were served to the end, and what the customer pays for them. */
export interface ServedTokens {
  inputTokens: number;
  outputTokens: number;
  price: TokenPrice | undefined;
}

/** Revenue of the completed requests of a window of `seconds`, dollars per hour; null where no class has a price. */
export function revenueUsdPerHour(served: readonly ServedTokens[], seconds: number): number | null {
  if (seconds <= 0 || served.every((of) => of.price === undefined)) return null;
  let usd = 0;
  for (const { inputTokens, outputTokens, price } of served) {
    if (price !== undefined) usd += (inputTokens * price.input + outputTokens * price.output) / 1e6;
  }
  return (usd / seconds) * SECONDS_PER_HOUR;
}

export interface Profit {
  usdPerHour: number | null;
  /** (revenue - cost) / revenue. */
  margin: number | null;
  /** (revenue - cost) / cost. */
  roi: number | null;
  /** Months until the surplus has paid the investment back; null where there is no surplus or no investment. */
  paybackMonths: number | null;
}

/** What is left of the revenue; see the fields for the formulas. */
export function profit(revenue: number | null, cost: number | null, investment: Economics['investment']): Profit {
  if (revenue === null || cost === null) {
    return { usdPerHour: revenue, margin: null, roi: null, paybackMonths: null };
  }
  const surplus = revenue - cost;
  return {
    usdPerHour: revenue,
    margin: revenue > 0 ? surplus / revenue : null,
    roi: cost > 0 ? surplus / cost : null,
    paybackMonths: investment !== undefined && surplus > 0 ? investment / (surplus * HOURS_PER_MONTH) : null,
  };
}
