import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/engine/event-queue.js';
import { randomStream } from '../../src/engine/random.js';
import { PrefixChains } from '../../src/serving/prefix-chains.js';
import { RequestStore } from '../../src/serving/request-store.js';
import { KvAware, type KvAwareOptions } from '../../src/serving/routers/kv-aware.js';
import { PrefixIndex } from '../../src/serving/routers/prefix-index.js';
import { RefreshClock } from '../../src/serving/routers/refresh-clock.js';

/** Requests with chains of units of 100 tokens, and a router of `instances` in front. */
function setUp(instances: number, options: Partial<KvAwareOptions> = {}, refreshSeconds?: number) {
  const events = new EventQueue();
  const timer = events.addTimer(0);
  const store = new RequestStore();
  const chains = new PrefixChains(store, Float64Array.of(100));
  const clock = refreshSeconds === undefined ? undefined : new RefreshClock(events, refreshSeconds);
  const index = new PrefixIndex(instances, clock !== undefined);
  const fleet = {
    weights: new Float64Array(instances).fill(1),
    random: randomStream(3, 0, 'router'),
    sessionOf: () => -1,
  };
  const router = new KvAware(fleet, { overlapWeight: 1, temperature: 0, ...options }, { store, chains, index, clock });
  const request = (...ids: number[]) => {
    const row = store.add(0, 0, -1, 0, 100 * ids.length, 10);
    chains.add(row, { ids: Int32Array.from(ids), count: ids.length, tokensPerBlock: 100 });
    return row;
  };
  const at = (seconds: number) => {
    events.set(timer, seconds);
    events.advance();
  };
  return { router, index, store, chains, request, at };
}

describe('PrefixIndex', () => {
  it('finds for every instance as many units as a look into each cache would', () => {
    const event = fc.record({ id: fc.nat(6), instance: fc.nat(69), stored: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 200 }),
        fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }),
        (reports, ids) => {
          const { index, store, chains, request } = setUp(70);
          const caches = Array.from({ length: 70 }, () => new Set<number>());
          for (const { id, instance, stored } of reports) {
            index.report(id, instance, stored);
            if (stored) caches[instance].add(id);
            else caches[instance].delete(id);
          }
          index.lookUp(request(...ids), store, chains);
          const expected = caches.map((cache) => {
            const missing = ids.findIndex((id) => !cache.has(id));
            return missing < 0 ? ids.length : missing;
          });
          expect([...index.overlap]).toEqual(expected);
          expect(index.size).toBe(new Set(caches.flatMap((cache) => [...cache])).size);
        },
      ),
    );
  });
});

describe('kv-aware routing', () => {
  it('sends a prompt to the instance that holds most of it, and elsewhere when that one has too much to do', () => {
    const { router, request } = setUp(3);
    for (const id of [1, 2, 3, 4]) router.report(id, 2, true);
    const first = request(1, 2, 3, 4);
    expect(router.pick(first)).toBe(2);
    // 399 of 400 tokens are cached there; one more request of 400 tokens held makes it the dearer one.
    router.sent(first, 2);
    expect(router.pick(request(1, 2, 3, 4))).not.toBe(2);
  });

  it('counts prompts until they are computed, and requests until they have gone', () => {
    const { router, request } = setUp(2);
    const row = request(7, 8, 9);
    router.sent(row, 0);
    const small = request(5);
    router.sent(small, 1);
    expect(router.pick(request(6))).toBe(1);
    router.computed(row);
    // 300 tokens held at 0; at 1 there are 100 held and 100 to compute.
    expect(router.pick(request(6))).toBe(1);
    router.gone(row);
    expect(router.pick(request(6))).toBe(0);
  });

  it('looks at load alone with weight 0, and hardly at load with a large one', () => {
    const busy = (overlapWeight: number) => {
      const { router, request } = setUp(2, { overlapWeight });
      router.report(1, 0, true);
      const other = request(8, 9);
      router.sent(other, 0);
      router.computed(other);
      return router.pick(request(1));
    };
    expect(busy(0)).toBe(1);
    expect(busy(100)).toBe(0);
  });

  it('draws with a temperature: the cheapest most often, the others too', () => {
    const count = (temperature: number) => {
      const { router, request } = setUp(4, { temperature });
      router.report(1, 3, true);
      const row = request(1);
      const picks = [0, 0, 0, 0];
      for (let i = 0; i < 4000; i++) picks[router.pick(row)]++;
      return picks;
    };
    expect(count(0)).toEqual([0, 0, 0, 4000]);
    // exp(0) against three times exp(-1 / 0.5).
    const share = 1 / (1 + 3 * Math.exp(-2));
    expect(count(0.5)[3] / 4000).toBeCloseTo(share, 1);
    expect(Math.min(...count(0.5))).toBeGreaterThan(200);
  });

  it('sees neither caches nor its own deliveries before the next refresh', () => {
    const { router, request, at } = setUp(2, {}, 0.5);
    at(0.1);
    const row = request(1, 2);
    router.sent(row, 1);
    router.gone(row);
    router.report(3, 1, true);
    // As far as it sees both are empty, and the other one got its last request longer ago.
    expect(router.pick(request(3))).toBe(0);
    at(0.5);
    expect(router.pick(request(3))).toBe(1);
  });
});
