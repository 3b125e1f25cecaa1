import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../src/traffic/normal.js';

describe('normal quantile (AS 241)', () => {
  // Roots of the complementary error function at 40 digits; 0.25, 0.001 and 1e-20 are the paper's own test values.
  it.each([
    [0.6, 0.2533471031357997],
    [0.925, 1.4395314709384561],
    [0.93, 1.475791028179171],
    [0.25, -0.6744897501960817],
    [0.975, 1.9599639845400538],
    [0.001, -3.0902323061678136],
    [1e-9, -5.9978070150076865],
    [1e-11, -6.706023155495136],
    [1.3e-11, -6.667611456510741],
    [1e-20, -9.262340089798407],
    [1e-100, -21.273453560965326],
    [1e-300, -37.0470962993612],
  ])('is right to 1e-15 at p = %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(1e-15);
  });

  it('is 0 at one half, odd around it, and infinite at the ends', () => {
    expect(normalQuantile(0.5)).toBe(0);
    for (const q of [2 ** -30, 0.125, 0.4375, 0.5 - 2 ** -40]) {
      expect(normalQuantile(0.5 + q)).toBe(-normalQuantile(0.5 - q));
    }
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
  });

  it('rises through the seams between its three pieces', () => {
    for (const seam of [0.075, 0.925, Math.exp(-25), 1 - Math.exp(-25)]) {
      const step = Math.min(seam, 1 - seam) * 1e-4;
      for (let i = -5; i < 5; i++) {
        expect(normalQuantile(seam + (i + 1) * step)).toBeGreaterThan(normalQuantile(seam + i * step));
      }
    }
  });
});
