import type { FleetSize, FleetUsage, PoolUsage } from '../economics/fleet-usage.js';
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
  return {
    seconds,
    pools: fleet.map((of) => poolUsage(of, instances, seconds, changes)),
    ...(changes && { sizes: fleetSizes(instances, seconds) }),
  };
}

/** For how long the fleet had how many GPUs, from when each of its slots was provisioned. */
function fleetSizes(instances: readonly Instance[], seconds: number): FleetSize[] {
  const changes = instances
    .flatMap(({ pool, life }) =>
      life.provisioned.flatMap(({ from, to }) => [
        { at: from, gpus: pool.gpusPerReplica },
        { at: to, gpus: -pool.gpusPerReplica },
      ]),
    )
    .sort((a, b) => a.at - b.at);
  const sizes = new Map<number, number>();
  let gpus = 0;
  let known = 0;
  changes.forEach((change, i) => {
    const since = change.at - (i === 0 ? change.at : changes[i - 1].at);
    // Before the first there was nothing, and neither is there after the last.
    if (since > 0 && gpus > 0) {
      sizes.set(gpus, (sizes.get(gpus) ?? 0) + since);
      known += since;
    }
    gpus += change.gpus;
  });
  if (seconds > known) sizes.set(0, seconds - known);
  return [...sizes].map(([size, of]) => ({ gpus: size, seconds: of }));
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
