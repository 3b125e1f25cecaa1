import { z } from 'zod';
import { choice, duration } from './quantities.js';

const HOUR = 3600;

/** Policies that look at what instances are doing, and so can look at something old. */
const LOOKS = ['least-loaded', 'power-of-two', 'session'];
/** Policies that can tell a large instance from a small one. */
const WEIGHS = [...LOOKS, 'random'];

/** How requests are spread over the replicas. */
export const routerSchema = z
  .strictObject({
    policy: choice(['round-robin', 'random', 'least-loaded', 'power-of-two', 'session', 'central'], ['kv-aware'])
      .default('least-loaded')
      .describe(
        'How a request finds its replica; power-of-two: the less loaded of two drawn ones; session: all requests of a session or closed-loop user go to one; central: one queue until a replica can admit it',
      ),
    weights: choice(['capacity', 'equal'])
      .optional()
      .describe('capacity: requests count relative to what a replica can serve; equal: all alike; default: capacity'),
    refresh: duration({ min: 0, max: HOUR, above: true })
      .optional()
      .describe('The router sees loads and caches as they were at the last multiple of this; default: as they are'),
  })
  .superRefine(({ policy, weights, refresh }, context) => {
    const useless = (key: 'weights' | 'refresh', policies: readonly string[]) => {
      if (policies.includes(policy)) return;
      const message = `has no effect on ${policy}, only on ${policies.join(', ')}; remove it`;
      context.addIssue({ code: 'custom', path: [key], message });
    };
    if (weights !== undefined) useless('weights', WEIGHS);
    if (refresh !== undefined) useless('refresh', LOOKS);
  });
