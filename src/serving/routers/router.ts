/**
 * Chooses an instance for a request, from what a real front end knows: how many requests are at each instance. A router
 * never sees the length of an answer.
 */
export interface Router {
  /** Index of the instance that should get the next request. */
  pick(): number;
  /** `instance` got a request, and has `load` of them now. */
  delivered(instance: number, load: number): void;
  /** A request of `instance` ended, and it has `load` left. */
  ended(instance: number, load: number): void;
}
