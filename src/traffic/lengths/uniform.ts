import type { Random } from '../../engine/random.js';
import type { LengthSampler } from '../demand.js';

/**
 * Whole numbers from `min` to `max`, both included, equally likely: mean (min + max)/2, variance ((max - min + 1)^2 - 1)/12.
 *
 * @example
 * new UniformLength(820, 1024, randomStream(42, 0, 'lengths/chat/input')).next();
 */
export class UniformLength implements LengthSampler {
  private readonly count: number;

  /**
   * @param min whole, at least 1
   * @param max whole, at least `min`
   */
  constructor(
    private readonly min: number,
    max: number,
    private readonly random: Random,
  ) {
    this.count = max - min + 1;
  }

  next(): number {
    return this.min + Math.floor(this.random() * this.count);
  }
}
