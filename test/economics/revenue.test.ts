import { describe, expect, it } from 'vitest';
import { fleetCost } from '../../src/economics/cost.js';
import { outlook } from '../../src/economics/outlook.js';
import { profit, revenueUsdPerHour } from '../../src/economics/revenue.js';
import { multiplierAt } from '../../src/economics/yearly-curve.js';
import { economics, hour } from './usage.js';

const HOURS_PER_YEAR = 8766;

describe('revenue', () => {
  it('pays for computed and cached prompt tokens and for answers, each at its price', () => {
    const price = { input: 1, cachedInput: 0.1, output: 4 };
    const sold = { inputTokens: 2e6, cachedInputTokens: 1e6, outputTokens: 1e6, price };
    expect(revenueUsdPerHour([sold], 3600)).toBeCloseTo(1 + 0.1 + 4, 12);
    expect(revenueUsdPerHour([sold], 1800)).toBeCloseTo(10.2, 12);
  });

  it('takes the price of prompts for cached ones where they have none', () => {
    const sold = { inputTokens: 2e6, cachedInputTokens: 1e6, outputTokens: 0, price: { input: 1, output: 4 } };
    expect(revenueUsdPerHour([sold], 3600)).toBe(2);
  });

  it('is unknown where no class has a price, and counts those that have one', () => {
    const free = { inputTokens: 1e6, cachedInputTokens: 0, outputTokens: 1e6, price: undefined };
    expect(revenueUsdPerHour([free], 3600)).toBeNull();
    expect(revenueUsdPerHour([free, { ...free, price: { input: 1, output: 1 } }], 3600)).toBe(2);
  });
});

describe('yearly curves', () => {
  it('compound a share', () => {
    expect(multiplierAt(0.3, -1, 2)).toBeCloseTo(0.49, 12);
    expect(multiplierAt(0.5, 1, 2)).toBeCloseTo(2.25, 12);
    expect(multiplierAt(0, 1, 7)).toBe(1);
    expect(multiplierAt(1.5, -1, 1)).toBe(0);
  });

  it('run straight between given multipliers, and stay at the last', () => {
    expect(multiplierAt([1, 0.5], -1, 0.5)).toBe(0.75);
    expect(multiplierAt([1, 0.5, 0.4], -1, 1)).toBe(0.5);
    expect(multiplierAt([1, 0.5], -1, 9)).toBe(0.5);
  });
});

describe('outlook', () => {
  const flow = { investmentUsd: 10_000, residualUsd: 0, revenueUsdPerHour: 3, runningUsdPerHour: 1, utilization: 1 };
  const flat = { years: 1, discountRate: 0, priceErosion: 0, softwareProgress: 0 };

  it('of a year without change is the surplus of its hours', () => {
    const figures = outlook(flow, flat);
    expect(figures.horizonRevenueUsd).toBeCloseTo(3 * HOURS_PER_YEAR, 6);
    expect(figures.horizonCostUsd).toBeCloseTo(HOURS_PER_YEAR, 6);
    expect(figures.npvUsd).toBeCloseTo(2 * HOURS_PER_YEAR - 10_000, 6);
    expect(figures.revenuePerInvestedUsd).toBeCloseTo(2.6298, 4);
    // 2 * 730.5 = 1461 dollars a month.
    expect(figures.paybackMonths).toBeCloseTo(10_000 / 1461, 9);
  });

  it('discounts each month from its middle', () => {
    // One month at 100 % a year: half a month is 2^(-1/24).
    const { npvUsd } = outlook({ ...flow, investmentUsd: 0 }, { ...flat, years: 1 / 12, discountRate: 1 });
    expect(npvUsd).toBeCloseTo(2 * 730.5 * 2 ** (-1 / 24), 6);
  });

  it('lets prices fall and software rise', () => {
    const change = { ...flat, years: 1 / 12, priceErosion: 0.5, softwareProgress: 3 };
    const { horizonRevenueUsd } = outlook(flow, change);
    expect(horizonRevenueUsd).toBeCloseTo(3 * 730.5 * 0.5 ** (1 / 24) * 4 ** (1 / 24), 6);
  });

  it('counts what the investment is worth in the end, discounted over the whole horizon, but not in the payback', () => {
    // 2000 in two years at 25 % a year are 1280 today.
    const nothing = { ...flow, revenueUsdPerHour: 1, residualUsd: 2000 };
    const { npvUsd, paybackMonths } = outlook(nothing, { ...flat, years: 2, discountRate: 0.25 });
    expect(npvUsd).toBeCloseTo(1280 - 10_000, 9);
    expect(paybackMonths).toBeNull();
  });

  it('has no payback where the horizon is too short or nothing was paid', () => {
    expect(outlook({ ...flow, investmentUsd: 1e6 }, flat).paybackMonths).toBeNull();
    expect(outlook({ ...flow, investmentUsd: 0 }, flat).paybackMonths).toBeNull();
  });

  it('earns in the hours of the load alone', () => {
    expect(outlook({ ...flow, utilization: 0.5 }, flat).horizonRevenueUsd).toBeCloseTo(1.5 * HOURS_PER_YEAR, 6);
  });
});

describe('profit', () => {
  it('compares an hour of revenue with an hour of cost', () => {
    const entry = economics({ gpuHour: { 'h200-sxm': 2 } });
    const figures = profit(20, fleetCost(hour(), entry, null), null, entry);
    expect(figures).toMatchObject({ investmentUsd: null, margin: 0.2, roi: 0.25, paybackMonths: null, npvUsd: null });
  });

  it('pays an investment back from the surplus', () => {
    const entry = economics({ gpuHour: { 'h200-sxm': 2 }, investment: 29_220 });
    // 4 dollars an hour are 2922 a month.
    expect(
      profit(20, fleetCost(hour(), entry, null), { usd: 29_220, residualUsd: 0 }, entry).paybackMonths,
    ).toBeCloseTo(10, 9);
  });

  it('does not pay twice for what is owned: depreciation and capital stay out of the cash flow', () => {
    const entry = economics({
      own: { gpu: { 'h200-sxm': 35_064 }, staff: HOURS_PER_YEAR },
      outlook: { years: 4, discountRate: 0 },
    });
    const cost = fleetCost(hour(), entry, null);
    // Eight GPUs with a dollar an hour of staff each: everything else is paid by the investment.
    const { horizonCostUsd, npvUsd, paybackMonths } = profit(24, cost, { usd: 8 * 35_064, residualUsd: 0 }, entry);
    expect(horizonCostUsd).toBeCloseTo(8 * 4 * HOURS_PER_YEAR, 4);
    expect(npvUsd).toBeCloseTo((24 - 8) * 4 * HOURS_PER_YEAR - 8 * 35_064, 4);
    expect(paybackMonths).toBeCloseTo((8 * 35_064) / (16 * 730.5), 6);
  });

  it('has a net present value of nothing where tokens earn what they cost, capital is free and the rest is sold', () => {
    const own = { gpu: { 'h200-sxm': 35_064 }, staff: HOURS_PER_YEAR, facility: 1e4, residual: 0.25, capitalRate: 0 };
    for (const [years, utilization] of [
      [4, 1],
      [4, 0.5],
      [2.5, 1],
    ]) {
      const entry = economics({ own, utilization, outlook: { years, discountRate: 0 } });
      const cost = fleetCost(hour(), entry, null);
      // By straight lines: of 35,064 a quarter is left after four years, of 10,000 nothing after fifteen.
      const residualUsd = 8 * (35_064 * (1 - (0.75 * years) / 4) + 1e4 * (1 - years / 15));
      const investment = { usd: 8 * 45_064, residualUsd };
      expect(profit(cost?.usdPerHour ?? 0, cost, investment, entry).npvUsd).toBeCloseTo(0, 4);
    }
  });

  it('does so in the unused hours, too', () => {
    const entry = economics({
      own: { gpu: { 'h200-sxm': 35_064 }, staff: HOURS_PER_YEAR },
      utilization: 0.5,
      outlook: { years: 1, discountRate: 0 },
    });
    const { horizonCostUsd } = profit(24, fleetCost(hour(), entry, null), { usd: 8 * 35_064, residualUsd: 0 }, entry);
    expect(horizonCostUsd).toBeCloseTo(8 * HOURS_PER_YEAR, 4);
  });
});
