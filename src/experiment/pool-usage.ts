import type { FleetUsage, PoolUsage } from '../economics/fleet-usage.js';
import type { Instance } from '../serving/instance.js';
import { LIFE } from '../serving/life-cycle.js';
import type { FleetPool } from './fleet.js';

/**
 * How the GPUs of each pool spent the window, for the economics. Where replicas start, stop or fail, each is paid for while
 * it is provisioned, whatever it does; otherwise all of them are there all the time.
 */
export function usageOfFleet(fleet: readonly FleetPool[], instances: readonly Instance[], seconds: number): FleetUsage {
  const lives = instances.some(({ life }) => life.provisionedSeconds > 0);
  return { seconds, pools: fleet.map((of) => poolUsage(of, instances, seconds, lives)) };
}

function poolUsage(
  { gpu, pool }: FleetPool,
  instances: readonly Instance[],
  seconds: number,
  lives: boolean,
): PoolUsage {
  const { gpusPerReplica, replicas } = pool;
  let slots = 0;
  let busySeconds = 0;
  let prefillSeconds = 0;
  let batchSeconds = 0;
  let provisionedSeconds = 0;
  let startingSeconds = 0;
  let failedSeconds = 0;
  for (const { pool: of, usage, life } of instances) {
    if (of !== pool) continue;
    slots++;
    busySeconds += usage.busySeconds;
    prefillSeconds += usage.prefillWorkSeconds;
    batchSeconds += usage.batchSeconds;
    provisionedSeconds += life.provisionedSeconds;
    startingSeconds += life.seconds[LIFE.starting];
    failedSeconds += life.seconds[LIFE.down];
  }
  const decodeSeconds = busySeconds - prefillSeconds;
  return {
    gpu,
    installedGpus: Math.max(replicas, slots) * gpusPerReplica,
    provisionedGpuSeconds: (lives ? provisionedSeconds : replicas * seconds) * gpusPerReplica,
    prefillGpuSeconds: prefillSeconds * gpusPerReplica,
    decodeGpuSeconds: decodeSeconds * gpusPerReplica,
    decodingPerGpu: decodeSeconds > 0 ? batchSeconds / decodeSeconds / gpusPerReplica : 0,
    startingGpuSeconds: startingSeconds * gpusPerReplica,
    failedGpuSeconds: failedSeconds * gpusPerReplica,
  };
}
