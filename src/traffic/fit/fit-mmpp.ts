import { type ModulationState, meanRate, withMeanRate } from '../arrivals/markov-modulated.js';
import { countVariance, mmppGapCv, type RateCovariance, rateCovariance } from '../arrivals/mmpp-theory.js';
import { nelderMead } from './nelder-mead.js';

/** What a fit aims at. */
export interface FitTarget {
  rate: number;
  spanSeconds: number;
  gapCv: number;
  /** Windows with an index of dispersion, shortest first. */
  dispersion: readonly { windowSeconds: number; windows: number; value: number }[];
}

/** The CV of gaps counts half: a few long silences make most of it. */
const CV_WEIGHT = 0.5;
/**
 * Sojourns beyond these, in spans of the trace, cannot be told from it, and would make every run of that length a toss of a coin:
 * what goes so slowly is for rate curves.
 */
const LONGEST_SOJOURN = 0.2;
/** Changes of state in a run as long as the trace: so many, or so many for each request; more only take time. */
const MOST_CHANGES = { inAll: 1e5, perRequest: 10 };
/** Seconds; no clock of a trace is finer where it matters. */
const SHORTEST_SOJOURN = 1e-3;

/**
 * Sample index of dispersion that a process is expected to show over as few windows as the trace has: the variance of counts
 * falls short by that of their mean, which at ten windows of a bursty process is much of it.
 */
function expectedDispersion(rate: number, covariance: RateCovariance, windowSeconds: number, windows: number): number {
  const single = countVariance(rate, covariance, windowSeconds);
  const whole = countVariance(rate, covariance, windowSeconds * windows);
  return (((single - whole / (windows * windows)) / (rate * windowSeconds)) * windows) / (windows - 1);
}

/** Below this, dispersions and CVs mean the same: arrivals as regular as clockwork. */
const REGULAR = 0.05;

/** Logarithm by which a figure is off, where that means anything. */
export function logError(found: number, wanted: number): number {
  return Math.log(Math.max(REGULAR, found) / Math.max(REGULAR, wanted));
}

/** Windows from which on a dispersion counts in full: with fewer, it is known but to a factor of its own. */
const ENOUGH_WINDOWS = 30;

/** How much a dispersion counts that comes from so many windows, 0 to 1. */
export function windowWeight(windows: number): number {
  return Math.min(1, windows / ENOUGH_WINDOWS);
}

/** Sum of squared logarithmic errors of dispersion and CV. */
function loss(states: readonly ModulationState[], target: FitTarget): number {
  const rate = meanRate(states);
  const covariance = rateCovariance(states);
  let sum = CV_WEIGHT * logError(mmppGapCv(states), target.gapCv) ** 2;
  for (const { windowSeconds, windows, value } of target.dispersion) {
    const model = expectedDispersion(rate, covariance, windowSeconds, windows);
    sum += windowWeight(windows) * logError(model, value) ** 2;
  }
  return sum;
}

/** Starting points in ln(seconds) of sojourns and ln of rates relative to the busiest state. */
const starts: Record<'on-off' | 2 | 3, readonly (readonly number[])[]> = {
  'on-off': [
    [0, 1],
    [2, 3],
    [3, 4],
    [4, 2],
  ],
  2: [
    [-2, 1, 3],
    [-3, 3, 4],
    [-1, 4, 4],
    [-4, 0, 3],
  ],
  3: [
    [-2, -5, 0, 2, 3],
    [-2, -7, 0.5, 3, 4],
    [-1, -4, 2, 3, 4.5],
    [-3, -6, -0.5, 1, 3.5],
    [-1.5, -8, 1, 4, 4],
  ],
};

/**
 * The Markov-modulated Poisson process with the mean rate of a target that comes nearest to its dispersion and CV, by closed
 * forms. States are listed busiest first.
 *
 * @param kind `on-off`, or a number of states
 * @example fitMmpp('on-off', target) // two states, the second one silent
 */
export function fitMmpp(kind: 'on-off' | 2 | 3, target: FitTarget): ModulationState[] {
  const { rate, spanSeconds } = target;
  const longest = LONGEST_SOJOURN * spanSeconds;
  const changes = Math.max(MOST_CHANGES.inAll, MOST_CHANGES.perRequest * rate * spanSeconds);
  const shortest = Math.max(SHORTEST_SOJOURN, spanSeconds / changes);
  const states = (point: readonly number[]): ModulationState[] => {
    const count = kind === 'on-off' ? 2 : kind;
    const rates = kind === 'on-off' ? [1, 0] : [1, ...point.slice(0, count - 1).map((x) => Math.min(1, Math.exp(x)))];
    const sojourns = point
      .slice(kind === 'on-off' ? 0 : count - 1)
      .map((x) => Math.min(longest, Math.max(shortest, Math.exp(x))));
    const free = rates.map((relative, i) => ({ rate: relative, sojourn: sojourns[i] }));
    return withMeanRate(free, rate);
  };
  const bounds = (point: readonly number[]) => point.reduce((sum, x) => sum + Math.max(0, Math.abs(x) - 12) ** 2, 0);
  const results = starts[kind].map((start) =>
    nelderMead((point) => loss(states(point), target) + bounds(point), start, 0.7),
  );
  const best = results.reduce((a, b) => (b.value < a.value ? b : a));
  return states(best.point);
}
