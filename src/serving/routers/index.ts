import type { EventQueue } from '../../engine/event-queue.js';
import { type Random, randomStream } from '../../engine/random.js';
import { KvAware, type KvAwareOptions, type KvAwareViews } from './kv-aware.js';
import { LeastLoaded } from './least-loaded.js';
import { PowerOfTwo } from './power-of-two.js';
import { PrefixIndex } from './prefix-index.js';
import { RandomRouter } from './random.js';
import { RefreshClock } from './refresh-clock.js';
import { RoundRobin } from './round-robin.js';
import type { Router, RouterFleet } from './router.js';
import { SessionAffinity } from './session.js';
import { StaleLoads } from './stale-loads.js';

/** A router that sees loads as they are, or as they were when the clock last ticked. */
const seen = (inner: Router, { weights }: RouterFleet, clock: RefreshClock | undefined): Router =>
  clock === undefined ? inner : new StaleLoads(inner, weights.length, clock);

/** Routing policies by their name in a scenario, but for `kv-aware`, which sees more than loads. */
export const ROUTERS = {
  'round-robin': ({ weights, frontends = 1, random }: RouterFleet): Router =>
    new RoundRobin(weights.length, frontends, frontends > 1 ? random : undefined),
  random: (fleet: RouterFleet): Router => new RandomRouter(fleet),
  'least-loaded': (fleet: RouterFleet, clock?: RefreshClock): Router =>
    seen(new LeastLoaded(fleet.weights), fleet, clock),
  'power-of-two': (fleet: RouterFleet, clock?: RefreshClock): Router => seen(new PowerOfTwo(fleet), fleet, clock),
  session: (fleet: RouterFleet, clock?: RefreshClock): Router =>
    new SessionAffinity(fleet, seen(new LeastLoaded(fleet.weights), fleet, clock)),
  /** Requests wait in one queue; this picks among instances with room, so a count of requests is all it needs. */
  central: ({ weights }: RouterFleet): Router => new LeastLoaded(new Float64Array(weights.length).fill(1)),
} as const;

export type RoutingPolicy = keyof typeof ROUTERS | 'kv-aware';

/** How requests find their instance. */
export interface RoutingOptions {
  policy: RoutingPolicy;
  /** `equal` takes all instances to be of one size; default: `capacity`. */
  weights?: 'capacity' | 'equal' | undefined;
  /** Seconds between two looks at the fleet; undefined where it is seen as it is. */
  refreshSeconds?: number | undefined;
  /** Frontends that each give out requests in turn under `round-robin`; default 1. */
  frontends?: number | undefined;
  /** Of `kv-aware`; default: prefixes count as much as load, and the cheapest instance is taken. */
  kvAware?: KvAwareOptions | undefined;
  /** For policies that draw; default: numbers of seed 0. */
  random?: Random | undefined;
}

/** Whether every instance is sure to get work: not where requests are drawn or sessions stay, nor where views are old. */
export function isFair({ policy, refreshSeconds }: RoutingOptions): boolean {
  return refreshSeconds === undefined && ['round-robin', 'least-loaded', 'central'].includes(policy);
}

/** The router that a scenario asks for. */
export function router(
  { policy, weights, refreshSeconds, frontends = 1, kvAware, random = randomStream(0, 0, 'router') }: RoutingOptions,
  events: EventQueue,
  of: Omit<RouterFleet, 'random' | 'frontends'>,
  requests: Pick<KvAwareViews, 'store' | 'chains'>,
): Router {
  const clock = refreshSeconds === undefined ? undefined : new RefreshClock(events, refreshSeconds);
  const instances = of.weights.length;
  const equal = new Float64Array(instances).fill(1);
  const fleet = { ...of, weights: weights === 'equal' ? equal : of.weights, random, frontends };
  if (policy !== 'kv-aware') return ROUTERS[policy](fleet, clock);
  const index = new PrefixIndex(instances, clock !== undefined);
  return new KvAware(fleet, kvAware ?? { overlapWeight: 1, temperature: 0 }, { ...requests, index, clock });
}

export { KvAware, type Router };
