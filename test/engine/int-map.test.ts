import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntMap } from '../../src/engine/int-map.js';

describe('IntMap', () => {
  it('holds what a Map holds, whatever is set and deleted', () => {
    // Few keys, some of them far apart, so that they meet and are deleted often.
    const key = fc.oneof(fc.nat(40), fc.constantFrom(0x7fffffff, 0x7ffffffe, 1 << 20));
    const operation = fc.record({ key, value: fc.nat(1000), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const map = new IntMap();
        const model = new Map<number, number>();
        for (const { key, value, remove } of operations) {
          if (remove) map.delete(key);
          else map.set(key, value);
          if (remove) model.delete(key);
          else model.set(key, value);
        }
        expect(map.size).toBe(model.size);
        for (const { key } of operations) expect(map.get(key)).toBe(model.get(key) ?? -1);
      }),
    );
  });

  it('keeps a hundred thousand keys apart', () => {
    const map = new IntMap();
    for (let i = 0; i < 100_000; i++) map.set(i * 512, i);
    for (let i = 0; i < 100_000; i += 2) map.delete(i * 512);
    let wrong = 0;
    for (let i = 0; i < 100_000; i++) if (map.get(i * 512) !== (i % 2 === 0 ? -1 : i)) wrong++;
    expect(wrong).toBe(0);
  });
});
