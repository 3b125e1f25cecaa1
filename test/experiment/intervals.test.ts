import { describe, expect, it } from 'vitest';
import { studentInterval, studentQuantile } from '../../src/experiment/intervals.js';

describe("Student's interval", () => {
  it.each([
    [1, 12.7062047],
    [2, 4.30265273],
    [3, 3.18244631],
    [9, 2.26215716],
    [30, 2.04227246],
    [999, 1.96234146],
    [9999, 1.96020126],
  ])('with %i degrees of freedom reaches %f standard errors, as the tables say', (freedom, quantile) => {
    expect(studentQuantile(freedom)).toBeCloseTo(quantile, 6);
  });

  it('of three values is t(2) * s / sqrt(3)', () => {
    expect(studentInterval([9, 10, 11])).toEqual({ mean: 10, halfWidth: studentQuantile(2) / Math.sqrt(3) });
  });

  it('of equal values is exactly that value, give or take nothing', () => {
    expect(studentInterval(Array.from({ length: 7 }, () => 0.1))).toEqual({ mean: 0.1, halfWidth: 0 });
  });

  it('of one value is unknown', () => {
    expect(studentInterval([3])).toEqual({ mean: 3, halfWidth: null });
  });
});
