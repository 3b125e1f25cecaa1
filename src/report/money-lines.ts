import type { ResultDocument, Summary } from '../experiment/result.js';
import { amounts, halfWidth, type Maybe, number, percent } from './format.js';

/** What a planner reads of cost, energy and revenue, by label. */
export interface MoneyLines {
  cost: string[];
  energy: string[];
  revenue: string[];
}

/** Puts the economics of a result into words; amounts in the currency of the scenario. */
export function moneyLines({ scenario, summary, intervals }: ResultDocument): MoneyLines {
  const money = amounts(scenario.economics.currency);
  return {
    cost: costLines(summary, intervals, money),
    energy: energyLines(summary, scenario.economics, money),
    revenue: revenueLines(summary, money),
  };
}

type Money = (value: Maybe) => string;

function costLines({ cost }: Summary, intervals: ResultDocument['intervals'], money: Money): string[] {
  const spread = (value: Maybe) => {
    const text = halfWidth(value, money);
    return text === '' ? '' : ` ${text}`;
  };
  const { usdPerMillionOutputTokens: output, usdPerMillionGoodOutputTokens: good, split, byUseUsdPerHour: uses } = cost;
  const lines = [
    `${money(cost.usdPerHour)}/h; per million tokens: ${money(output)}${spread(intervals?.cost.usdPerMillionOutputTokens)} output, ${money(cost.usdPerMillionTotalTokens)} input + output, ${money(good)}${spread(intervals?.cost.usdPerMillionGoodOutputTokens)} good output`,
  ];
  if (split.inputUsdPerHour !== null) {
    lines.push(
      `by GPU time of each: ${money(split.usdPerMillionInputTokens)} per million input, ${money(split.usdPerMillionOutputTokens)} per million output tokens`,
    );
  }
  const total = cost.usdPerHour;
  if (total !== null && total > 0) {
    const spent = (Object.entries(uses) as [keyof typeof uses, number | null][])
      .filter(([, value]) => value !== null && value > 0)
      .map(([use, value]) => `${USES[use]} ${percent((value ?? 0) / total)}`);
    if (spent.length > 0) lines.push(`spent on ${spent.join(', ')}`);
  }
  return lines;
}

const USES: Record<keyof Summary['cost']['byUseUsdPerHour'], string> = {
  prefill: 'prompts',
  decode: 'answers',
  idle: 'idling',
  startUp: 'starting up',
  failures: 'failures',
  unused: 'unused hours',
};

function energyLines({ energy }: Summary, economics: ResultDocument['scenario']['economics'], money: Money): string[] {
  const paid = economics.own === undefined && economics.electricityIncluded ? 'in the GPU price' : 'added to the cost';
  const carbon = energy.co2KilogramsPerHour === null ? '' : `, ${number(energy.co2KilogramsPerHour)} kg CO2/h`;
  const peak = energy.peakKilowatts === null ? '' : `, at most ${number(energy.peakKilowatts)} kW`;
  return [
    `${number(energy.averageKilowatts)} kW (${money(energy.electricityUsdPerHour)}/h, ${paid})${peak}, ${number(energy.joulesPerOutputToken)} J per output token, ${number(energy.outputTokensPerSecondPerMegawatt)} output tokens/s per MW${carbon}`,
  ];
}

function revenueLines({ revenue }: Summary, money: Money): string[] {
  const { usdPerHour, margin, roi, paybackMonths, npvUsd } = revenue;
  if (usdPerHour === null) return [];
  const payback = paybackMonths === null ? '' : `, paid back in ${number(paybackMonths)} months`;
  const npv = npvUsd === null ? '' : `, net present value ${money(npvUsd)}`;
  return [`${money(usdPerHour)}/h, margin ${percent(margin)}, return on cost ${percent(roi)}${payback}${npv}`];
}
