import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSeconds, stepsDone, stepsUntil, tokenSeconds } from '../../src/serving/run.js';

const first = fc.double({ min: 1e-4, max: 1, noNaN: true });
const growth = fc.double({ min: 0, max: 0.01, noNaN: true });
const steps = fc.integer({ min: 1, max: 3000 });

/** End of each step, added up one by one. */
function boundaries(first: number, increment: number, steps: number): number[] {
  const ends: number[] = [];
  let now = 0;
  for (let j = 0; j < steps; j++) {
    now += first + j * increment;
    ends.push(now);
  }
  return ends;
}

describe('a run of steps in closed form', () => {
  it('lasts as long as its steps added up one by one', () => {
    fc.assert(
      fc.property(first, growth, steps, (t, g, n) => {
        expect(runSeconds(t, t * g, n) / boundaries(t, t * g, n)[n - 1]).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is cut at the first boundary at or after a moment', () => {
    fc.assert(
      fc.property(first, growth, steps, fc.double({ min: 1e-6, max: 0.999999, noNaN: true }), (t, g, n, share) => {
        const ends = boundaries(t, t * g, n);
        const moment = share * ends[n - 1];
        const expected = ends.findIndex((end) => end >= moment) + 1;
        // Only where the moment is a boundary to the last bits may rounding decide.
        if (ends.some((end) => Math.abs(end / moment - 1) < 1e-9)) return;
        expect(stepsUntil(t, t * g, moment, n)).toBe(expected);
        expect(stepsDone(t, t * g, moment, n)).toBe(expected - 1);
      }),
    );
  });

  it('is cut after one step at the earliest, and at its end at the latest', () => {
    expect(stepsUntil(0.01, 0, 0, 50)).toBe(1);
    expect(stepsUntil(0.01, 1e-5, 1e9, 50)).toBe(50);
    expect(stepsDone(0.01, 0, 0, 50)).toBe(0);
    expect(stepsDone(0.01, 0, 0.5, 50)).toBe(50);
  });

  it('is cut exactly at a boundary that the moment falls on', () => {
    expect(stepsUntil(0.25, 0, 0.75, 50)).toBe(3);
    expect(stepsDone(0.25, 0, 0.75, 50)).toBe(3);
  });

  it('holds as many token-seconds as its steps added up one by one', () => {
    fc.assert(
      fc.property(first, growth, steps, fc.nat(100_000), fc.nat(256), (t, g, n, tokens, perStep) => {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += (tokens + j * perStep) * (t + j * t * g);
        const closed = tokenSeconds(t, t * g, tokens, perStep, n);
        expect(Math.abs(closed - sum)).toBeLessThanOrEqual(1e-9 * Math.max(sum, 1e-9));
      }),
    );
  });
});
