import { LeastLoaded } from './least-loaded.js';
import { RoundRobin } from './round-robin.js';
import type { Router } from './router.js';

/** Routing policies by their name in a scenario. */
export const ROUTERS = {
  'round-robin': (instances: number): Router => new RoundRobin(instances),
  'least-loaded': (instances: number): Router => new LeastLoaded(instances),
  /** Requests wait in one queue; this picks among instances with room. */
  central: (instances: number): Router => new LeastLoaded(instances),
} as const;

export type RoutingPolicy = keyof typeof ROUTERS;
export type { Router };
