import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import { arrivalProcess, type RandomArrivals } from '../../src/traffic/arrivals/index.js';
import { curveShape } from '../../src/traffic/curves/index.js';
import { RateCurve } from '../../src/traffic/curves/rate-curve.js';
import { lines, steps } from '../../src/traffic/curves/steps.js';
import { expectWithinStandardErrors, overReplications } from './statistics.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const everyDay = [1, 1, 1, 1, 1, 1, 1];

/** Arrivals of one run between two times. */
function count(arrivals: RandomArrivals, replication: number, from: number, to: number): number {
  const process = arrivalProcess(arrivals, randomStream(3, replication, 'arrivals/test'));
  let found = 0;
  for (let seconds = process.next(); seconds < to; seconds = process.next()) if (seconds >= from) found += 1;
  return found;
}

function expectCount(arrivals: RandomArrivals, from: number, to: number, expected: number, runs = 60): void {
  expectWithinStandardErrors(
    overReplications(runs, (replication) => count(arrivals, replication, from, to)),
    expected,
  );
}

describe('a rate curve', () => {
  const levels = fc
    .array(fc.tuple(fc.double({ min: 0.1, max: 50, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => {
      let at = 0;
      const pairs = parts.map(([width, level]): [number, number] => {
        const pair: [number, number] = [at, level];
        at += width;
        return pair;
      });
      pairs[0][1] += 0.5;
      return { pairs, period: at };
    });

  it('is inverted exactly: its integral up to the time found is what was asked for', () => {
    fc.assert(
      fc.property(
        levels,
        fc.boolean(),
        fc.array(fc.double({ min: 0, max: 300, noNaN: true })),
        (of, straight, asked) => {
          const shape = (straight ? lines : steps)(of.pairs, of.period);
          const curve = new RateCurve(shape);
          const mean =
            shape.from.reduce(
              (sum, f, i) => sum + ((f + shape.to[i]) / 2) * (shape.seconds[i + 1] - shape.seconds[i]),
              0,
            ) / of.period;
          let last = 0;
          for (const operational of asked.sort((a, b) => a - b)) {
            const seconds = curve.invert(operational);
            expect(seconds).toBeGreaterThanOrEqual(last);
            last = seconds;
            const cycles = Math.floor(seconds / of.period);
            let integral = cycles * of.period;
            const rest = seconds - cycles * of.period;
            shape.from.forEach((from, i) => {
              const width = shape.seconds[i + 1] - shape.seconds[i];
              const x = Math.min(width, Math.max(0, rest - shape.seconds[i]));
              integral += (from * x + (((shape.to[i] - from) / width) * x * x) / 2) / mean;
            });
            expect(integral).toBeCloseTo(operational, 6);
          }
        },
      ),
    );
  });

  it('jumps over times without requests', () => {
    const curve = new RateCurve(
      steps(
        [
          [0, 0],
          [10, 2],
        ],
        20,
      ),
    );
    expect([0.5, 5, 10, 10.5, 20].map((s) => curve.invert(s))).toEqual([10.25, 12.5, 15, 15.25, 20]);
    // Many silent and busy periods in one go.
    expect(curve.invert(2000.5)).toBeCloseTo(2010.25, 9);
  });
});

describe('diurnal', () => {
  const diurnal = (more: object): RandomArrivals['curve'] => ({
    shape: 'diurnal',
    swing: 0.8,
    peak: 14 * HOUR,
    week: everyDay,
    start: 0,
    ...more,
  });

  it('keeps the mean rate over a day and puts the peak where it belongs', () => {
    const arrivals: RandomArrivals = { process: 'poisson', rate: 0.02, curve: diurnal({}) };
    expectCount(arrivals, 0, DAY, 0.02 * DAY);
    // The mean of 1 + 0.8 cos over two hours around the peak.
    const peak = 1 + (0.8 * Math.sin(Math.PI / 12)) / (Math.PI / 12);
    expectCount(arrivals, 13 * HOUR, 15 * HOUR, 0.02 * 2 * HOUR * peak, 200);
  });

  it('keeps the mean rate over a week with quiet weekends', () => {
    const week = [1, 1, 1, 1, 1, 0.5, 0.25];
    const arrivals: RandomArrivals = { process: 'poisson', rate: 0.01, curve: diurnal({ week }) };
    expectCount(arrivals, 0, 7 * DAY, 0.01 * 7 * DAY);
    expectCount(arrivals, 6 * DAY, 7 * DAY, (0.01 * 7 * DAY * 0.25) / 5.75);
    // Sunday first, when the run begins on Sunday.
    const sunday: RandomArrivals = { process: 'poisson', rate: 0.01, curve: diurnal({ week, start: 6 * DAY }) };
    expectCount(sunday, 0, DAY, (0.01 * 7 * DAY * 0.25) / 5.75);
  });

  it('takes 24 levels of its own', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 20 ? 3 : 1));
    const arrivals: RandomArrivals = { process: 'poisson', rate: 0.05, curve: diurnal({ hours }) };
    expectCount(arrivals, 10 * HOUR, 12 * HOUR, 0.05 * 2 * HOUR * 1.5);
  });
});

describe('other curves', () => {
  it('steps: levels by their proportions, the mean rate over a period', () => {
    const curve: RandomArrivals['curve'] = {
      shape: 'steps',
      levels: [
        [0, 1],
        [600, 4],
      ],
      period: 1200,
    };
    const arrivals: RandomArrivals = { process: 'gamma', rate: 1, cv: 0.5, curve };
    expectCount(arrivals, 1200, 1800, 240);
    expectCount(arrivals, 1800, 2400, 960);
  });

  it('a ramp reaches the rate and stays there', () => {
    const arrivals: RandomArrivals = { process: 'poisson', rate: 1, curve: { shape: 'ramp', from: 0.2, over: 1000 } };
    expectCount(arrivals, 0, 1000, 600);
    expectCount(arrivals, 1000, 2000, 1000);
  });

  it('a spike is so many times the rate, and comes on top where it is alone', () => {
    const curve: RandomArrivals['curve'] = { shape: 'spike', factor: 5, at: 300, lasts: 100 };
    const arrivals: RandomArrivals = { process: 'poisson', rate: 1, curve };
    expectCount(arrivals, 0, 300, 300);
    expectCount(arrivals, 300, 400, 500);
    expectCount(arrivals, 400, 1000, 600);
  });

  it('repeated spikes leave the mean rate where it was', () => {
    const curve: RandomArrivals['curve'] = { shape: 'spike', factor: 5, at: 300, lasts: 100, every: 1000 };
    const arrivals: RandomArrivals = { process: 'poisson', rate: 1, curve };
    expectCount(arrivals, 0, 3000, 3000);
    expectCount(arrivals, 1300, 1400, (5 * 1000 * 100) / 1400);
    const atOnce = { ...curve, at: 0 };
    expectCount({ process: 'poisson', rate: 1, curve: atOnce }, 1000, 1100, (5 * 1000 * 100) / 1400);
  });

  it('leave the random numbers alone: a flat curve changes nothing', () => {
    const plain = arrivalProcess({ process: 'poisson', rate: 3 }, randomStream(3, 0, 'a'));
    const curve: RandomArrivals['curve'] = { shape: 'steps', levels: [[0, 7]], period: 60 };
    const flat = arrivalProcess({ process: 'poisson', rate: 3, curve }, randomStream(3, 0, 'a'));
    for (let i = 0; i < 1000; i++) expect(flat.next()).toBeCloseTo(plain.next(), 6);
  });

  it('a file gives times and levels; the last level lasts as long as the one before', () => {
    const read = (text: string, more: object = {}) =>
      curveShape({ shape: 'file', file: 'c.csv', time: 'time', level: 'rate', join: 'steps', ...more }, () => [text]);
    expect(read('time,rate\n0,1\n60s,3\n')).toEqual({
      seconds: [0, 60, 120],
      from: [1, 3],
      to: [1, 3],
      periodic: true,
    });
    expect(read('rate,time\n1,0\n3,1m\n', { join: 'lines', period: 200 })).toEqual({
      seconds: [0, 60, 200],
      from: [1, 3],
      to: [3, 1],
      periodic: true,
    });
    expect(() => read('time,rate\n0,1\n60,-3\n')).toThrow(/c\.csv:3: column "rate" holds no level \(found "-3"/);
    expect(() => read('time,rate\n0,1\n0,3\n')).toThrow(/c\.csv:3: times must rise/);
    expect(() => read('time,rate\n0,1\n')).toThrow(/c\.csv: the curve has no length/);
    expect(() => read('time,rate\n0,0\n60,0\n')).toThrow(/c\.csv: the curve is 0 everywhere/);
    expect(() => read('t,rate\n0,0\n')).toThrow(/c\.csv:1: no such column \(found "time"; allowed: t, rate\)/);
  });
});
