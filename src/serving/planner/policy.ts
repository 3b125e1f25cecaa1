import type { Observation } from './observation.js';

/** Decides how many replicas one pool should have, from what was observed. */
export interface PlannerPolicy {
  /** Replicas wanted; bounds and cool-down are applied afterwards. */
  replicas(observation: Observation): number;
  /** When to look next, seconds; undefined for the planner's usual interval. */
  nextSeconds?(nowSeconds: number): number;
}
