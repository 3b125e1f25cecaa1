import type { Economics, TokenPrice } from '../scenario/schema.js';
import type { FleetCost } from './cost.js';
import { type OutlookFigures, outlook, STEADY } from './outlook.js';
import { SECONDS_PER_HOUR } from './time.js';

/** Tokens of one class that are paid for, and what the customer pays. */
export interface SoldTokens {
  /** All prompt tokens, cached ones included. */
  inputTokens: number;
  /** Those of them that were cached. */
  cachedInputTokens: number;
  outputTokens: number;
  price: TokenPrice | undefined;
}

/**
 * Dollars per hour that customers pay for the tokens of a window; null where no class has a price.
 *
 * @example revenueUsdPerHour([{ inputTokens: 2e6, cachedInputTokens: 1e6, outputTokens: 1e6, price: { input: 1, cachedInput: 0.1, output: 4 } }], 3600) // 5.1
 */
export function revenueUsdPerHour(sold: readonly SoldTokens[], seconds: number): number | null {
  if (seconds <= 0 || sold.every((of) => of.price === undefined)) return null;
  let usd = 0;
  for (const { inputTokens, cachedInputTokens, outputTokens, price } of sold) {
    if (price === undefined) continue;
    const computed = (inputTokens - cachedInputTokens) * price.input;
    usd += (computed + cachedInputTokens * (price.cachedInput ?? price.input) + outputTokens * price.output) / 1e6;
  }
  return (usd / seconds) * SECONDS_PER_HOUR;
}

/** What is paid up front, and what is left of it at the end of the outlook. */
export interface Investment {
  usd: number;
  residualUsd: number;
}

export interface Profit extends OutlookFigures {
  usdPerHour: number | null;
  /** Paid up front; null where nothing is. */
  investmentUsd: number | null;
  /** (revenue - cost) / revenue. */
  margin: number | null;
  /** (revenue - cost) / cost. */
  roi: number | null;
}

const NO_OUTLOOK: OutlookFigures = {
  npvUsd: null,
  horizonRevenueUsd: null,
  horizonCostUsd: null,
  revenuePerInvestedUsd: null,
  paybackMonths: null,
};

/**
 * What is left of the revenue, per hour and over the life of the investment.
 *
 * Margin and ROI compare revenue with the whole cost of an hour. Payback and NPV start from the investment, so the cost
 * that follows it leaves out what the investment has paid for already: depreciation and capital of what is owned. The
 * price of a book or of a rental is running cost as a whole.
 */
export function profit(
  revenue: number | null,
  cost: FleetCost | null,
  investment: Investment | null,
  { utilization, outlook: curves }: Pick<Economics, 'utilization' | 'outlook'>,
): Profit {
  const investmentUsd = investment?.usd ?? null;
  if (revenue === null || cost === null) {
    return { usdPerHour: revenue, investmentUsd, margin: null, roi: null, ...NO_OUTLOOK };
  }
  const surplus = revenue - cost.usdPerHour;
  const over = (curve: NonNullable<Economics['outlook']>) =>
    outlook(
      {
        investmentUsd: investmentUsd ?? 0,
        residualUsd: investment?.residualUsd ?? 0,
        revenueUsdPerHour: revenue,
        runningUsdPerHour: runningUsdPerHour(cost, utilization),
        utilization,
      },
      curve,
    );
  const figures =
    curves !== undefined
      ? over(curves)
      : { ...NO_OUTLOOK, paybackMonths: investmentUsd === null ? null : over(STEADY).paybackMonths };
  return {
    usdPerHour: revenue,
    investmentUsd,
    margin: revenue > 0 ? surplus / revenue : null,
    roi: cost.usdPerHour > 0 ? surplus / cost.usdPerHour : null,
    ...figures,
  };
}

/** Cost of an hour of the load without what the investment pays for; of the unused hours, too. */
function runningUsdPerHour({ usdPerHour, parts }: FleetCost, utilization: number): number {
  const bought = parts.gpus + parts.servers + parts.network + parts.facility + parts.capital;
  return usdPerHour - bought / utilization;
}
