import type { EventQueue } from '../../engine/event-queue.js';
import type { Fleet, PoolSlots } from '../fleet.js';
import type { FrontCounters, Observation } from './observation.js';
import type { PlannerPolicy } from './policy.js';

/** How one pool is planned. */
export interface PoolPlan {
  policy: PlannerPolicy;
  min: number;
  max: number;
  /** Seconds after a change of size in which the pool does not shrink. */
  cooldownSeconds: number;
}

/** What the planner can ask the factory. */
export interface PlannerHost {
  readonly events: EventQueue;
  /** Requests that wait for pool number `pool`, at its replicas and before them. */
  queuedFor(pool: number): number;
}

/** Looks at the fleet every so often, and changes the size of its pools. */
export class Planner {
  private readonly lastChange: Float64Array;
  private lastLook = 0;

  /**
   * @param timer goes off when it is time to look
   * @param plans by pool; undefined where a pool keeps its size
   */
  constructor(
    private readonly host: PlannerHost,
    readonly timer: number,
    private readonly intervalSeconds: number,
    private readonly fleet: Fleet,
    private readonly plans: readonly (PoolPlan | undefined)[],
    private readonly counters: FrontCounters,
  ) {
    this.lastChange = new Float64Array(plans.length).fill(Number.NEGATIVE_INFINITY);
    this.schedule();
  }

  /** The timer went off. */
  look(): void {
    const { now } = this.host.events;
    this.counters.look();
    this.plans.forEach((plan, pool) => {
      if (plan === undefined) return;
      const slots = this.fleet.pools[pool];
      const wanted = plan.policy.replicas(this.observe(pool, slots, now));
      const target = Math.min(Math.max(wanted, plan.min), plan.max);
      const cools = now - this.lastChange[pool] < plan.cooldownSeconds;
      if (target < slots.present && cools) return;
      if (this.fleet.resize(slots, target)) this.lastChange[pool] = now;
    });
    this.lastLook = now;
    this.schedule();
  }

  private observe(pool: number, slots: PoolSlots, now: number): Observation {
    const { arrived, inputTokens, outputTokens, ttftSeconds, tpotSeconds } = this.counters;
    let active = 0;
    let decoding = 0;
    let kvUse = 0;
    for (const instance of slots.instances) {
      // Who helps the other side says nothing about this one.
      if (!instance.isActive || instance.role !== instance.pool.role) continue;
      active++;
      decoding += instance.decoding.sequences;
      kvUse += instance.admission.kvUse;
    }
    return {
      nowSeconds: now,
      intervalSeconds: now - this.lastLook,
      active,
      present: slots.present,
      queued: this.host.queuedFor(pool),
      decoding,
      kvUse: active > 0 ? kvUse / active : 0,
      arrived,
      inputTokens,
      outputTokens,
      ttftSeconds,
      tpotSeconds,
    };
  }

  private schedule(): void {
    const { events } = this.host;
    let next = Number.POSITIVE_INFINITY;
    for (const plan of this.plans) {
      if (plan === undefined) continue;
      next = Math.min(next, plan.policy.nextSeconds?.(events.now) ?? events.now + this.intervalSeconds);
    }
    if (next < Number.POSITIVE_INFINITY) events.set(this.timer, next);
    else events.off(this.timer);
  }
}
