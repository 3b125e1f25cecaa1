import { describe, expect, it } from 'vitest';
import { ROUTERS, type RoutingPolicy } from '../../src/serving/routers/index.js';

const policies = Object.keys(ROUTERS) as RoutingPolicy[];

describe.each(policies)('router %s', (policy) => {
  /** Instances that get the next `count` requests, none of which ends. */
  const picks = (router: ReturnType<(typeof ROUTERS)[typeof policy]>, count: number) => {
    const load = new Map<number, number>();
    return Array.from({ length: count }, () => {
      const instance = router.pick();
      load.set(instance, (load.get(instance) ?? 0) + 1);
      router.delivered(instance, load.get(instance) as number);
      return instance;
    });
  };

  it('never picks an instance that was removed, and picks it again once it is added', () => {
    const router = ROUTERS[policy](3);
    router.remove(1);
    expect(new Set(picks(router, 8))).toEqual(new Set([0, 2]));
    router.add(1, 0);
    expect(picks(router, 8)).toContain(1);
  });

  it('keeps an instance out whose last requests end after it was removed', () => {
    const router = ROUTERS[policy](2);
    picks(router, 4);
    router.remove(0);
    router.ended(0, 0);
    expect(new Set(picks(router, 4))).toEqual(new Set([1]));
  });

  it('picks nobody while none is active', () => {
    const router = ROUTERS[policy](2);
    router.remove(0);
    router.remove(1);
    expect(router.pick()).toBe(-1);
    router.add(1, 0);
    expect(router.pick()).toBe(1);
  });
});
