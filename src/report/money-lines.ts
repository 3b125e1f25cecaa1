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
  const paid = shares(cost.partsUsdPerHour, PARTS, total);
  if (paid.length > 1) lines.push(`paid for ${paid.join(', ')}`);
  const spent = shares(uses, USES, total);
  if (spent.length > 0) lines.push(`spent on ${spent.join(', ')}`);
  return lines;
}

/** What each takes of the total, in words. */
function shares<K extends string>(of: Record<K, Maybe>, words: Record<K, string>, total: Maybe): string[] {
  if (total === null || total === undefined || total <= 0) return [];
  return (Object.keys(words) as K[]).flatMap((key) => {
    const value = of[key] ?? 0;
    return value > 0 ? [`${words[key]} ${percent(value / total)}`] : [];
  });
}

/** Names of what money is spent on, by their keys in a result. */
export const PARTS: Record<keyof Summary['cost']['partsUsdPerHour'], string> = {
  contract: 'GPUs under contract',
  onDemand: 'GPUs on demand',
  gpus: 'GPUs',
  servers: 'servers',
  network: 'network',
  facility: 'building',
  capital: 'cost of capital',
  maintenance: 'maintenance',
  staff: 'staff',
  colocation: 'colocation',
  electricity: 'electricity',
  unused: 'hours without this load',
};

const USES: Record<keyof Summary['cost']['byUseUsdPerHour'], string> = {
  prefill: 'prompts',
  decode: 'answers',
  idle: 'idling',
  startUp: 'starting up',
  failures: 'failures',
  unused: 'unused GPUs and hours',
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
  const { usdPerHour, investmentUsd, margin, roi, paybackMonths, npvUsd } = revenue;
  if (usdPerHour === null) return [];
  const payback = paybackMonths === null ? ', not paid back' : `, paid back in ${number(paybackMonths)} months`;
  const npv = npvUsd === null ? '' : `, net present value ${money(npvUsd)}`;
  const lines = [`${money(usdPerHour)}/h, margin ${percent(margin)}, return on cost ${percent(roi)}${npv}`];
  if ((investmentUsd ?? null) !== null) lines.push(`${money(investmentUsd)} invested${payback}`);
  return lines;
}
