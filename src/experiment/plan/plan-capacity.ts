import { InputError } from '../../scenario/input-error.js';
import { VERSION } from '../../version.js';
import { fileOpener } from '../files.js';
import { buildFleet, type FleetPool } from '../fleet.js';
import type { Executor } from '../sweep/executor.js';
import { busyReplicas, leastWork } from './bounds.js';
import { highestDemand } from './capacity.js';
import { type DemandSample, demandSample } from './demand-sample.js';
import type { CapacityDocument, CapacityPoint } from './document.js';
import { Evaluator, type PlannedScenario } from './evaluate.js';
import { hasKnownWork } from './search-kinds.js';
import { shapeText } from './space.js';
import { standingUsdPerHour } from './standing-cost.js';
import { targetOf } from './target.js';

/**
 * The highest demand that a scenario's own fleet holds: its goodput capacity.
 *
 * @throws InputError where there is nothing to hold, or the scenario cannot be simulated
 * @example (await planCapacity({ scenario, file, baseDirectory }, poolExecutor())).capacity?.requestsPerSecond // 14.6
 */
export async function planCapacity(
  planned: PlannedScenario,
  executor: Executor,
  onPoint?: (point: CapacityPoint) => void,
): Promise<CapacityDocument> {
  const started = performance.now();
  const { scenario, baseDirectory } = planned;
  const openFile = fileOpener(baseDirectory);
  const target = targetOf(scenario);
  const fleet = buildFleet(scenario, openFile);
  const known = hasKnownWork(scenario.factory.pools) && scenario.planner.policy === 'static';
  const bound = known ? highestConceivable(fleet, demandSample(scenario, openFile)) : Number.POSITIVE_INFINITY;
  const confirmations = scenario.plan?.confirmations ?? 4;
  const evaluator = new Evaluator(planned, target, executor);
  const { capacity, curve } = await highestDemand(evaluator, scenario.traffic, {}, { bound, confirmations, onPoint });
  const broken = curve.find(({ error }) => error !== undefined);
  if (broken?.error !== undefined && capacity === null) throw new InputError({ message: broken.error });
  const gpuCounts = fleet.map(({ pool, gpu }) => ({ gpu, count: pool.replicas * pool.gpusPerReplica }));
  return {
    kind: 'capacity',
    version: VERSION,
    scenario,
    seed: scenario.seed,
    target,
    fleet: fleet.map(({ pool, gpu }, i) => ({
      role: pool.role,
      gpu,
      replicas: pool.replicas,
      gpusPerReplica: pool.gpusPerReplica,
      parallelism: shapeText(scenario.factory.pools[i].parallelism),
    })),
    gpus: gpuCounts.reduce((sum, { count }) => sum + count, 0),
    usdPerHour: standingUsdPerHour(gpuCounts, scenario.economics),
    capacity,
    curve,
    notes: [],
    simulation: { wallSeconds: (performance.now() - started) / 1000 },
  };
}

/** Times the demand at which the pools would be busy all the time however well they batched; Infinity where unknown. */
function highestConceivable(fleet: readonly FleetPool[], sample: DemandSample): number {
  const times = (role: 'aggregated' | 'prefill' | 'decode') => {
    const duty = { aggregated: 'both', prefill: 'prompt', decode: 'answer' } as const;
    const pools = fleet.filter(({ pool }) => pool.role === role);
    if (pools.length === 0) return Number.POSITIVE_INFINITY;
    return pools.reduce((sum, { pool }) => {
      return sum + pool.replicas / busyReplicas(leastWork(pool, duty[role], sample), sample.seconds);
    }, 0);
  };
  return Math.min(times('aggregated'), times('prefill'), times('decode'));
}
