import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import type { ArrivalProcess } from '../../src/traffic/arrivals/arrival-process.js';
import { arrivalProcess, type RandomArrivals } from '../../src/traffic/arrivals/index.js';
import { average, draws, expectWithinStandardErrors, indexOfDispersion, overReplications } from './statistics.js';

const rate = 12;

function process(arrivals: RandomArrivals, replication: number): ArrivalProcess {
  return arrivalProcess(arrivals, randomStream(7, replication, 'arrivals/test'));
}

/** Gaps between arrivals, in units of the mean gap. */
function relativeGaps(arrivals: RandomArrivals, replication: number, count: number): Float64Array {
  const times = draws(process(arrivals, replication), count);
  return times.map((seconds, i) => (seconds - (i === 0 ? 0 : times[i - 1])) * arrivals.rate);
}

const poisson: RandomArrivals = { process: 'poisson', rate };
const gamma = (cv: number): RandomArrivals => ({ process: 'gamma', rate, cv });

describe.each([
  ['poisson', poisson, 1, 100_000],
  ['gamma, cv 0.05', gamma(0.05), 0.05, 50_000],
  ['gamma, cv 0.5', gamma(0.5), 0.5, 100_000],
  ['gamma, cv 1', gamma(1), 1, 100_000],
  ['gamma, cv 2.5', gamma(2.5), 2.5, 100_000],
  ['gamma, cv 13 (the Azure code trace)', gamma(13), 13, 200_000],
])('%s', (_, arrivals, cv, count) => {
  it('keeps the mean gap and the cv that were asked for', () => {
    const runs = overReplications(20, (replication) => replication).map((replication) =>
      relativeGaps(arrivals, replication, count),
    );
    expectWithinStandardErrors(
      runs.map((gaps) => average(gaps)),
      1,
    );
    // The mean square is an unbiased estimate of 1 + cv^2 where the sample cv is not.
    expectWithinStandardErrors(
      runs.map((gaps) => average(gaps, (gap) => gap * gap)),
      1 + cv * cv,
    );
  });
});

describe('poisson arrivals', () => {
  it('have gaps beyond three means, e^-3 of them: nothing is clipped', () => {
    const shares = overReplications(20, (r) => average(relativeGaps(poisson, r, 50_000), (gap) => (gap > 3 ? 1 : 0)));
    expectWithinStandardErrors(shares, Math.exp(-3));
  });

  it.each([0.5, 1, 10])(
    'have counts in %d s whose variance is their mean: no window is filled to measure',
    (window) => {
      const dispersions = overReplications(30, (replication) => {
        const times = draws(process(poisson, replication), 60_000);
        return indexOfDispersion(times, window);
      });
      expectWithinStandardErrors(dispersions, 1);
    },
  );
});

describe('gamma arrivals', () => {
  it('at cv 0.5 put a share 0.56653 of the gaps below the mean (shape 4)', () => {
    const shares = overReplications(20, (r) =>
      average(relativeGaps(gamma(0.5), r, 50_000), (gap) => (gap < 1 ? 1 : 0)),
    );
    expectWithinStandardErrors(shares, 1 - Math.exp(-4) * (1 + 4 + 8 + 32 / 3));
  });

  it('at cv sqrt(2) put a share erf(sqrt(1/2)) of the gaps below the mean (shape 1/2, a squared normal)', () => {
    const shares = overReplications(20, (r) =>
      average(relativeGaps(gamma(Math.SQRT2), r, 50_000), (gap) => (gap < 1 ? 1 : 0)),
    );
    expectWithinStandardErrors(shares, 0.682689492137086);
  });

  it('at cv 3 have counts whose variance tends to 9 times their mean: bursts do not vanish', () => {
    const dispersions = overReplications(30, (replication) => {
      const times = draws(process(gamma(3), replication), 100_000);
      return indexOfDispersion(times, 100);
    });
    // A finite window falls short of the limit by a term of order 1/window, some per mille here.
    expectWithinStandardErrors(dispersions, 9);
  });

  it('never go back in time, even where gaps underflow to nothing', () => {
    const times = draws(process(gamma(100), 0), 50_000);
    expect(times.every((seconds, i) => i === 0 || seconds >= times[i - 1])).toBe(true);
    expect(times.every(Number.isFinite)).toBe(true);
  });
});

describe('constant arrivals', () => {
  it('come at k / rate exactly, without drift', () => {
    const arrivals = process({ process: 'constant', rate: 10 }, 0);
    const times = draws(arrivals, 1_000_000);
    expect(times[0]).toBe(0.1);
    expect(times[2]).toBe(0.3);
    expect(times[999_999]).toBe(100_000);
    for (let k = 1; k <= times.length; k += 997) expect(times[k - 1]).toBe(k / 10);
  });
});
