/**
 * Chooses an instance for a request, from what a real front end knows: how many requests are at each instance. A router
 * never sees the length of an answer. All instances are active at first; the planner and faults remove and add them.
 */
export interface Router {
  /** Index of the instance that should get the next request; -1 while none is active. */
  pick(): number;
  /** `instance` got a request, and has `load` of them now. */
  delivered(instance: number, load: number): void;
  /** A request of `instance` ended, and it has `load` left. An instance that was removed stays so. */
  ended(instance: number, load: number): void;
  /** `instance` takes requests from now on (again), and has `load` of them. */
  add(instance: number, load: number): void;
  /** `instance` takes no further requests: it drains, is down or off. */
  remove(instance: number): void;
}
