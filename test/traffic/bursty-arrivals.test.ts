import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import type { ArrivalProcess } from '../../src/traffic/arrivals/arrival-process.js';
import { hawkesDispersion } from '../../src/traffic/arrivals/hawkes.js';
import { arrivalProcess, type RandomArrivals } from '../../src/traffic/arrivals/index.js';
import { meanRate } from '../../src/traffic/arrivals/markov-modulated.js';
import { mmppDispersion, mmppGapCv } from '../../src/traffic/arrivals/mmpp-theory.js';
import { weibullPower } from '../../src/traffic/arrivals/weibull.js';
import { average, draws, expectWithinStandardErrors, overReplications } from './statistics.js';

const rate = 12;

function process(arrivals: RandomArrivals, replication: number): ArrivalProcess {
  return arrivalProcess(arrivals, randomStream(17, replication, 'arrivals/test'), {
    batches: () => randomStream(17, replication, 'batches/test'),
  });
}

/** Arrivals in windows of one length from time 0 on. */
function counts(arrivals: RandomArrivals, replication: number, windowSeconds: number, windows: number): Float64Array {
  const of = new Float64Array(windows);
  const source = process(arrivals, replication);
  for (let seconds = source.next(); seconds < windows * windowSeconds; seconds = source.next()) {
    of[Math.floor(seconds / windowSeconds)] += 1;
  }
  return of;
}

/**
 * Mean and dispersion of counts against theory. Squares about the true mean make an estimate without bias, since the
 * processes are stationary from time 0 on.
 */
function expectCounts(arrivals: RandomArrivals, windowSeconds: number, dispersion: number, windows = 3000, runs = 20) {
  const all = overReplications(runs, (replication) => counts(arrivals, replication, windowSeconds, windows));
  const perWindow = arrivals.rate * windowSeconds;
  expectWithinStandardErrors(
    all.map((of) => average(of) / perWindow),
    1,
  );
  expectWithinStandardErrors(
    all.map((of) => average(of, (count) => (count - perWindow) ** 2) / perWindow),
    dispersion,
  );
}

describe.each([0.3, 1, 2.5, 6])('weibull arrivals of cv %d', (cv) => {
  it('keep the mean gap and the cv that were asked for', () => {
    const runs = overReplications(20, (replication) => {
      const times = draws(process({ process: 'weibull', rate, cv }, replication), 60_000);
      return times.map((seconds, i) => (seconds - (i === 0 ? 0 : times[i - 1])) * rate);
    });
    expectWithinStandardErrors(
      runs.map((gaps) => average(gaps)),
      1,
    );
    expectWithinStandardErrors(
      runs.map((gaps) => average(gaps, (gap) => gap * gap)),
      1 + cv * cv,
    );
  });
});

describe('weibull arrivals', () => {
  it('of cv 1 are Poisson, of cv sqrt(5) have shape 1/2', () => {
    expect(weibullPower(1)).toBeCloseTo(1, 9);
    expect(weibullPower(Math.sqrt(5))).toBeCloseTo(2, 9);
  });
});

describe('on-off arrivals', () => {
  const onOff: RandomArrivals = { process: 'on-off', rate: 3, on: 2, off: 6 };
  const states = [
    { rate: 12, sojourn: 2 },
    { rate: 0, sojourn: 6 },
  ];

  it('have the textbook dispersion 1 + 2 p (1 - p) r^2 / rate (d t - 1 + exp(-d t)) / (d^2 t)', () => {
    const [p, d, t] = [0.25, 1 / 2 + 1 / 6, 10];
    const covariance = p * (1 - p) * 12 ** 2;
    expect(mmppDispersion(states, t)).toBeCloseTo(
      1 + ((2 * covariance) / 3) * ((d * t - 1 + Math.exp(-d * t)) / (d * d * t)),
      9,
    );
  });

  it.each([0.5, 5, 30])('keep rate and dispersion in windows of %d s', (window) => {
    expectCounts(onOff, window, mmppDispersion(states, window));
  });

  it('keep the cv of gaps that the closed form gives', () => {
    const cv = mmppGapCv(states);
    const squares = overReplications(20, (replication) => {
      const times = draws(process(onOff, replication), 100_000);
      return meanSquareGap(times) * 9;
    });
    expectWithinStandardErrors(squares, 1 + cv * cv);
  });

  it('start in either state, by its share of the time', () => {
    // Started in the on state, the first second would hold 12 requests instead of 3.
    expectCounts(onOff, 1, mmppDispersion(states, 1), 1, 4000);
  });
});

/** Mean of the squares of all gaps but the first, which the start cuts. */
function meanSquareGap(times: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < times.length; i++) sum += (times[i] - times[i - 1]) ** 2;
  return sum / (times.length - 1);
}

describe('mmpp arrivals', () => {
  const states = [
    { rate: 40, sojourn: 0.5 },
    { rate: 6, sojourn: 4 },
    { rate: 0.5, sojourn: 9 },
    { rate: 0, sojourn: 2 },
  ];
  const mmpp: RandomArrivals = { process: 'mmpp', rate: meanRate(states), states };

  it.each([0.2, 3, 25])('of four states keep rate and dispersion in windows of %d s', (window) => {
    expectCounts(mmpp, window, mmppDispersion(states, window));
  });

  it('keep the cv of gaps that the closed form gives', () => {
    const cv = mmppGapCv(states);
    const squares = overReplications(20, (replication) => {
      return meanSquareGap(draws(process(mmpp, replication), 60_000)) * mmpp.rate ** 2;
    });
    expectWithinStandardErrors(squares, 1 + cv * cv);
  });

  it('are rescaled to a rate: the states count by their proportions', () => {
    const faster: RandomArrivals = { process: 'mmpp', rate: 30, states };
    const scaled = states.map((state) => ({ ...state, rate: (state.rate * 30) / meanRate(states) }));
    expectCounts(faster, 2, mmppDispersion(scaled, 2));
  });

  it('of one state, or of equal ones, are Poisson', () => {
    expect(mmppDispersion([{ rate: 5, sojourn: 1 }], 10)).toBe(1);
    const equal = [1, 3, 8].map((sojourn) => ({ rate: 5, sojourn }));
    expect(mmppDispersion(equal, 10)).toBeCloseTo(1, 12);
    expect(mmppGapCv(equal)).toBeCloseTo(1, 12);
    expectCounts({ process: 'mmpp', rate: 5, states: equal }, 1, 1);
  });
});

describe('hawkes arrivals', () => {
  it.each([
    [0.5, 1, 0.5],
    [0.5, 1, 10],
    [0.8, 2, 5],
    [0.8, 2, 60],
  ])('of branching %d and memory %d s keep rate and dispersion in windows of %d s', (branching, memory, window) => {
    const windows = Math.min(3000, 20_000 / window);
    expectCounts(
      { process: 'hawkes', rate: 8, branching, memory },
      window,
      hawkesDispersion(branching, memory, window),
      windows,
    );
  });

  it('are stationary from the first second on', () => {
    const hawkes: RandomArrivals = { process: 'hawkes', rate: 8, branching: 0.8, memory: 2 };
    expectCounts(hawkes, 1, hawkesDispersion(0.8, 2, 1), 1, 3000);
  });

  it('tend to a dispersion of 1 / (1 - branching)^2, and without branching are Poisson', () => {
    expect(hawkesDispersion(0.8, 2, 1e7)).toBeCloseTo(25, 4);
    expect(hawkesDispersion(0, 2, 10)).toBe(1);
    expectCounts({ process: 'hawkes', rate: 8, branching: 0, memory: 2 }, 2, 1);
  });
});

describe('batches', () => {
  it('of a fixed size keep the rate of requests, and multiply the dispersion by the size', () => {
    expectCounts({ process: 'poisson', rate, batch: { size: 6 } }, 3, 6);
  });

  it('of geometric size have a dispersion of 2 mean - 1', () => {
    expectCounts({ process: 'poisson', rate, batch: { mean: 4 } }, 3, 7);
  });

  it('come at one instant', () => {
    const times = draws(process({ process: 'constant', rate: 10, batch: { size: 5 } }, 0), 10);
    expect([...times]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1]);
  });

  it('go on top of any process: an mmpp of batches multiplies what is above Poisson', () => {
    const states = [
      { rate: 12, sojourn: 2 },
      { rate: 0, sojourn: 6 },
    ];
    const epochs = mmppDispersion(states, 5);
    // Var N = E[S]^2 Var(epochs) + Var(S) E[epochs], with S fixed.
    expectCounts({ process: 'mmpp', rate: 6, states: states, batch: { size: 2 } }, 5, 2 * epochs);
  });
});
