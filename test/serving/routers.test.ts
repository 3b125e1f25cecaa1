import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/engine/event-queue.js';
import { randomStream } from '../../src/engine/random.js';
import { ROUTERS, type Router } from '../../src/serving/routers/index.js';
import { RefreshClock } from '../../src/serving/routers/refresh-clock.js';

const policies = Object.keys(ROUTERS) as (keyof typeof ROUTERS)[];

/** Sessions are the rows themselves, unless another function is given. */
function fleet(weights: readonly number[], sessionOf = (row: number) => row) {
  return { weights: Float64Array.from(weights), random: randomStream(7, 0, 'router'), sessionOf };
}

/** Instances that get the next `count` requests, none of which ends. */
function picks(router: Router, count: number, load = new Map<number, number>()): number[] {
  return Array.from({ length: count }, (_, row) => {
    const instance = router.pick(row);
    load.set(instance, (load.get(instance) ?? 0) + 1);
    router.delivered(instance, load.get(instance) as number);
    return instance;
  });
}

const share = (list: readonly number[], instance: number) => list.filter((i) => i === instance).length / list.length;

describe.each(policies)('router %s', (policy) => {
  const make = (instances: number) => ROUTERS[policy](fleet(new Array(instances).fill(1)));

  it('never picks an instance that was removed, and picks it again once it is added', () => {
    const router = make(3);
    router.remove(1);
    expect(new Set(picks(router, 40))).toEqual(new Set([0, 2]));
    router.add(1, 0);
    expect(picks(router, 40)).toContain(1);
  });

  it('keeps an instance out whose last requests end after it was removed', () => {
    const router = make(2);
    picks(router, 4);
    router.remove(0);
    router.ended(0, 0);
    expect(new Set(picks(router, 4))).toEqual(new Set([1]));
  });

  it('picks nobody while none is active', () => {
    const router = make(2);
    router.remove(0);
    router.remove(1);
    expect(router.pick(0)).toBe(-1);
    router.add(1, 0);
    expect(router.pick(0)).toBe(1);
  });

  it('shares requests evenly among equals', () => {
    const list = picks(make(4), 4000);
    for (let instance = 0; instance < 4; instance++) expect(Math.abs(share(list, instance) - 0.25)).toBeLessThan(0.03);
  });
});

describe('frontends that give out requests in turn', () => {
  const router = (instances: number, frontends: number) =>
    ROUTERS['round-robin']({ ...fleet(new Array(instances).fill(1)), frontends });

  it('take turns, each with a turn of its own', () => {
    const list = picks(router(5, 3), 30);
    for (let i = 3; i < list.length; i++) expect(list[i]).toBe((list[i - 3] + 1) % 5);
    expect(new Set(list.slice(0, 3)).size).toBeGreaterThan(1);
  });

  it('crowd one instance while few requests are under way, and none over many', () => {
    const most = (list: readonly number[]) =>
      Math.max(...[0, 1, 2, 3, 4].map((i) => list.filter((j) => j === i).length));
    expect(most(picks(router(5, 1), 5))).toBe(1);
    expect(most(picks(router(5, 10), 5))).toBeGreaterThan(1);
    expect(most(picks(router(5, 10), 50))).toBe(10);
  });
});

describe('weights', () => {
  it.each(['random', 'least-loaded', 'session'] as const)(
    '%s gives a fast instance its share of the requests',
    (policy) => {
      const list = picks(ROUTERS[policy](fleet([1, 0.25])), 10_000);
      expect(Math.abs(share(list, 0) - 0.8)).toBeLessThan(0.02);
    },
  );

  it('power-of-two compares loads relative to weights, and cannot do better than its draws', () => {
    // Of two instances both are drawn: the shares are those of the weights.
    const list = picks(ROUTERS['power-of-two'](fleet([1, 0.25])), 10_000);
    expect(share(list, 0)).toBeCloseTo(0.8, 3);
  });

  it.each(['central', 'round-robin'] as const)('%s takes no notice of them', (policy) => {
    expect(share(picks(ROUTERS[policy](fleet([1, 0.25])), 1000), 0)).toBe(0.5);
  });
});

describe('session', () => {
  it('sends a session to the same instance every time, and moves only those of an instance that leaves', () => {
    const router = ROUTERS.session(fleet([1, 1, 1, 1]));
    const before = picks(router, 1000);
    expect(picks(router, 1000)).toEqual(before);
    router.remove(2);
    picks(router, 1000).forEach((instance, session) => {
      if (before[session] === 2) expect(instance).not.toBe(2);
      else expect(instance).toBe(before[session]);
    });
    router.add(2, 0);
    expect(picks(router, 1000)).toEqual(before);
  });

  it('sends a request without a session to the least loaded instance', () => {
    const router = ROUTERS.session(fleet([1, 1], () => -1));
    router.delivered(0, 5);
    expect(router.pick(0)).toBe(1);
  });
});

describe('stale views', () => {
  const setUp = (policy: 'least-loaded' | 'power-of-two') => {
    const events = new EventQueue();
    const clock = new RefreshClock(events, 0.2);
    const timer = events.addTimer(0);
    const at = (seconds: number) => {
      events.set(timer, seconds);
      events.advance();
    };
    at(0.01);
    return { router: ROUTERS[policy](fleet([1, 1, 1, 1]), clock), at };
  };

  it('show loads as they were at the last refresh, whatever has come since', () => {
    const { router, at } = setUp('least-loaded');
    const herd = picks(router, 10);
    expect(new Set(herd).size).toBe(1);
    at(0.19);
    expect(router.pick(0)).toBe(herd[0]);
    at(0.2);
    expect(router.pick(0)).not.toBe(herd[0]);
  });

  it('are taken at the time of the refresh, not when the router next looks', () => {
    const { router, at } = setUp('least-loaded');
    for (const instance of [1, 2, 3]) router.delivered(instance, 9);
    at(0.3);
    router.delivered(0, 99);
    expect(router.pick(0)).toBe(0);
    at(0.4);
    expect(router.pick(0)).not.toBe(0);
  });

  it('make everybody choose the same instance, which two random choices avoid', () => {
    const herd = picks(setUp('least-loaded').router, 100);
    const drawn = picks(setUp('power-of-two').router, 100);
    expect(share(herd, herd[0])).toBe(1);
    expect(Math.max(...[0, 1, 2, 3].map((instance) => share(drawn, instance)))).toBeLessThan(0.5);
  });
});
