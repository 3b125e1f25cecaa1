import type { Random } from '../engine/random.js';
import type { ThinkTime as ThinkTimeChoice } from '../scenario/schema.js';
import { normalQuantile } from './normal.js';

/** Time between the end of a user's request and the next one. */
export interface ThinkTime {
  /** Seconds, at least 0. */
  next(): number;
}

/**
 * The same pause every time; 0 is a user who asks again at once.
 *
 * @example
 * new ConstantThinkTime(10).next(); // 10
 */
export class ConstantThinkTime implements ThinkTime {
  constructor(private readonly seconds: number) {}

  next(): number {
    return this.seconds;
  }
}

/**
 * Exponential pause, `-mean ln(1 - u)`: with it a closed loop is the machine-repair model of queueing theory (M/M/c//N).
 *
 * Source: L. Kleinrock, "Queueing Systems", vol. 1, 1975, 3.8.
 *
 * @example
 * new ExponentialThinkTime(10, randomStream(42, 0, 'think/chat')).next(); // seconds
 */
export class ExponentialThinkTime implements ThinkTime {
  constructor(
    private readonly meanSeconds: number,
    private readonly random: Random,
  ) {}

  next(): number {
    return -Math.log(1 - this.random()) * this.meanSeconds;
  }
}

/** Lognormal pause, by the mean and cv of the pauses themselves: most are short, some very long. */
export class LognormalThinkTime implements ThinkTime {
  private readonly mu: number;
  private readonly sigma: number;

  constructor(
    meanSeconds: number,
    cv: number,
    private readonly random: Random,
  ) {
    const variance = Math.log1p(cv * cv);
    this.mu = Math.log(meanSeconds) - variance / 2;
    this.sigma = Math.sqrt(variance);
  }

  next(): number {
    // 1 - u is never 0, so the pause is never infinite.
    return Math.exp(this.mu - this.sigma * normalQuantile(1 - this.random()));
  }
}

/**
 * Pauses known by some of their quantiles, linear between neighbours.
 *
 * @example
 * new ObservedThinkTime([[0, 0], [0.5, 2.3], [1, 300]], randomStream(42, 0, 'think/chat')).next(); // seconds
 */
export class ObservedThinkTime implements ThinkTime {
  constructor(
    private readonly quantiles: readonly (readonly [share: number, seconds: number])[],
    private readonly random: Random,
  ) {}

  next(): number {
    const { quantiles } = this;
    const u = this.random();
    let i = 1;
    while (i < quantiles.length - 1 && quantiles[i][0] <= u) i++;
    const [low, from] = quantiles[i - 1];
    const [high, to] = quantiles[i];
    return from + ((u - low) / (high - low)) * (to - from);
  }
}

/** The pauses that a scenario asks for. */
export function thinkTime(think: ThinkTimeChoice, random: Random): ThinkTime {
  switch (think.distribution) {
    case 'fixed':
      return new ConstantThinkTime(think.value);
    case 'exponential':
      return new ExponentialThinkTime(think.mean, random);
    case 'lognormal':
      return think.mean === 0 ? new ConstantThinkTime(0) : new LognormalThinkTime(think.mean, think.cv, random);
    case 'empirical':
      return new ObservedThinkTime(think.quantiles, random);
  }
}
