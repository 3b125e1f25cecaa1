import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KvCache } from '../../src/serving/kv-cache.js';

const sequences = fc.array(fc.record({ joinStep: fc.nat(200), context: fc.integer({ min: 1, max: 500 }) }), {
  minLength: 1,
  maxLength: 20,
});

describe('KvCache', () => {
  it('counts the blocks of any number of steps as a look at every sequence would', () => {
    fc.assert(
      fc.property(sequences, fc.constantFrom(1, 2, 16, 64), fc.nat(300), (list, blockTokens, steps) => {
        const cache = new KvCache(1e9, blockTokens, false);
        const now = 200;
        for (const { joinStep, context } of list) cache.join(joinStep, context);
        const blocks = (tokens: number) => Math.ceil(tokens / blockTokens);
        const expected = list.reduce((sum, { joinStep, context }) => {
          const held = context + (now - joinStep);
          return sum + blocks(held + steps) - blocks(held);
        }, 0);
        expect(cache.blocksForSteps(now, steps, list.length)).toBe(expected);
      }),
    );
  });

  it('allows exactly as many steps as the free blocks can feed', () => {
    fc.assert(
      fc.property(
        sequences,
        fc.constantFrom(1, 2, 16, 64),
        fc.nat(60),
        fc.integer({ min: 1, max: 400 }),
        (list, blockTokens, free, limit) => {
          const cache = new KvCache(free * blockTokens, blockTokens, false);
          for (const { joinStep, context } of list) cache.join(joinStep, context);
          const steps = cache.stepsThatFit(200, limit, list.length);
          expect(cache.blocksForSteps(200, steps, list.length)).toBeLessThanOrEqual(free);
          if (steps < limit) expect(cache.blocksForSteps(200, steps + 1, list.length)).toBeGreaterThan(free);
        },
      ),
    );
  });

  it('forgets a sequence that leaves', () => {
    const cache = new KvCache(1000, 16, false);
    cache.join(5, 100);
    cache.leave(5, 100);
    expect(cache.blocksForSteps(0, 15, 0)).toBe(0);
  });

  it('needs nothing while decoding where answers are reserved', () => {
    const cache = new KvCache(1000, 16, true);
    cache.join(0, 16);
    expect(cache.blocksForSteps(0, 100, 1)).toBe(0);
    expect(cache.stepsThatFit(0, 100, 1)).toBe(100);
  });
});
