import { describe, expect, it } from 'vitest';
import { type DeliveredRates, summarizeEconomics } from '../../src/experiment/economics-summary.js';
import { ClassStatistics } from '../../src/metrics/recorder.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';
import { hour, pool } from '../economics/usage.js';
import { makeScenario } from '../support/scenarios.js';

const price = { input: 1, cachedInput: 0.1, output: 4 };
const open = { process: 'poisson' as const, rate: 1 };
const closed = (users: number) => ({ process: 'closed-loop' as const, users });

/** Eight H200 for an hour: 2 GPU-hours of prompts, 4 of answers; 4,000 tokens/s in, 1,000 out, in 5 requests. */
function summaryOf(
  economics: ScenarioInput['economics'],
  arrivals: ScenarioInput['traffic'][number]['arrivals'][] = [open],
  delivered: Partial<DeliveredRates> = {},
) {
  const fixed = { distribution: 'fixed' as const, value: 10 };
  const scenario = makeScenario({
    traffic: arrivals.map((entry, i) => ({ name: `c${i}`, arrivals: entry, input: fixed, output: fixed, price })),
    factory: { model: 'llama-3.1-70b', pools: [{ gpu: 'h200-sxm', replicas: 2, parallelism: { tp: 4 } }] },
    economics,
  });
  const rates: DeliveredRates = {
    seconds: 3600,
    requestsPerSecond: 5,
    goodRequestsPerSecond: 4,
    inputTokensPerSecond: 4000,
    cachedShare: 0.25,
    requestsPerSession: null,
    outputTokensPerSecond: 1000,
    goodOutputTokensPerSecond: 800,
    ...delivered,
  };
  const sold = Object.assign(new ClassStatistics(), {
    inputCompleted: 14e6,
    inputCached: 4e6,
    outputCompleted: 3e6,
    goodInput: 7e6,
    goodInputCached: 2e6,
    goodOutput: 1e6,
  });
  return summarizeEconomics(
    scenario,
    hour(pool()),
    rates,
    arrivals.map((_, i) => (i === 0 ? sold : new ClassStatistics())),
  );
}

const at = (usd: number) => ({ gpuHour: { 'h200-sxm': usd } });

describe('cost of a run', () => {
  const { cost } = summaryOf(at(2.25));

  it('is divided by each kind of token', () => {
    // $18 an hour; 3.6 million answer tokens, 18 million of both, 2.88 million good ones an hour.
    expect(cost.usdPerHour).toBe(18);
    expect(cost.usdPerMillionOutputTokens).toBeCloseTo(5, 12);
    expect(cost.usdPerMillionTotalTokens).toBeCloseTo(1, 12);
    expect(cost.usdPerMillionGoodOutputTokens).toBeCloseTo(6.25, 12);
  });

  it('is divided by requests, and by good ones', () => {
    // 18,000 requests an hour, 14,400 good ones.
    expect(cost.usdPerRequest).toBeCloseTo(0.001, 12);
    expect(cost.usdPerGoodRequest).toBeCloseTo(0.00125, 12);
  });

  it('is divided between prompts and answers by GPU time, then by the tokens of each', () => {
    // A third of $18 over 14.4 million prompt tokens, two thirds over 3.6 million answer tokens.
    expect(cost.split.usdPerMillionInputTokens).toBeCloseTo(6 / 14.4, 12);
    expect(cost.split.usdPerMillionOutputTokens).toBeCloseTo(12 / 3.6, 12);
  });

  it('of a session is that of its requests, as given or as simulated', () => {
    expect(cost.usdPerSession).toBeNull();
    expect(summaryOf(at(2.25), [open], { requestsPerSession: 7 }).cost.usdPerSession).toBeCloseTo(0.007, 12);
    const given = summaryOf({ ...at(2.25), requestsPerSession: 3 }, [open], { requestsPerSession: 7 });
    expect(given.cost.usdPerSession).toBeCloseTo(0.003, 12);
  });

  it('of a user is shared by closed loops where they are all the demand', () => {
    expect(cost.usdPerUserMonth).toBeNull();
    // $18 an hour are $13,149 a month, for 90 users.
    expect(summaryOf(at(2.25), [closed(60), closed(30)]).cost.usdPerUserMonth).toBeCloseTo(146.1, 9);
    expect(summaryOf(at(2.25), [closed(60), open]).cost.usdPerUserMonth).toBeNull();
    // 600 requests a month at a tenth of a cent.
    expect(summaryOf({ ...at(2.25), requestsPerUserMonth: 600 }).cost.usdPerUserMonth).toBeCloseTo(0.6, 12);
  });

  it('has no cost of a token that nobody got', () => {
    const nothing = { outputTokensPerSecond: 0, inputTokensPerSecond: 0, goodOutputTokensPerSecond: 0 };
    const none = summaryOf(at(2.25), [open], { ...nothing, requestsPerSecond: 0, goodRequestsPerSecond: 0 });
    expect(none.cost).toMatchObject({
      usdPerHour: 18,
      usdPerMillionOutputTokens: null,
      usdPerMillionTotalTokens: null,
      usdPerMillionGoodOutputTokens: null,
      usdPerRequest: null,
      usdPerGoodRequest: null,
    });
    expect(none.energy).toMatchObject({ joulesPerOutputToken: null, outputTokensPerSecondPerMegawatt: 0 });
  });
});

describe('energy of a run', () => {
  it('is divided by tokens, priced and weighed', () => {
    const { energy } = summaryOf({ ...at(1), pue: 1, electricity: 0.1, gridCarbon: 500 });
    // 8 GPUs at 0.67025 kW: 5.362 kW, 5362 J a second over 1,000 and 5,000 tokens.
    expect(energy.averageKilowatts).toBeCloseTo(5.362, 9);
    expect(energy.joulesPerOutputToken).toBeCloseTo(5.362, 9);
    expect(energy.joulesPerTotalToken).toBeCloseTo(1.0724, 9);
    expect(energy.outputTokensPerSecondPerMegawatt).toBeCloseTo(1000 / 0.005362, 6);
    expect(energy.totalTokensPerSecondPerMegawatt).toBeCloseTo(5000 / 0.005362, 6);
    expect(energy.electricityUsdPerHour).toBeCloseTo(0.5362, 9);
    // 2.681 kg an hour over 3.6 million answer tokens.
    expect(energy.co2KilogramsPerHour).toBeCloseTo(2.681, 9);
    expect(energy.co2GramsPerMillionOutputTokens).toBeCloseTo(2681 / 3.6, 6);
  });
});

describe('revenue of a run', () => {
  it('is what served requests pay, or good ones', () => {
    // 10 million prompt tokens at $1, 4 cached at $0.10, 3 of answers at $4; of good ones 5, 2 and 1.
    expect(summaryOf(at(1)).revenue.usdPerHour).toBeCloseTo(10 + 0.4 + 12, 12);
    expect(summaryOf({ ...at(1), earns: 'good' }).revenue.usdPerHour).toBeCloseTo(5 + 0.2 + 4, 12);
  });

  it('pays back what the fleet costs to buy, which is worth something in the end', () => {
    const own = { gpu: { 'h200-sxm': 1000 }, network: 100, facility: 300, years: 4, facilityYears: 10, residual: 0.5 };
    const outlook = { years: 2, discountRate: 0 };
    const { revenue } = summaryOf({ own: { ...own, capitalRate: 0 }, electricity: 0, outlook });
    // 8 * 1,400; after two years 1,100 are worth 825 and 300 are worth 240. Nothing but the investment costs.
    expect(revenue.investmentUsd).toBe(11_200);
    expect(revenue.npvUsd).toBeCloseTo(22.4 * 2 * 8766 - 11_200 + 8 * 1065, 6);
    expect(revenue.paybackMonths).toBeCloseTo(11_200 / (22.4 * 730.5), 9);
  });

  it('takes an investment as given, and has none where GPUs are rented', () => {
    expect(summaryOf({ ...at(1), investment: 5000 }).revenue.investmentUsd).toBe(5000);
    expect(summaryOf(at(1)).revenue).toMatchObject({ investmentUsd: null, paybackMonths: null });
  });
});
