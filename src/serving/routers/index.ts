import type { EventQueue } from '../../engine/event-queue.js';
import { type Random, randomStream } from '../../engine/random.js';
import { LeastLoaded } from './least-loaded.js';
import { PowerOfTwo } from './power-of-two.js';
import { RandomRouter } from './random.js';
import { RefreshClock } from './refresh-clock.js';
import { RoundRobin } from './round-robin.js';
import type { Router, RouterFleet } from './router.js';
import { SessionAffinity } from './session.js';
import { StaleLoads } from './stale-loads.js';

/** A router that sees loads as they are, or as they were when the clock last ticked. */
const seen = (inner: Router, { weights }: RouterFleet, clock: RefreshClock | undefined): Router =>
  clock === undefined ? inner : new StaleLoads(inner, weights.length, clock);

/** Routing policies by their name in a scenario. */
export const ROUTERS = {
  'round-robin': ({ weights }: RouterFleet): Router => new RoundRobin(weights.length),
  random: (fleet: RouterFleet): Router => new RandomRouter(fleet),
  'least-loaded': (fleet: RouterFleet, clock?: RefreshClock): Router =>
    seen(new LeastLoaded(fleet.weights), fleet, clock),
  'power-of-two': (fleet: RouterFleet, clock?: RefreshClock): Router => seen(new PowerOfTwo(fleet), fleet, clock),
  session: (fleet: RouterFleet, clock?: RefreshClock): Router =>
    new SessionAffinity(fleet, seen(new LeastLoaded(fleet.weights), fleet, clock)),
  /** Requests wait in one queue; this picks among instances with room, so a count of requests is all it needs. */
  central: ({ weights }: RouterFleet): Router => new LeastLoaded(new Float64Array(weights.length).fill(1)),
} as const;

export type RoutingPolicy = keyof typeof ROUTERS;

/** How requests find their instance. */
export interface RoutingOptions {
  policy: RoutingPolicy;
  /** `equal` takes all instances to be of one size; default: `capacity`. */
  weights?: 'capacity' | 'equal' | undefined;
  /** Seconds between two looks at the fleet; undefined where it is seen as it is. */
  refreshSeconds?: number | undefined;
  /** For policies that draw; default: numbers of seed 0. */
  random?: Random | undefined;
}

/** Whether every instance is sure to get work: not where requests are drawn or sessions stay, nor where views are old. */
export function isFair({ policy, refreshSeconds }: RoutingOptions): boolean {
  return refreshSeconds === undefined && ['round-robin', 'least-loaded', 'central'].includes(policy);
}

/** The router that a scenario asks for. */
export function router(
  { policy, weights, refreshSeconds, random = randomStream(0, 0, 'router') }: RoutingOptions,
  events: EventQueue,
  fleet: Omit<RouterFleet, 'random'>,
): Router {
  const clock = refreshSeconds === undefined ? undefined : new RefreshClock(events, refreshSeconds);
  const equal = new Float64Array(fleet.weights.length).fill(1);
  return ROUTERS[policy]({ ...fleet, weights: weights === 'equal' ? equal : fleet.weights, random }, clock);
}

export type { Router };
