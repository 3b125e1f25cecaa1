import { type Gpu, gpus, kvTransfers, models } from '../catalog/index.js';
import type { Random } from '../engine/random.js';
import type { KvPrecision } from '../perf/index.js';
import { handedOverBytes } from '../perf/memory.js';
import { boundsOf, type PlannerScenario, type Scenario, type Pool as ScenarioPool } from '../scenario/schema.js';
import type { Pool } from '../serving/pool.js';
import type { TransferOptions } from '../serving/transfers.js';

type Factory = Scenario['factory'];

/** What KV caches cross between pools. */
export interface TransferLink {
  latencySeconds: number;
  /** Payload of one GPU's link in one direction. */
  bytesPerSecond(gpu: Gpu | undefined): number;
}

/** Link of a GPU that is not named: 400 Gb/s, the usual NIC of a Hopper node. */
const DEFAULT_LINK_BYTES_PER_SECOND = 50e9;

/** The link between prefill and decode pools, from the scenario, else from its stack and GPUs. */
export function transferLink(factory: Factory, planner: PlannerScenario): TransferLink {
  const { transfer, stack } = factory;
  const usual = kvTransfers[stack];
  const efficiency = transfer?.efficiency ?? usual.linkEfficiency;
  const scaleUp = isScaleUp(factory, planner);
  return {
    latencySeconds: transfer?.latency ?? usual.latencySeconds,
    bytesPerSecond: (gpu) => {
      const catalog = scaleUp ? gpu?.scaleUpBytesPerSecond : gpu?.scaleOutBytesPerSecond;
      return efficiency * (transfer?.bandwidth ?? catalog ?? DEFAULT_LINK_BYTES_PER_SECOND);
    },
  };
}

/** Whether caches stay inside NVLink domains. */
export function isScaleUp({ transfer, pools }: Factory, planner: PlannerScenario): boolean {
  const { link = 'auto' } = transfer ?? {};
  return link === 'scale-up' || (link === 'auto' && isOneDomain(pools, planner));
}

/** Whether the whole fleet, as large as it may grow, fits into one NVLink domain. */
function isOneDomain(pools: readonly ScenarioPool[], planner: PlannerScenario): boolean {
  const [{ gpu }] = pools;
  if (gpu === undefined || pools.some((pool) => pool.gpu !== gpu)) return false;
  const total = pools.reduce((sum, pool) => {
    const slots = (boundsOf(planner, pool)?.max ?? pool.replicas) + (pool.spares ?? 0);
    return sum + slots * gpusOf(pool);
  }, 0);
  return total <= gpus[gpu].scaleUpDomainGpus;
}

function gpusOf({ parallelism: { tp, pp, attentionDp } }: ScenarioPool): number {
  return tp * pp * attentionDp;
}

/**
 * What a replica of `pool` sends and receives at most: all its GPUs together, and for one request only those of the attention rank
 * that holds its KV cache.
 */
export function ports(link: TransferLink, pool: ScenarioPool): Pick<Pool, 'portBytesPerSecond' | 'flowBytesPerSecond'> {
  const perGpu = link.bytesPerSecond(gpus[pool.gpu ?? '']);
  const replica = gpusOf(pool) * perGpu;
  return { portBytesPerSecond: replica, flowBytesPerSecond: replica / pool.parallelism.attentionDp };
}

/** Bytes that a replica has to get of a prompt that was computed elsewhere: as the scenario says, else what its model holds. */
export function cacheBytes(
  { transfer, model }: Factory,
  { parallelism: { tp } }: ScenarioPool,
  kvPrecision: KvPrecision,
): Pick<Pool, 'kvBytesPerToken' | 'kvBytesPerRequest'> {
  if (transfer?.bytesPerToken !== undefined) return { kvBytesPerToken: transfer.bytesPerToken, kvBytesPerRequest: 0 };
  return handedOverBytes(models[model as string], kvPrecision, tp);
}

/** How KV caches are sent. Without a model nobody knows of layers, so they come with the option. */
export function transferOptions({ factory, planner, router }: Scenario, random: Random): TransferOptions {
  const { transfer, model, disaggregation } = factory;
  return {
    latencySeconds: transferLink(factory, planner).latencySeconds,
    layerWise: transfer?.overlap === 'layer-wise',
    layers: transfer?.layers ?? (model === undefined ? 1 : models[model].layers),
    rolesChange: disaggregation?.switching !== undefined,
    routing: transfer?.routing,
    frontends: router.frontends,
    random,
  };
}
