import type { Observation } from './observation.js';
import type { PlannerPolicy } from './policy.js';

/** Thresholds on the load of a pool. */
export interface LoadThresholds {
  /** Requests that wait, per replica. */
  queueUp: number;
  queueDown: number;
  /** Share of the KV cache in use. */
  kvUp: number;
  kvDown: number;
  /** Replicas added or removed at once. */
  step: number;
}

/**
 * Grows a pool while its queue or its KV cache is above a threshold, shrinks it while both are below theirs. Replicas
 * that are starting count as if they shared the load already: otherwise every look during a long start-up would order
 * one more.
 */
export class LoadPolicy implements PlannerPolicy {
  constructor(private readonly thresholds: LoadThresholds) {}

  replicas({ present, active, queued, kvUse }: Observation): number {
    const { queueUp, queueDown, kvUp, kvDown, step } = this.thresholds;
    const queue = queued / Math.max(present, 1);
    const kv = (kvUse * active) / Math.max(present, 1);
    if (queue > queueUp || kv > kvUp) return present + step;
    const left = present - step;
    // Whoever stays must not be pushed over the upper threshold by what the others leave.
    if (queue < queueDown && kv < kvDown && left > 0 && kv * present <= kvUp * left) return left;
    return present;
  }
}
