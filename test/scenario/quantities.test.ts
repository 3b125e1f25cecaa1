import { describe, expect, it } from 'vitest';
import {
  duration,
  parsePerSecond,
  parseSeconds,
  parseUsdPerKilowattHour,
  rate,
} from '../../src/scenario/quantities.js';

describe('durations', () => {
  it.each([
    ['90s', 90],
    ['50ms', 0.05],
    ['20us', 2e-5],
    ['20µs', 2e-5],
    ['2ns', 2e-9],
    ['2m', 120],
    ['2min', 120],
    ['1.5h', 5400],
    ['1d', 86_400],
    [' 3 s ', 3],
    ['1e3ms', 1],
    ['.5s', 0.5],
    ['7', 7],
    [7, 7],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds);
  });

  it.each(['', 's', '3x', '3 5s', '3M', '5constructor', '1,5s', '12/s', 'soon', '--3s'])('%j is none', (text) => {
    expect(parseSeconds(text)).toBeUndefined();
  });

  it('refuse what is not finite, however it is written', () => {
    const field = duration({ min: 0, max: 1e9 });
    for (const value of ['1e400s', Number.POSITIVE_INFINITY, Number.NaN])
      expect(field.safeParse(value).success).toBe(false);
  });
});

describe('rates', () => {
  it.each([
    ['12/s', 12],
    ['90/min', 1.5],
    ['90/m', 1.5],
    ['3600/h', 1],
    ['86400 /d', 1],
    ['0.5', 0.5],
    [3, 3],
  ])('%s is %d per second', (text, perSecond) => {
    expect(parsePerSecond(text)).toBe(perSecond);
  });

  it.each(['12s', '12/', '12/week', '/s', '12//s', 'fast'])('%j is none', (text) => {
    expect(parsePerSecond(text)).toBeUndefined();
  });

  it('refuse 0, since nothing would ever arrive', () => {
    expect(rate({ min: 0, max: 10, above: true }).safeParse('0/s').success).toBe(false);
  });
});

describe('electricity prices', () => {
  it.each([
    ['0.08', 0.08],
    ['0.08/kWh', 0.08],
    ['$0.08/kWh', 0.08],
    ['$ 0.08', 0.08],
    [0.08, 0.08],
  ])('%s is %d $/kWh', (text, price) => {
    expect(parseUsdPerKilowattHour(text)).toBe(price);
  });

  it.each(['8ct/kWh', '0.08/MWh', 'free'])('%j is none', (text) => {
    expect(parseUsdPerKilowattHour(text)).toBeUndefined();
  });
});
