import type { Random } from '../../engine/random.js';
import type { Instance } from '../instance.js';
import { type Component, Incident, type LifetimeLaw, Renewing } from './component.js';

/** Hardware of one kind: how long it works, how long a repair takes. */
export interface Reliability {
  working: LifetimeLaw;
  broken: LifetimeLaw;
}

/** One entry of a list of incidents. */
export interface IncidentOptions {
  atSeconds: number;
  durationSeconds: number;
  /** Number of the pool in the scenario. */
  pool: number;
  /** Its replicas that are hit; all of them where undefined. */
  replicas: readonly number[] | undefined;
  /** Steps take this many times as long; the replicas fail where undefined. */
  slowdown: number | undefined;
}

/** What can break, and how GPUs share nodes and racks. */
export interface HardwareOptions {
  gpu: Reliability | undefined;
  node: Reliability | undefined;
  rack: Reliability | undefined;
  /** Replicas that are slow for a while. */
  stragglers: (Reliability & { slowdown: number }) | undefined;
  gpusPerNode: number;
  nodesPerRack: number;
  incidents: readonly IncidentOptions[];
}

/** The slots of one pool, and its name, after which its random streams are called. */
export interface PlacedPool {
  name: string;
  instances: readonly Instance[];
  gpusPerReplica: number;
}

/**
 * The hardware under a fleet. GPUs are numbered pool by pool and replica by replica; each pool begins on a rack of its
 * own, and a replica that fits into one node is never spread over two.
 *
 * @param random a stream for each piece of hardware, so that none shifts the numbers of another
 */
export function components(
  options: HardwareOptions,
  pools: readonly PlacedPool[],
  random: (name: string) => Random,
): Component[] {
  const { gpusPerNode, nodesPerRack, incidents, stragglers } = options;
  const all: Component[] = [];
  for (const pool of pools) {
    const place = firstGpus(pool, gpusPerNode);
    const add = (kind: string, reliability: Reliability | undefined, gpusEach: number) => {
      if (reliability === undefined) return;
      const { working, broken } = reliability;
      for (const [unit, instances] of sharing(pool, place, gpusEach)) {
        all.push(new Renewing(instances, undefined, working, broken, random(`faults/${pool.name}/${kind}/${unit}`)));
      }
    };
    add('gpu', options.gpu, 1);
    add('node', options.node, gpusPerNode);
    add('rack', options.rack, gpusPerNode * nodesPerRack);
    if (stragglers === undefined) continue;
    const { working, broken, slowdown } = stragglers;
    pool.instances.forEach((instance, replica) => {
      const stream = random(`faults/${pool.name}/straggler/${replica}`);
      all.push(new Renewing([instance], slowdown, working, broken, stream));
    });
  }
  for (const { pool, replicas, slowdown, atSeconds, durationSeconds } of incidents) {
    const { instances } = pools[pool];
    const hit = replicas?.map((replica) => instances[replica]) ?? instances;
    all.push(new Incident(hit, slowdown, atSeconds, durationSeconds));
  }
  return all;
}

/** Number of the first GPU of each replica. */
function firstGpus({ instances, gpusPerReplica }: PlacedPool, gpusPerNode: number): number[] {
  let next = 0;
  return instances.map(() => {
    const inNode = next % gpusPerNode;
    const first = inNode > 0 && inNode + gpusPerReplica > gpusPerNode ? next + gpusPerNode - inNode : next;
    next = first + gpusPerReplica;
    return first;
  });
}

/** Replicas by the unit of `gpusEach` GPUs that they stand on; a large one stands on several. */
function sharing({ instances, gpusPerReplica }: PlacedPool, place: readonly number[], gpusEach: number) {
  const units = new Map<number, Instance[]>();
  instances.forEach((instance, replica) => {
    const last = Math.floor((place[replica] + gpusPerReplica - 1) / gpusEach);
    for (let unit = Math.floor(place[replica] / gpusEach); unit <= last; unit++) {
      const sharers = units.get(unit);
      if (sharers === undefined) units.set(unit, [instance]);
      else sharers.push(instance);
    }
  });
  return units;
}
