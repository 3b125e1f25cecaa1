import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/engine/event-queue.js';

describe('EventQueue', () => {
  it('orders events by time, then kind, then timer, whatever the order of setting', () => {
    const timer = fc.record({ kind: fc.integer({ min: 0, max: 3 }), time: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(fc.array(timer, { maxLength: 60 }), fc.integer(), (timers, seed) => {
        const queue = new EventQueue();
        const ids = timers.map(({ kind }) => queue.addTimer(kind));
        const shuffled = [...ids].sort((a, b) => ((a * 7919 + seed) % 31) - ((b * 7919 + seed) % 31));
        for (const id of shuffled) queue.set(id, timers[id].time);
        const seen: number[] = [];
        for (let id = queue.advance(); id >= 0; id = queue.advance()) seen.push(id);
        const expected = [...ids].sort(
          (a, b) => timers[a].time - timers[b].time || timers[a].kind - timers[b].kind || a - b,
        );
        expect(seen).toEqual(expected);
      }),
    );
  });

  it('equals a sorted list under random setting, moving, switching off and advancing', () => {
    const action = fc.record({ op: fc.constantFrom('set', 'off', 'advance'), timer: fc.nat(9), delay: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const queue = new EventQueue();
        for (let i = 0; i < 10; i++) queue.addTimer(0);
        const times = new Map<number, number>();
        for (const { op, timer, delay } of actions) {
          if (op === 'set') {
            queue.set(timer, queue.now + delay);
            times.set(timer, queue.now + delay);
          } else if (op === 'off') {
            queue.off(timer);
            times.delete(timer);
          } else {
            const first = [...times].sort((a, b) => a[1] - b[1] || a[0] - b[0])[0];
            expect(queue.advance()).toBe(first === undefined ? -1 : first[0]);
            if (first !== undefined) {
              expect(queue.now).toBe(first[1]);
              times.delete(first[0]);
            }
          }
          for (let i = 0; i < 10; i++) expect(queue.isSet(i)).toBe(times.has(i));
        }
      }),
    );
  });

  it('refuses an event in the past, and one at no time at all', () => {
    const queue = new EventQueue();
    const timer = queue.addTimer(0);
    queue.set(timer, 2);
    queue.advance();
    expect(() => queue.set(timer, 1.999)).toThrow(RangeError);
    expect(() => queue.set(timer, Number.NaN)).toThrow(RangeError);
  });
});
