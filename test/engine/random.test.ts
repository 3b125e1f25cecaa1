import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';

const draw = (...args: Parameters<typeof randomStream>) => {
  const random = randomStream(...args);
  return Array.from({ length: 1000 }, () => random());
};

describe('randomStream', () => {
  it('gives the same numbers for the same seed, replication and name', () => {
    expect(draw(1, 0, 'arrivals/chat')).toEqual(draw(1, 0, 'arrivals/chat'));
  });

  it('gives uncorrelated numbers for another name, seed or replication', () => {
    const base = draw(1, 0, 'arrivals/chat');
    for (const other of [draw(1, 0, 'arrivals/code'), draw(2, 0, 'arrivals/chat'), draw(1, 1, 'arrivals/chat')]) {
      const covariance = base.reduce((sum, x, i) => sum + (x - 0.5) * (other[i] - 0.5), 0) / base.length;
      // Standard error of a correlation of 1000 pairs is 0.032.
      expect(Math.abs(covariance * 12)).toBeLessThan(0.13);
    }
  });

  it('stays in [0, 1) and uses more than 32 bits', () => {
    const values = draw(3, 0, 'x');
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(values.some((x) => (x * 2 ** 32) % 1 !== 0)).toBe(true);
  });
});
