import { randomStream } from '../engine/random.js';
import {
  boundsOf,
  type FaultsScenario,
  type PlannerScenario,
  type Scenario,
  type TrafficClass,
} from '../scenario/schema.js';
import type { ControlOptions } from '../serving/control.js';
import type { HardwareOptions, LifetimeLaw, RecoveryOptions, Reliability } from '../serving/faults/index.js';
import type { GateOptions } from '../serving/gate/gate.js';
import {
  FORECASTS,
  LoadPolicy,
  type PlannerPolicy,
  type PoolPlan,
  SchedulePolicy,
  type Targets,
  ThroughputPolicy,
} from '../serving/planner/index.js';
import type { FleetPool } from './fleet.js';

/** Whether replicas may come and go during the run. */
export function changesFleet({ planner, faults, factory }: Scenario): boolean {
  return planner.policy !== 'static' || faults !== undefined || factory.pools.some(({ spares }) => (spares ?? 0) > 0);
}

/** Whether users may leave before they are served. */
export function hasDeadlines({ traffic }: Scenario): boolean {
  return traffic.some(({ deadline }) => deadline !== undefined);
}

/** Who is turned away; undefined where nobody is. */
export function buildGate({ admission, traffic }: Scenario): GateOptions | undefined {
  if (admission === undefined && traffic.every(({ rateLimit }) => rateLimit === undefined)) return undefined;
  return {
    maxQueued: admission?.maxQueued ?? Number.POSITIVE_INFINITY,
    maxQueuedPerReplica: admission?.maxQueuedPerReplica ?? Number.POSITIVE_INFINITY,
    shedding: admission?.shedding ?? 'newest',
    rateLimits: traffic.map(({ rateLimit }) => rateLimit && { perSecond: rateLimit.rate, burst: rateLimit.burst }),
  };
}

/** What changes the fleet of a scenario during its run; undefined where nothing does. */
export function buildControl(
  scenario: Scenario,
  fleet: readonly FleetPool[],
  replication: number,
): ControlOptions | undefined {
  if (!changesFleet(scenario) && !hasDeadlines(scenario)) return undefined;
  const { factory, planner, faults, traffic, seed } = scenario;
  return {
    scaling: factory.pools.map((pool, index) => {
      const startupSeconds = pool.startup ?? factory.startup ?? fleet[index].startupSeconds;
      return {
        initial: pool.replicas,
        max: boundsOf(planner, pool)?.max ?? pool.replicas,
        spares: pool.spares ?? 0,
        startupSeconds,
      };
    }),
    planner: buildPlanner(scenario, fleet),
    faults: faults === undefined ? undefined : hardware(faults, factory.pools),
    patience: hasDeadlines(scenario) ? traffic.map(patience) : undefined,
    random: (name) => randomStream(seed, replication, name),
  };
}

function patience({ deadline }: TrafficClass) {
  const never = Number.POSITIVE_INFINITY;
  return { firstToken: deadline?.firstToken ?? never, end: deadline?.end ?? never };
}

function buildPlanner(scenario: Scenario, fleet: readonly FleetPool[]): ControlOptions['planner'] {
  const { planner, factory } = scenario;
  if (planner.policy === 'static') return undefined;
  const plans = factory.pools.map((pool, index): PoolPlan | undefined => {
    const bounds = boundsOf(planner, pool);
    if (bounds === undefined) return undefined;
    return { ...bounds, cooldownSeconds: planner.cooldown, policy: policyOf(planner, scenario, fleet, index) };
  });
  return { intervalSeconds: planner.policy === 'schedule' ? Number.POSITIVE_INFINITY : planner.interval, plans };
}

function policyOf(
  planner: Exclude<PlannerScenario, { policy: 'static' }>,
  { traffic, factory }: Scenario,
  fleet: readonly FleetPool[],
  index: number,
): PlannerPolicy {
  const pool = factory.pools[index];
  if (planner.policy === 'load') {
    const { queue, kvCache, step } = planner;
    return new LoadPolicy({ queueUp: queue.up, queueDown: queue.down, kvUp: kvCache.up, kvDown: kvCache.down, step });
  }
  if (planner.policy === 'schedule') {
    const entries = planner.pools?.[pool.name]?.schedule ?? planner.schedule ?? [];
    return new SchedulePolicy(
      entries.map(({ at, replicas }) => ({ atSeconds: at, replicas })),
      pool.replicas,
      planner.repeat ?? Number.POSITIVE_INFINITY,
    );
  }
  const strictest = (pick: (of: TrafficClass['slo']) => number | undefined) =>
    Math.min(...traffic.map(({ slo }) => pick(slo) ?? Number.POSITIVE_INFINITY));
  const targets: Targets = {
    ttftSeconds: planner.ttft ?? strictest((slo) => slo.ttft),
    tpotSeconds: planner.tpot ?? strictest((slo) => slo.tpot),
  };
  return new ThroughputPolicy(fleet[index].pool, {
    targets,
    utilization: planner.utilization,
    correction: planner.correction,
    forecast: () => FORECASTS[planner.forecast](planner.window),
    share: shareOf(fleet, index),
  });
}

/** Share of the requests that a pool gets: all of them pass through each role, divided evenly over its replicas. */
function shareOf(fleet: readonly FleetPool[], index: number): number {
  const { role } = fleet[index].pool;
  const alike = fleet.filter(({ pool }) => pool.role === role);
  return fleet[index].pool.replicas / alike.reduce((sum, { pool }) => sum + pool.replicas, 0);
}

function hardware(faults: FaultsScenario, pools: Scenario['factory']['pools']): HardwareOptions & RecoveryOptions {
  const { gpu, node, rack, stragglers, incidents, retries, recovery } = faults;
  return {
    gpu: reliability(gpu),
    node: reliability(node),
    rack: reliability(rack),
    stragglers:
      stragglers === undefined
        ? undefined
        : { ...(reliability(stragglers) as Reliability), slowdown: stragglers.slowdown },
    gpusPerNode: node?.gpus ?? GPUS_PER_NODE,
    nodesPerRack: rack?.nodes ?? 1,
    incidents: (incidents ?? []).map(({ at, duration, pool, replicas, slowdown }) => ({
      atSeconds: at,
      durationSeconds: duration,
      pool: Math.max(
        pools.findIndex(({ name }) => name === pool),
        0,
      ),
      replicas,
      slowdown,
    })),
    retries,
    recovery,
  };
}

/** The usual server. */
const GPUS_PER_NODE = 8;

function reliability(
  of: { mtbf: number; mttr: number; distribution: LifetimeLaw['distribution']; shape?: number | undefined } | undefined,
): Reliability | undefined {
  if (of === undefined) return undefined;
  return {
    working: { distribution: of.distribution, meanSeconds: of.mtbf, shape: of.shape ?? 1 },
    broken: { distribution: 'exponential', meanSeconds: of.mttr, shape: 1 },
  };
}
