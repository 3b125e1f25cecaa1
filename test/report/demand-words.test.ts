import { describe, expect, it } from 'vitest';
import { describeDemand } from '../../src/report/demand-words.js';
import { makeScenario } from '../support/scenarios.js';

const factory = { performance: { type: 'linear', base: '5ms' }, pools: [{}] };

function words(entry: object): string {
  const length = { distribution: 'fixed', value: 9 };
  const traced = (entry as { arrivals: { process: string } }).arrivals.process === 'trace';
  const traffic = [{ ...(traced ? {} : { input: length, output: length }), ...entry }];
  return describeDemand(makeScenario({ traffic, factory }).traffic[0]).split(';')[0];
}

describe('a demand in words', () => {
  it.each([
    [{ process: 'gamma', rate: 12, cv: 2.5 }, '12/s gamma (CV 2.5)'],
    [{ process: 'on-off', rate: 3, on: 2, off: 6 }, '3/s on-off (on 2 s, off 6 s)'],
    [
      {
        process: 'mmpp',
        states: [
          { rate: 4, sojourn: 1 },
          { rate: 0, sojourn: 1 },
        ],
      },
      '2/s mmpp (2 states)',
    ],
    [{ process: 'hawkes', rate: 3, branching: 0.8, memory: 10 }, '3/s hawkes (branching 0.8, memory 10 s)'],
    [{ process: 'poisson', rate: 3, batch: { size: 8 } }, '3/s poisson in batches of 8'],
    [{ process: 'poisson', rate: 3, batch: { mean: 2.5 } }, '3/s poisson in batches of 2.5 on average'],
    [{ process: 'poisson', rate: 3, curve: { shape: 'diurnal' } }, '3/s poisson, by day and night'],
    [
      { process: 'poisson', rate: 3, curve: { shape: 'spike', factor: 600, at: '82h', lasts: '2h' } },
      '3/s poisson, 600 times that for 2 h at 3.417 d',
    ],
    [
      { process: 'poisson', rate: 3, curve: { shape: 'spike', factor: 20, at: 0, lasts: '2h', every: '1d' } },
      '3/s poisson, 20 times the rest for 2 h every 24 h',
    ],
    [
      {
        process: 'poisson',
        rate: 3,
        curve: {
          shape: 'steps',
          levels: [
            [0, 1],
            [60, 4],
          ],
          period: '20m',
        },
      },
      '3/s poisson, in 2 steps over 20 min',
    ],
    [
      { process: 'poisson', rate: 3, curve: { shape: 'ramp', from: 0.1, over: '10m' } },
      '3/s poisson, from 0.1 times that over 10 min',
    ],
    [{ process: 'trace', file: 'a.csv' }, 'trace a.csv'],
    [
      { process: 'trace', file: 'a.csv', rate: 9, keep: 0.5, copies: 4, window: { from: '10m' } },
      'trace a.csv, from 10 min to its end, 50 % of it, 4 copies at 9/s',
    ],
  ])('%j', (arrivals, expected) => {
    expect(words({ arrivals })).toBe(expected);
  });

  it('says how answers hang on prompts', () => {
    const length = { distribution: 'lognormal', mean: 100, cv: 1 };
    const entry = { arrivals: { process: 'poisson', rate: 1 }, input: length, output: length, correlation: 0.7 };
    expect(describeDemand(makeScenario({ traffic: [entry], factory }).traffic[0])).toMatch(
      / out \(rank correlation 0\.7\)$/,
    );
  });
});
