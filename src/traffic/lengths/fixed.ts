import type { LengthSampler } from '../demand.js';

/**
 * Every request has the same length.
 *
 * @example
 * new FixedLength(512).next(); // 512
 */
export class FixedLength implements LengthSampler {
  /** @param tokens whole, at least 1 */
  constructor(private readonly tokens: number) {}

  next(): number {
    return this.tokens;
  }
}
