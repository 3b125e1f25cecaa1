import type { FleetUsage, PoolUsage } from '../economics/fleet-usage.js';
import type { Instance } from '../serving/instance.js';
import { LIFE } from '../serving/life-cycle.js';
import type { FleetPool } from './fleet.js';
import { averageReplicas } from './gpu-time.js';

/**
 * How the GPUs of each pool spent the window, for the economics. Where replicas start, stop or fail, each is paid for while
 * it is provisioned, whatever it does; otherwise all of them are there all the time.
 */
export function usageOfFleet(
  fleet: readonly FleetPool[],
  instances: readonly Instance[],
  seconds: number,
  changes: boolean,
): FleetUsage {
  return { seconds, pools: fleet.map((of) => poolUsage(of, instances, seconds, changes)) };
}

function poolUsage(
  { gpu, pool }: FleetPool,
  instances: readonly Instance[],
  seconds: number,
  changes: boolean,
): PoolUsage {
  const { gpusPerReplica, replicas } = pool;
  const own = instances.filter((instance) => instance.pool === pool);
  let busySeconds = 0;
  let prefillSeconds = 0;
  let batchSeconds = 0;
  let startingSeconds = 0;
  let failedSeconds = 0;
  for (const { usage, life } of own) {
    busySeconds += usage.busySeconds;
    prefillSeconds += usage.prefillWorkSeconds;
    batchSeconds += usage.batchSeconds;
    startingSeconds += life.seconds[LIFE.starting];
    failedSeconds += life.seconds[LIFE.down];
  }
  const decodeSeconds = busySeconds - prefillSeconds;
  return {
    gpu,
    installedGpus: Math.max(replicas, own.length) * gpusPerReplica,
    provisionedGpuSeconds: averageReplicas(own, seconds, changes) * seconds * gpusPerReplica,
    prefillGpuSeconds: prefillSeconds * gpusPerReplica,
    decodeGpuSeconds: decodeSeconds * gpusPerReplica,
    decodingPerGpu: decodeSeconds > 0 ? batchSeconds / decodeSeconds / gpusPerReplica : 0,
    startingGpuSeconds: startingSeconds * gpusPerReplica,
    failedGpuSeconds: failedSeconds * gpusPerReplica,
  };
}
