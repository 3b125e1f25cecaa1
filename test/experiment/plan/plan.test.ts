import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../src/experiment/load-scenario.js';
import type { EvaluatedFleet, PlanDocument } from '../../../src/experiment/plan/document.js';
import { planFleet } from '../../../src/experiment/plan/plan.js';
import { planCapacity } from '../../../src/experiment/plan/plan-capacity.js';
import { fleetSpace } from '../../../src/experiment/plan/space.js';
import { simulate } from '../../../src/experiment/simulate.js';
import { inlineExecutor } from '../../../src/experiment/sweep/executor.js';
import { makeScenario } from '../../support/scenarios.js';

/** A thousand requests of the quickstart's traffic, and a grid small enough to enumerate. */
const quickstart = (...overrides: string[]) =>
  loadScenario('scenarios/quickstart.yaml', {
    overrides: [
      'horizon={requests: 1000}',
      'plan={gpus: [h100-sxm, h200-sxm, b200-sxm], modes: [aggregated], maxGpus: 12, confirmations: 0}',
      ...overrides,
    ],
  }).scenario;

const plan = (scenario: ReturnType<typeof quickstart>) =>
  planFleet({ scenario, file: 'test', baseDirectory: '.' }, inlineExecutor());

const comparable = ({ simulation: _, ...rest }: PlanDocument) => rest;

describe('goodput plan', () => {
  it('finds the optimum of the whole grid on the quickstart traffic with a fifth of its simulations', async () => {
    const scenario = quickstart();
    const document = await plan(scenario);
    const all = fleetSpace(scenario, () => []).kinds.flatMap(({ pools: [pool] }) =>
      Array.from({ length: Math.floor(12 / pool.simulated.gpusPerReplica) }, (_each, i) => {
        const pools = [{ ...pool.scenario, replicas: i + 1 }];
        const { plan: _, ...rest } = scenario;
        const { summary } = simulate({ ...rest, factory: { ...scenario.factory, pools } });
        const holds = (summary.goodput.attainment ?? 0) >= 0.95 && !summary.bottleneck.overloaded;
        return { pools, holds, usdPerHour: summary.cost.usdPerHour ?? 0, attainment: summary.goodput.attainment ?? 0 };
      }),
    );
    const holding = all.filter(({ holds }) => holds);
    const [optimum] = holding.sort((a, b) => a.usdPerHour - b.usdPerHour || b.attainment - a.attainment);
    expect(document.best?.factory.pools).toEqual(optimum.pools);
    expect(document.best?.attainment).toBe(optimum.attainment);
    expect(document.search.complete).toBe(true);
    expect(all.length).toBeGreaterThan(60);
    expect(document.search.evaluations).toBeLessThanOrEqual(all.length / 5);
  });

  it('gives the same answer twice', async () => {
    const scenario = quickstart('plan.gpus=[h200-sxm]', 'horizon={requests: 300}');
    expect(comparable(await plan(scenario))).toEqual(comparable(await plan(scenario)));
  });

  it('chooses among prefill and decode pools, too, and reports a frontier that nothing beats', async () => {
    const scenario = quickstart('plan.gpus=[b200-sxm]', 'plan.modes=[disaggregated]', 'plan.maxGpus=6');
    const { best, frontier } = await plan(scenario);
    expect(best?.pools.map(({ role }) => role)).toEqual(['prefill', 'decode']);
    const figures = ({ usdPerMillionOutputTokens, outputTokensPerSecondPerUser }: EvaluatedFleet) =>
      [usdPerMillionOutputTokens ?? 0, outputTokensPerSecondPerUser ?? 0] as const;
    for (let i = 1; i < frontier.length; i++) {
      const [before, here] = [figures(frontier[i - 1]), figures(frontier[i])];
      expect(here[0]).toBeGreaterThan(before[0]);
      expect(here[1]).toBeGreaterThan(before[1]);
    }
  });

  it('says so when no fleet is fast enough, and simulates none of them', async () => {
    const { best, search, space } = await plan(quickstart('traffic[0].slo.tpot=1ms'));
    expect(best).toBeNull();
    expect(search.log).toEqual([]);
    expect(space.excluded.every(({ reason }) => reason.startsWith('too slow even when idle'))).toBe(true);
  });

  it('chooses among the GPUs that have a price and were measured under the stack, if with other models', () => {
    const names = (...settings: string[]) => [
      ...new Set(
        fleetSpace(quickstart('plan.gpus=null', ...settings), () => []).kinds.map(({ name }) => name.split(' ')[0]),
      ),
    ];
    expect(names()).toEqual(['h200-sxm', 'h100-sxm', 'b200-sxm']);
    expect(names('factory.calibration=datasheet')).toEqual(['h200-sxm']);
  });

  it('leaves out what does not fit into memory, with the reason', async () => {
    const { excluded } = fleetSpace(quickstart('factory.precision=bf16', 'plan.gpus=[h100-sxm]'), () => []);
    expect(excluded).toMatchObject([{ kind: 'h100-sxm tp1', reason: expect.stringContaining('does not fit') }]);
  });

  it('rules nothing out by arithmetic where cached prompts or accepted drafts save work', async () => {
    const tight = ['plan.gpus=[b200-sxm]', 'plan.maxGpus=2', 'horizon={requests: 300}', 'traffic[0].slo.tpot=1ms'];
    const caching = 'factory.pools[0].kvCache.prefixCaching=true';
    const { space, search } = await plan(quickstart(...tight, caching));
    expect(space.ruledOutByBounds).toBe(0);
    expect(search.log.length).toBeGreaterThan(0);
  });

  it('stops at its budget and says that the search is not complete', async () => {
    const { search, notes } = await plan(quickstart('plan.evaluations=2', 'horizon={requests: 300}'));
    expect(search.log).toHaveLength(2);
    expect(search.complete).toBe(false);
    expect(notes).toEqual([expect.stringContaining('stopped after 2')]);
  });

  it('needs something to hold', async () => {
    await expect(plan(quickstart('traffic[0].slo={}'))).rejects.toThrow(
      'a plan needs something that the fleet must hold',
    );
  });
});

describe('goodput plan with planners to choose from', () => {
  /** Five minutes of every twenty are busy; step times are given, and replicas start at once. */
  const bursts = makeScenario({
    horizon: { duration: '40m' },
    plan: { planners: ['static', 'load', { policy: 'throughput', interval: '15s' }], maxGpus: 12, confirmations: 0 },
    economics: { gpuHour: { 'h100-sxm': 2 } },
    traffic: [
      {
        arrivals: {
          process: 'poisson',
          rate: 2,
          curve: { shape: 'spike', at: '5m', lasts: '5m', every: '20m', factor: 4 },
        },
        input: { distribution: 'fixed', value: 500 },
        output: { distribution: 'fixed', value: 50 },
        slo: { ttft: '10s' },
      },
    ],
    factory: {
      startup: '0s',
      performance: { type: 'linear', base: '20ms', perPrefillToken: '500us', kvCapacity: 1_000_000 },
      pools: [{ gpu: 'h100-sxm' }],
    },
  });
  const planned = { scenario: bursts, file: 'test', baseDirectory: '.' };

  it('finds the cheapest of all sizes under all planners, far cheaper than any fixed fleet', async () => {
    const { best, search, alternatives } = await planFleet(planned, inlineExecutor());
    const { plan: _, ...scenario } = bursts;
    const load = { policy: 'load', min: 1 } as const;
    const throughput = { policy: 'throughput', interval: 15, min: 1 } as const;
    const all = Array.from({ length: 12 }, (_each, i) => i + 1).flatMap((max) =>
      [{ policy: 'static' as const }, { ...load, max }, { ...throughput, max }].map((planner) => {
        const replicas = planner.policy === 'static' ? max : Math.min(max, best?.factory.pools[0].replicas ?? 1);
        const factory = { ...scenario.factory, pools: [{ ...scenario.factory.pools[0], replicas }] };
        const { summary } = simulate({ ...scenario, planner, factory });
        return {
          policy: planner.policy,
          max,
          holds: (summary.goodput.attainment ?? 0) >= 0.95,
          cost: summary.cost.usdPerHour,
        };
      }),
    );
    const holding = all.filter(({ holds }) => holds).sort((a, b) => (a.cost ?? 0) - (b.cost ?? 0));
    expect(best?.policy).toBe(holding[0].policy);
    expect(best?.pools[0].replicas).toBe(holding[0].max);
    expect(best?.usdPerHour).toBeCloseTo(holding[0].cost ?? 0, 9);
    expect(best?.usdPerHour).toBeLessThan(
      0.8 * (alternatives.find(({ policy }) => policy === 'static')?.usdPerHour ?? 0),
    );
    expect(search.evaluations).toBeLessThanOrEqual(all.length / 2);
  });

  it('takes what was planned back as a scenario', async () => {
    const { best } = await planFleet(planned, inlineExecutor());
    const { plan: _, ...scenario } = bursts;
    const { summary } = simulate({
      ...scenario,
      planner: best?.planner,
      factory: { ...scenario.factory, pools: best?.factory.pools ?? [] },
    });
    expect(summary.goodput.attainment).toBe(best?.attainment);
  });

  it('asks the scenario for its planner, and has nothing to choose where that is a schedule', async () => {
    const own = quickstart('planner={policy: load, max: 4}', 'plan.gpus=[b200-sxm]', 'horizon={requests: 300}');
    expect((await plan(own)).space.kinds).toBe(8);
    const schedule = 'planner={policy: schedule, max: 4, schedule: [{at: 0s, replicas: 2}]}';
    const { notes, space } = await plan(quickstart(schedule, 'plan.gpus=[b200-sxm]', 'horizon={requests: 300}'));
    expect(space.kinds).toBe(4);
    expect(notes).toEqual([expect.stringContaining('a schedule says itself')]);
  });
});

describe('goodput plan --capacity', () => {
  /** One step of a second serves everybody, so what limits the rate is the batch: 10 places. */
  const scenario = makeScenario({
    horizon: { requests: 400 },
    expect: [{ metric: 'e2eMs.max', max: 8000 }],
    traffic: [
      {
        arrivals: { process: 'constant', rate: 1 },
        input: { distribution: 'fixed', value: 10 },
        output: { distribution: 'fixed', value: 5 },
      },
    ],
    factory: {
      performance: { type: 'linear', base: '1s', kvCapacity: 1_000_000 },
      pools: [{ batching: { maxSequences: 10 } }],
    },
  });

  it('finds the saturation rate of a batch: ten places for five seconds are two requests per second', async () => {
    const { capacity, curve } = await planCapacity({ scenario, file: 'test', baseDirectory: '.' }, inlineExecutor());
    expect(capacity?.requestsPerSecond).toBeGreaterThan(1.95);
    expect(capacity?.requestsPerSecond).toBeLessThan(2.1);
    expect(capacity?.failsAtFactor).toBeLessThan((capacity?.factor ?? 0) * 1.02);
    expect(curve.map(({ factor }) => factor)).toEqual(curve.map(({ factor }) => factor).sort((a, b) => a - b));
  });
});
