import { z } from 'zod';
import { choice, duration, real, whole } from './quantities.js';

const HOUR = 3600;

/** Policies that look at what instances are doing, and so can look at something old. */
const LOOKS = ['least-loaded', 'power-of-two', 'session', 'kv-aware'];
/** Policies that can tell a large instance from a small one. */
const WEIGHS = [...LOOKS, 'random'];

/** How requests are spread over the replicas. */
export const routerSchema = z
  .strictObject({
    policy: choice(['round-robin', 'random', 'least-loaded', 'power-of-two', 'session', 'kv-aware', 'central'])
      .default('least-loaded')
      .describe(
        'How a request finds its replica; power-of-two: the less loaded of two drawn ones; session: all requests of a session or closed-loop user go to one; kv-aware: where its prefix is cached, weighed against load; central: one queue until a replica can admit it',
      ),
    weights: choice(['capacity', 'equal'])
      .optional()
      .describe('capacity: requests count relative to what a replica can serve; equal: all alike; default: capacity'),
    frontends: whole(1, 10_000)
      .optional()
      .describe(
        'round-robin: so many frontends behind one address give out requests in turn, each on its own, and computed prompts where transfer.routing is round-robin; default: 1',
      ),
    overlapWeight: real({ min: 0, max: 1000 })
      .optional()
      .describe('kv-aware: prompt tokens to compute count this many times as much as tokens that are held; default: 1'),
    temperature: real({ min: 0, max: 1000 })
      .optional()
      .describe('kv-aware: 0 takes the cheapest replica, more draws among the cheaper ones; default: 0'),
    refresh: duration({ min: 0, max: HOUR, above: true })
      .optional()
      .describe('The router sees loads and caches as they were at the last multiple of this; default: as they are'),
  })
  .superRefine((entry, context) => {
    const { policy } = entry;
    const only = (
      key: 'weights' | 'refresh' | 'overlapWeight' | 'temperature' | 'frontends',
      policies: readonly string[],
    ) => {
      if (entry[key] === undefined || policies.includes(policy)) return;
      const message = `has no effect on ${policy}, only on ${policies.join(', ')}; remove it`;
      context.addIssue({ code: 'custom', path: [key], message });
    };
    only('weights', WEIGHS);
    only('refresh', LOOKS);
    only('frontends', ['round-robin']);
    only('overlapWeight', ['kv-aware']);
    only('temperature', ['kv-aware']);
  });
