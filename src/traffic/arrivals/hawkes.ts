import type { Random } from '../../engine/random.js';
import type { ArrivalProcess } from './arrival-process.js';

/** The start-up is cut here: at so many requests per relaxation time the intensity hardly moves from its mean. */
const MOST_START_UP_ARRIVALS = 1_000_000;
/** Correlations with the start have fallen to exp(-6), variances (which fall twice as fast) to 6e-6 of themselves. */
const RELAXATION_TIMES = 6;

/**
 * Hawkes (self-exciting) process with an exponential kernel: every request raises the intensity by branching/memory, which
 * then decays with the time constant `memory`; so it draws `branching` further requests on average, and these draw others.
 * Retries, agents that fan out, news. The baseline is `rate * (1 - branching)`, which makes `rate` the mean rate.
 *
 * Index of dispersion of counts, with b = 1/memory, a = branching*b and k = b - a:
 * `1 + a (2b - a)/k * (k t - 1 + exp(-k t)) / (k^2 t)`, which tends to 1/(1 - branching)^2.
 *
 * Simulated exactly, by the decomposition of A. Dassios and H. Zhao, "Exact simulation of Hawkes process with exponentially
 * decaying intensity", Electronic Communications in Probability 18(62), 2013: the next arrival is the earlier one of the next
 * of the baseline and the next of the decaying excess. Two uniform numbers an arrival, nothing rejected.
 *
 * The process starts from the mean intensity (so the mean rate is right from the first request on) and is run for six
 * relaxation times before time 0, so that its bursts are stationary too.
 *
 * Source: A. G. Hawkes, "Spectra of some self-exciting and mutually exciting point processes", Biometrika 58(1), 1971, 83-90.
 *
 * @example
 * const arrivals = new HawkesArrivals(12, 0.8, 10, randomStream(42, 0, 'arrivals/chat'));
 * arrivals.next(); // seconds
 */
export class HawkesArrivals implements ArrivalProcess {
  private seconds: number;
  /** Intensity above the baseline just after the last arrival, requests per second. */
  private excess: number;
  private readonly baseline: number;
  private readonly jump: number;

  /**
   * @param rate mean rate, requests per second, above 0
   * @param branching requests that each request brings on by itself, on average: at least 0, below 1
   * @param memorySeconds mean time until it does, above 0
   */
  constructor(
    rate: number,
    branching: number,
    private readonly memorySeconds: number,
    private readonly random: Random,
  ) {
    this.baseline = rate * (1 - branching);
    this.jump = branching / memorySeconds;
    this.excess = rate - this.baseline;
    const relaxation = memorySeconds / (1 - branching);
    const startUp = Math.min(RELAXATION_TIMES * relaxation, MOST_START_UP_ARRIVALS / rate);
    this.seconds = branching === 0 ? 0 : -startUp;
  }

  next(): number {
    do this.step();
    while (this.seconds < 0);
    return this.seconds;
  }

  private step(): void {
    const fromBaseline = -Math.log(1 - this.random()) / this.baseline;
    // The excess, left alone, would bring excess * memory arrivals in all: with exp(-that) it brings none.
    const depth = 1 + Math.log(1 - this.random()) / (this.excess * this.memorySeconds);
    const fromExcess = depth > 0 ? -Math.log(depth) * this.memorySeconds : Infinity;
    const gap = Math.min(fromExcess, fromBaseline);
    this.seconds += gap;
    this.excess = this.excess * Math.exp(-gap / this.memorySeconds) + this.jump;
  }
}

/**
 * Index of dispersion of counts of the stationary process; see {@link HawkesArrivals} for the formula.
 *
 * @example hawkesDispersion(0.8, 10, 60) // variance over mean of the number of requests in a minute
 */
export function hawkesDispersion(branching: number, memorySeconds: number, seconds: number): number {
  const b = 1 / memorySeconds;
  const a = branching * b;
  const k = b - a;
  return 1 + (((a * (2 * b - a)) / k) * (k * seconds - 1 + Math.exp(-k * seconds))) / (k * k * seconds);
}
