import type { ResultDocument, Summary } from '../../experiment/result.js';
import { dollars, type Maybe, number, percent, setting } from '../format.js';
import { PARTS } from '../money-lines.js';
import type { Tile } from './report.js';

/** Names of what GPUs do for the money, by their keys in a result. */
export const USES: Readonly<Record<string, string>> = {
  prefill: 'computing prompts',
  decode: 'writing answers',
  idle: 'idling',
  startUp: 'starting up',
  failures: 'being broken',
  unused: 'unused GPUs and hours',
};

/** Fewer good requests than this deserve a word wherever money is spoken of. */
export const FEW_GOOD = 0.9;

/** Less of the cost than this drives nothing. */
const LEAST_SHARE = 0.005;

/**
 * What drives the cost, in a sentence: what GPUs did for the money, and what the money is spent on where that is more than one
 * thing; nothing where there are no prices.
 *
 * @example driversText(summary.cost) // 'What drives the cost: writing answers 78 %, computing prompts 22 %.'
 */
export function driversText({ usdPerHour, byUseUsdPerHour, partsUsdPerHour }: Summary['cost']): string[] {
  if (usdPerHour === null || usdPerHour <= 0) return [];
  const shares = (parts: Readonly<Record<string, Maybe>>, names: Readonly<Record<string, string>>) =>
    Object.entries(parts)
      .map(([key, value]) => ({ name: names[key] ?? key, share: (value ?? 0) / usdPerHour }))
      .filter(({ share }) => share >= LEAST_SHARE)
      .sort((a, b) => b.share - a.share)
      .map(({ name, share }) => `${name} ${percent(rounded(share))}`);
  const [uses, parts] = [shares(byUseUsdPerHour, USES), shares(partsUsdPerHour, PARTS)];
  if (uses.length === 0) return [];
  const spent = parts.length > 1 ? ` It is paid for ${parts.join(', ')}.` : '';
  return [`What drives the cost: ${uses.join(', ')}.${spent}`];
}

/** A share to the percent, which is as much as a sentence needs. */
function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}

/**
 * What selling the tokens brings, in a sentence; nothing where no class has a price.
 *
 * @example earningsText(summary) // 'Sold at the prices of the scenario, it earns $8.91 an hour and costs $16.4: a loss of $7.49 an hour.'
 */
export function earningsText({ cost, revenue, goodput }: Pick<Summary, 'cost' | 'revenue' | 'goodput'>): string[] {
  if (revenue.usdPerHour === null || cost.usdPerHour === null) return [];
  const profit = revenue.usdPerHour - cost.usdPerHour;
  const few = (goodput.attainment ?? 1) < FEW_GOOD;
  const result = profit < 0 ? `a loss of ${dollars(-profit)}` : `a profit of ${dollars(profit)}`;
  return [
    `Sold at the prices of the scenario, the tokens earn ${dollars(revenue.usdPerHour)} an hour and cost ${dollars(cost.usdPerHour)}: ${result} an hour${few ? ', if answers that miss their SLO are paid for, too' : ''}.`,
  ];
}

/** Revenue, return and payback; nothing where no class has a price. */
export function revenueTiles({
  summary: { cost, revenue },
  scenario,
}: Pick<ResultDocument, 'summary' | 'scenario'>): Tile[] {
  if (revenue.usdPerHour === null) return [];
  const tone = (revenue.roi ?? 0) < 0 ? 'bad' : 'good';
  const { own, investment } = scenario.economics;
  return [
    {
      label: 'revenue',
      value: `${dollars(revenue.usdPerHour)}/h`,
      note: `against ${dollars(cost.usdPerHour)}/h of cost; margin ${percent(revenue.margin)}`,
      tone,
    },
    {
      label: 'return on cost (ROI)',
      value: percent(revenue.roi),
      note: paybackText(revenue.paybackMonths, own?.years, investment !== undefined),
      tone,
    },
  ];
}

/** @param years over which what is owned is written off */
function paybackText(months: Maybe, years: number | undefined, invested: boolean): string {
  if (months === null || months === undefined) {
    return years !== undefined || invested ? 'never paid back' : 'rented: no investment to pay back';
  }
  const late = years !== undefined && months > years * 12 ? `, after the ${setting(years)} years of its life` : '';
  return `paid back in ${number(months)} months${late}`;
}
