import type { RequestStore } from '../request-store.js';
import { PLACE } from '../request-store.js';

/** Requests of one class that are let in: so many per second in the long run, and so many at once after a pause. */
export interface RateLimit {
  perSecond: number;
  burst: number;
}

/** Who is turned away before being served. */
export interface GateOptions {
  /** Most requests that wait in the fleet; Infinity for no bound. */
  maxQueued: number;
  /** Most requests that wait at one replica; Infinity for no bound. */
  maxQueuedPerReplica: number;
  /** Who goes where the fleet's queue is full. */
  shedding: 'newest' | 'lowest-priority';
  /** By class; undefined where there is none. */
  rateLimits: readonly (RateLimit | undefined)[];
}

/** Lets requests in at the front door: a token bucket per class, and a bound on all who wait. */
export class Gate {
  readonly maxQueuedPerReplica: number;
  private readonly tokens: Float64Array;
  private readonly filledAt: Float64Array;

  /** @param priorities by class, the higher the more important */
  constructor(
    private readonly store: RequestStore,
    private readonly options: GateOptions,
    private readonly priorities: Float64Array,
  ) {
    this.maxQueuedPerReplica = options.maxQueuedPerReplica;
    this.tokens = Float64Array.from(options.rateLimits, (limit) => limit?.burst ?? 0);
    this.filledAt = new Float64Array(options.rateLimits.length);
  }

  /** Whether the bucket of the class has a token for a request that comes now; takes it. */
  takeToken(classIndex: number, now: number): boolean {
    const limit = this.options.rateLimits[classIndex];
    if (limit === undefined) return true;
    const filled = this.tokens[classIndex] + (now - this.filledAt[classIndex]) * limit.perSecond;
    this.filledAt[classIndex] = now;
    // A bucket that fills at exactly the rate of arrivals must not refuse one for the last bit of a sum.
    const lets = filled >= 1 - 1e-9;
    this.tokens[classIndex] = Math.min(filled, limit.burst) - (lets ? 1 : 0);
    return lets;
  }

  /**
   * Who has to go since `row` has come and `waiting` requests wait, itself included: nobody (-1), itself, or whoever waits and
   * is less important; among those the least important, and of these the last.
   */
  victim(row: number, waiting: number): number {
    const { maxQueued, shedding } = this.options;
    if (waiting <= maxQueued) return -1;
    if (shedding === 'newest') return row;
    const { store, priorities } = this;
    const { classIndex, id, admittedSeconds, instance } = store;
    let worst = row;
    store.forEach((other) => {
      // Whoever was admitted once has been served in part, even if it waits again.
      if (!Number.isNaN(admittedSeconds[other]) || instance[other] < PLACE.front) return;
      const difference = priorities[classIndex[other]] - priorities[classIndex[worst]];
      if (difference < 0 || (difference === 0 && id[other] > id[worst])) worst = other;
    });
    return worst;
  }
}
