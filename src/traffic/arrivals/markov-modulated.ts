import type { Random } from '../../engine/random.js';
import type { ArrivalProcess } from './arrival-process.js';

/** A state of a Markov-modulated Poisson process. */
export interface ModulationState {
  /** Requests per second while it lasts, at least 0. */
  readonly rate: number;
  /** Mean of its exponential length, seconds, above 0. */
  readonly sojourn: number;
}

/**
 * Markov-modulated Poisson process: Poisson arrivals whose rate is that of a hidden state. Each state lasts an exponential
 * time and then gives way to one of the others, all equally likely; so the share of time in state i is sojourn_i over the sum
 * of all sojourns, whatever their number. Two states of which one is silent are the on-off (interrupted Poisson) process.
 *
 * Bursts have a memory here, which no renewal process gives them: the variance of counts keeps growing up to windows as long
 * as the longest sojourn (see mmpp-theory.ts for the closed forms). The process starts in its stationary distribution: a short
 * run is not biased towards any state.
 *
 * A gap that would outlast its state is drawn anew from the state's end on, which is exact, exponentials having no memory.
 *
 * Source: W. Fischer and K. Meier-Hellstern, "The Markov-modulated Poisson process (MMPP) cookbook", Performance Evaluation
 * 18(2), 1993, 149-171.
 *
 * @example
 * const states = [{ rate: 9.1, sojourn: 17 }, { rate: 0, sojourn: 43 }];
 * const arrivals = new MarkovModulatedArrivals(states, randomStream(42, 0, 'arrivals/code'));
 * arrivals.next(); // seconds
 */
export class MarkovModulatedArrivals implements ArrivalProcess {
  private seconds = 0;
  private state = 0;
  private stateEndSeconds: number;
  private readonly rates: Float64Array;
  private readonly sojourns: Float64Array;

  /** @param states at least one, of which at least one has a rate above 0 */
  constructor(
    states: readonly ModulationState[],
    private readonly random: Random,
  ) {
    this.rates = Float64Array.from(states, ({ rate }) => rate);
    this.sojourns = Float64Array.from(states, ({ sojourn }) => sojourn);
    const total = this.sojourns.reduce((sum, sojourn) => sum + sojourn, 0);
    let left = random() * total;
    while (this.state < states.length - 1 && left >= this.sojourns[this.state]) {
      left -= this.sojourns[this.state];
      this.state += 1;
    }
    this.stateEndSeconds = this.drawSojourn();
  }

  next(): number {
    for (;;) {
      const rate = this.rates[this.state];
      if (rate > 0) {
        const seconds = this.seconds - Math.log(1 - this.random()) / rate;
        if (seconds <= this.stateEndSeconds) {
          this.seconds = seconds;
          return seconds;
        }
      }
      this.seconds = this.stateEndSeconds;
      this.leaveState();
      this.stateEndSeconds += this.drawSojourn();
    }
  }

  private leaveState(): void {
    const others = this.rates.length - 1;
    if (others <= 1) {
      this.state = others - this.state;
      return;
    }
    const other = Math.floor(this.random() * others);
    this.state = other < this.state ? other : other + 1;
  }

  private drawSojourn(): number {
    return -Math.log(1 - this.random()) * this.sojourns[this.state];
  }
}

/**
 * Mean rate of the process, requests per second: the states' rates, weighted by their sojourns.
 *
 * @example meanRate([{ rate: 9, sojourn: 20 }, { rate: 0, sojourn: 40 }]) // 3
 */
export function meanRate(states: readonly ModulationState[]): number {
  let requests = 0;
  let seconds = 0;
  for (const { rate, sojourn } of states) {
    requests += rate * sojourn;
    seconds += sojourn;
  }
  return requests / seconds;
}

/** The same states, sped up in rate (not in time) to a given mean rate. */
export function withMeanRate(states: readonly ModulationState[], rate: number): ModulationState[] {
  const factor = rate / meanRate(states);
  return states.map((state) => ({ rate: state.rate * factor, sojourn: state.sojourn }));
}
