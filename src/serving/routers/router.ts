import type { Random } from '../../engine/random.js';

/** What a router is told about the fleet when it is made. */
export interface RouterFleet {
  /** Work that each instance can take, relative to the largest: 1 where all are alike. */
  readonly weights: Float64Array;
  /** Numbers for routers that draw. */
  readonly random: Random;
  /** Frontends that give out requests on their own; default 1. */
  readonly frontends?: number;
  /** Session of the request in `row`; -1 where it has none. */
  sessionOf(row: number): number;
}

/**
 * Chooses an instance for a request, from what a real front end knows: how many requests are at each instance. A router
 * never sees the length of an answer. All instances are active at first; the planner and faults remove and add them.
 */
export interface Router {
  /** Index of the instance that should get the request in `row`; -1 while none is active. */
  pick(row: number): number;
  /** `instance` got a request, and has `load` of them now. */
  delivered(instance: number, load: number): void;
  /** A request of `instance` ended, and it has `load` left. An instance that was removed stays so. */
  ended(instance: number, load: number): void;
  /** `instance` takes requests from now on (again), and has `load` of them. */
  add(instance: number, load: number): void;
  /** `instance` takes no further requests: it drains, is down or off. */
  remove(instance: number): void;
}
