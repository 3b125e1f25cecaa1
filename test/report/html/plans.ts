import type { CapacityDocument, EvaluatedFleet, PlanDocument } from '../../../src/experiment/plan/document.js';
import { madeUpResult } from '../made-up.js';

function fleet(name: string, usdPerHour: number, attainment: number, speed: number): EvaluatedFleet {
  return {
    name,
    mode: 'aggregated',
    policy: 'static',
    gpus: usdPerHour / 2,
    usdPerHour,
    pools: [{ role: 'aggregated', gpu: 'h200-sxm', replicas: 1, gpusPerReplica: usdPerHour / 2, parallelism: 'tp4' }],
    holds: attainment >= 0.95,
    shortfalls: attainment >= 0.95 ? [] : ['goodput.attainment'],
    attainment,
    ttftMsP99: 1000 / speed,
    tpotMsP99: 20,
    gpuBusy: 0.5,
    averageGpus: usdPerHour / 2,
    outputTokensPerSecondPerUser: speed,
    outputTokensPerSecondPerGpu: 400,
    usdPerMillionOutputTokens: usdPerHour / 4,
    usdPerMillionGoodOutputTokens: usdPerHour / 4 / attainment,
    revenueUsdPerHour: null,
    roi: null,
    paybackMonths: null,
    calibration: 'measured',
    uncertainty: null,
  };
}

const head = () => ({
  version: '0.1.0',
  scenario: madeUpResult('planned').scenario,
  seed: 7,
  target: { attainment: 0.95, expectations: [], reportedOnly: [] },
  simulation: { wallSeconds: 1 },
  notes: [],
});

/** A plan that chose the second of three fleets. */
export function madeUpPlan(name = 'h200-sxm 2 x tp4'): PlanDocument {
  const [small, best, large] = [fleet('small', 8, 0.6, 30), fleet(name, 16, 0.97, 60), fleet('large', 32, 0.99, 90)];
  return {
    ...head(),
    kind: 'plan',
    space: { kinds: 3, fleets: 30, ruledOutByBounds: 4, excluded: [{ kind: 'b200-sxm tp1', reason: 'no room' }] },
    search: { evaluations: 3, simulations: 9, budget: 200, complete: true, log: [large, best, small] },
    best: {
      ...best,
      confirmation: { runs: 4, held: 3, attainment: 0.96, attainmentHalfWidth: 0.01 },
      factory: { pools: [] },
      planner: { policy: 'static' },
    },
    alternatives: [best, large],
    frontier: [best, large],
    robustness: [
      {
        change: 'demand +20 %',
        fleet: best,
        holds: true,
        attainment: 0.95,
        ttftMsP99: 1,
        tpotMsP99: 1,
        needs: best,
        nodes: null,
      },
      {
        change: 'one node fails',
        fleet: null,
        holds: false,
        attainment: null,
        ttftMsP99: null,
        tpotMsP99: null,
        needs: large,
        nodes: 2,
      },
    ],
    capacity: { factor: 1.5, requestsPerSecond: 18, failsAtFactor: 1.6, atLimit: best, confirmation: null },
  };
}

/** A fleet that holds one and a half times its demand. */
export function madeUpCapacity(): CapacityDocument {
  const [good, bad] = [fleet('a', 16, 0.97, 60), fleet('a', 16, 0.5, 20)];
  return {
    ...head(),
    kind: 'capacity',
    fleet: good.pools,
    gpus: 8,
    usdPerHour: 16,
    capacity: { factor: 1.5, requestsPerSecond: 18, failsAtFactor: 1.6, atLimit: good, confirmation: null },
    curve: [
      { ...good, factor: 1.5, requestsPerSecond: 18 },
      { ...bad, factor: 1.6, requestsPerSecond: 19.2 },
    ],
  };
}
