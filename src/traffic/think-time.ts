import type { Random } from '../engine/random.js';

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
