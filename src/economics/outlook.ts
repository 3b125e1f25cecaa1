import type { Outlook } from '../scenario/schema.js';
import { HOURS_PER_MONTH, MONTHS_PER_YEAR } from './time.js';
import { multiplierAt } from './yearly-curve.js';

/** What an investment brings over its horizon. */
export interface OutlookFigures {
  /** Net present value of the investment and all that follows. */
  npvUsd: number | null;
  /** Undiscounted, over the horizon. */
  horizonRevenueUsd: number | null;
  horizonCostUsd: number | null;
  /** Revenue over the horizon for each dollar invested. */
  revenuePerInvestedUsd: number | null;
  /** Months until the surplus, undiscounted, has paid the investment back; null where it does not within the horizon. */
  paybackMonths: number | null;
}

export interface CashFlow {
  /** Paid at the start. */
  investmentUsd: number;
  /** What is left of it at the end of the horizon. */
  residualUsd: number;
  /** Earned in an hour of the load, today. */
  revenueUsdPerHour: number;
  /** Spent in an hour of the load beyond the investment. */
  runningUsdPerHour: number;
  /** Share of the year in which there is that load. */
  utilization: number;
}

/** What happens where a scenario has no outlook: nothing changes, for as long as it takes. */
export const STEADY: Outlook = { years: 50, discountRate: 0, priceErosion: 0, softwareProgress: 0 };

/**
 * Adds up month by month, each taken at its middle `t` (years):
 *
 *     surplus = (revenue * price(t) * software(t) - running cost) * hours
 *     NPV = -investment + sum of surplus / (1 + rate)^t + residual value / (1 + rate)^years
 *
 * (Brealey, Myers, Allen, "Principles of Corporate Finance", chapter 5.) Better software serves more tokens on the same
 * fleet at the same cost, and supposes customers for them.
 *
 * @example outlook({ investmentUsd: 100, ... }, { years: 1, discountRate: 0, ... }).npvUsd // surplus of a year - 100
 */
export function outlook(flow: CashFlow, curves: Outlook): OutlookFigures {
  const { investmentUsd, residualUsd, revenueUsdPerHour, runningUsdPerHour, utilization } = flow;
  const months = curves.years * MONTHS_PER_YEAR;
  const hours = HOURS_PER_MONTH * utilization;
  let npvUsd = residualUsd / (1 + curves.discountRate) ** curves.years - investmentUsd;
  let balance = -investmentUsd;
  let horizonRevenueUsd = 0;
  let horizonCostUsd = 0;
  let paybackMonths: number | null = null;
  for (let month = 0; month < months; month++) {
    const part = Math.min(1, months - month);
    const years = (month + part / 2) / MONTHS_PER_YEAR;
    const multiplier = multiplierAt(curves.priceErosion, -1, years) * multiplierAt(curves.softwareProgress, 1, years);
    const revenue = revenueUsdPerHour * multiplier * hours * part;
    const cost = runningUsdPerHour * hours * part;
    const surplus = revenue - cost;
    if (paybackMonths === null && balance < 0 && balance + surplus >= 0) {
      paybackMonths = month + (-balance / surplus) * part;
    }
    balance += surplus;
    npvUsd += surplus / (1 + curves.discountRate) ** years;
    horizonRevenueUsd += revenue;
    horizonCostUsd += cost;
  }
  return {
    npvUsd,
    horizonRevenueUsd,
    horizonCostUsd,
    revenuePerInvestedUsd: investmentUsd > 0 ? horizonRevenueUsd / investmentUsd : null,
    paybackMonths,
  };
}
