import { gamma as gammaFunction } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import { hawkesDispersion } from '../../src/traffic/arrivals/hawkes.js';
import { arrivalProcess, type RandomArrivals } from '../../src/traffic/arrivals/index.js';
import { mmppDispersion, mmppGapCv } from '../../src/traffic/arrivals/mmpp-theory.js';
import { weibullPower } from '../../src/traffic/arrivals/weibull.js';
import { average, expectWithinStandardErrors, overReplications } from './statistics.js';

const rate = 5;

/** Third moment of gaps about their mean, in units of the mean: it enters the dispersion of a renewal process. */
const thirdMoment = {
  gamma: (cv: number) => 2 * cv ** 4,
  weibull: (cv: number) => {
    const moment = (k: number) => gammaFunction(1 + k * weibullPower(cv)) / gammaFunction(1 + weibullPower(cv)) ** k;
    return moment(3) - 3 * moment(2) + 2;
  },
};

/**
 * Dispersion of a stationary renewal process in windows that are long against a gap.
 *
 * Source: D. R. Cox, "Renewal Theory", 1962, 4.5.
 */
function renewalDispersion(cv: number, third: number, gaps: number): number {
  return cv * cv + (1 / 6 + cv ** 4 / 2 - third / 3) / gaps;
}

/**
 * CV of the gaps of a Hawkes process with an exponential kernel. The time to the next arrival from any point in time has the mean
 * `integral of P(no arrival in t) dt = rate * E[gap^2] / 2`. From the stationary excess intensity X, nothing comes in t with the
 * probability `exp(-baseline t) E[exp(-s X)]` at `s = memory (1 - exp(-t / memory))`; and since dX = -X/memory dt + jump dN is
 * stationary, L(s) = E[exp(-s X)] solves L'/L = -baseline (1 - exp(-s jump)) / (s/memory - 1 + exp(-s jump)).
 *
 * Source of the transform: A. Dassios and H. Zhao, "A dynamic contagion process", Advances in Applied Probability 43(3), 2011.
 */
function hawkesGapCv(branching: number, memory: number): number {
  const baseline = rate * (1 - branching);
  const jump = branching / memory;
  const hazard = (s: number) => {
    const lost = -Math.expm1(-s * jump);
    // Where s is small, both cancel to their slopes.
    return s < 1e-9 * memory ? (baseline * jump) / (1 / memory - jump) : (baseline * lost) / (s / memory - lost);
  };
  const steps = 200_000;
  const longest = 40 / baseline;
  const dt = longest / steps;
  let [log, last, mean] = [0, 0, 0];
  for (let i = 0; i < steps; i++) {
    const t = (i + 0.5) * dt;
    const s = -memory * Math.expm1(-t / memory);
    log -= hazard(0.5 * (s + last)) * (s - last);
    last = s;
    mean += Math.exp(log - baseline * t) * dt;
  }
  return Math.sqrt(2 * rate * mean - 1);
}

const states = [
  { rate: 40, sojourn: 1 },
  { rate: 2, sojourn: 9 },
  { rate: 0, sojourn: 3 },
];
const onOff = [
  { rate: 20, sojourn: 2 },
  { rate: 0, sojourn: 6 },
];
const mmppRate = states.reduce((sum, state) => sum + state.rate * state.sojourn, 0) / 13;

interface Theory {
  name: string;
  arrivals: RandomArrivals;
  cv: number;
  window: number;
  dispersion: number;
}

const theories: Theory[] = [
  { name: 'poisson', arrivals: { process: 'poisson', rate }, cv: 1, window: 4, dispersion: 1 },
  ...[0.4, 1.6, 2.5].flatMap((cv) =>
    (['gamma', 'weibull'] as const).map((process) => ({
      name: `${process} of cv ${cv}`,
      arrivals: { process, rate, cv },
      cv,
      window: 60,
      dispersion: renewalDispersion(cv, thirdMoment[process](cv), 60 * rate),
    })),
  ),
  {
    name: 'on-off',
    arrivals: { process: 'on-off', rate, on: 2, off: 6 },
    cv: mmppGapCv(onOff),
    window: 10,
    dispersion: mmppDispersion(onOff, 10),
  },
  {
    name: 'mmpp of three states',
    arrivals: { process: 'mmpp', rate: mmppRate, states },
    cv: mmppGapCv(states),
    window: 10,
    dispersion: mmppDispersion(states, 10),
  },
  ...[
    [0.3, 1],
    [0.8, 2],
    [0.7, 0.05],
  ].map(([branching, memory]) => ({
    name: `hawkes of branching ${branching} and memory ${memory} s`,
    arrivals: { process: 'hawkes' as const, rate, branching, memory },
    cv: hawkesGapCv(branching, memory),
    window: 10,
    dispersion: hawkesDispersion(branching, memory, 10),
  })),
  // All but one of a batch follow at once; the gap before it is exponential. So E[gap^2] = size * 2 / (rate/size)^2 / size^2.
  {
    name: 'batches of 6',
    arrivals: { process: 'poisson', rate, batch: { size: 6 } },
    cv: Math.sqrt(2 * 6 - 1),
    window: 10,
    dispersion: 6,
  },
  {
    name: 'geometric batches of 4',
    arrivals: { process: 'poisson', rate, batch: { mean: 4 } },
    cv: Math.sqrt(2 * 4 - 1),
    window: 10,
    dispersion: 7,
  },
];

/** What one run shows, once the ordinary start of a renewal process is forgotten. */
function observed({ arrivals, window }: Theory, replication: number) {
  const windows = Math.ceil(4000 / window);
  const from = 400;
  const batches = () => randomStream(31, replication, 'batches');
  const process = arrivalProcess(arrivals, randomStream(31, replication, 'arrivals'), { batches });
  const counts = new Float64Array(windows);
  let [last, gaps, squares] = [Number.NaN, 0, 0];
  for (let seconds = process.next(); seconds < from + windows * window; seconds = process.next()) {
    if (seconds < from) continue;
    counts[Math.floor((seconds - from) / window)] += 1;
    if (!Number.isNaN(last)) {
      gaps += 1;
      squares += (seconds - last) ** 2;
    }
    last = seconds;
  }
  const mean = arrivals.rate * window;
  return {
    rate: average(counts) / window,
    square: (squares / gaps) * arrivals.rate ** 2,
    dispersion: average(counts, (count) => (count - mean) ** 2) / mean,
  };
}

describe.each(theories)('$name', (theory) => {
  const runs = overReplications(24, (replication) => observed(theory, replication));

  it('has the rate that was asked for', () => {
    expectWithinStandardErrors(
      runs.map((run) => run.rate),
      theory.arrivals.rate,
    );
  });

  it('has the CV of gaps of theory', () => {
    expectWithinStandardErrors(
      runs.map((run) => run.square),
      1 + theory.cv ** 2,
    );
  });

  it('has the index of dispersion of theory', () => {
    expectWithinStandardErrors(
      runs.map((run) => run.dispersion),
      theory.dispersion,
    );
  });
});

describe('the CV of a Hawkes process', () => {
  it('is 1 without branching, and that of batches of all descendants where they come at once', () => {
    expect(hawkesGapCv(0, 1)).toBeCloseTo(1, 3);
    // Clusters of n requests in one instant, epochs at the rate of the baseline: E[gap^2] = 2 / (baseline * rate).
    expect(hawkesGapCv(0.5, 1e-4)).toBeCloseTo(Math.sqrt(2 / 0.5 - 1), 2);
  });
});
