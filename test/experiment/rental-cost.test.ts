import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';

/** One replica for 10 s, three for the next 10, then one again; they start at once, and 4 s are left out. */
const scenario: ScenarioInput = {
  horizon: { duration: 40, warmup: 4 },
  traffic: [
    {
      arrivals: { process: 'constant', rate: 5 },
      input: { distribution: 'fixed', value: 10 },
      output: { distribution: 'fixed', value: 2 },
    },
  ],
  factory: {
    performance: { type: 'linear', base: 0.001 },
    startup: 0,
    pools: [{ gpu: 'h200-sxm' }],
  },
  planner: {
    policy: 'schedule',
    max: 3,
    cooldown: 0,
    schedule: [
      { at: 0, replicas: 1 },
      { at: 10, replicas: 3 },
      { at: 20, replicas: 1 },
    ],
  },
  economics: { gpuHour: { 'h200-sxm': 2 }, rental: { committed: 2, onDemandFactor: 1.5 } },
};

describe('renting a fleet that changes its size', () => {
  const { cost, utilization } = simulate(scenario).summary;

  it('costs the contract all the time and what exceeds it while it does', () => {
    // Of 36 s, three replicas for 10: one beyond the contract at $3, 10 of 36 s.
    expect(utilization.averageGpus).toBeCloseTo((26 + 30) / 36, 2);
    expect(cost.partsUsdPerHour.contract).toBeCloseTo(4, 9);
    expect(cost.partsUsdPerHour.onDemand).toBeCloseTo((3 * 10) / 36, 2);
  });

  it('shows the unused part of the contract although the fleet exceeds it at times', () => {
    expect(cost.byUseUsdPerHour.unused).toBeCloseTo((2 * 26) / 36, 2);
    const uses = Object.values(cost.byUseUsdPerHour).reduce((sum: number, usd) => sum + (usd ?? 0), 0);
    expect(uses).toBeCloseTo(cost.usdPerHour ?? 0, 9);
  });
});
