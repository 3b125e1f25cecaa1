import type { Instance } from '../serving/instance.js';
import { LIFE, type LifeState } from '../serving/life-cycle.js';
import type { GpuHours } from './result.js';

const SECONDS_PER_HOUR = 3600;

/**
 * Share of the window for which the slot of `instance` was paid for. A slot that was there all the time has a share of
 * exactly 1, so that a fleet that could change and did not has the figures of one that could not.
 */
export function provisionedShare({ life }: Instance, windowSeconds: number, changes: boolean): number {
  return changes && windowSeconds > 0 ? life.provisionedSeconds / windowSeconds : 1;
}

/** Share of the window in which `instance` could serve: active, or finishing what it had. */
export function servingShare({ life }: Instance, windowSeconds: number, changes: boolean): number {
  return changes && windowSeconds > 0 ? (life.seconds[LIFE.active] + life.seconds[LIFE.draining]) / windowSeconds : 1;
}

/** Average number of `instances` that were paid for. */
export function averageReplicas(instances: readonly Instance[], windowSeconds: number, changes: boolean): number {
  return instances.reduce((sum, instance) => sum + provisionedShare(instance, windowSeconds, changes), 0);
}

/** GPU-seconds that `instances` spent in one state. */
export function gpuSecondsIn(state: LifeState, instances: readonly Instance[]): number {
  return instances.reduce((sum, { life, pool }) => sum + life.seconds[LIFE[state]] * pool.gpusPerReplica, 0);
}

/** What the GPUs of a fleet did that could change. */
export function gpuHours(instances: readonly Instance[]): GpuHours {
  const hours = (state: LifeState) => gpuSecondsIn(state, instances) / SECONDS_PER_HOUR;
  const by = {
    active: hours('active'),
    starting: hours('starting'),
    draining: hours('draining'),
    down: hours('down'),
    spare: hours('spare'),
  };
  return { provisioned: Object.values(by).reduce((sum, one) => sum + one, 0), ...by };
}
