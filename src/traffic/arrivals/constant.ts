import type { ArrivalProcess } from './arrival-process.js';

/**
 * Evenly spaced requests: the k-th comes at `k / rate`, the first after one whole gap like in every other process, so a
 * window of T seconds holds `floor(rate * T)` of them. CV 0, no variance of counts.
 *
 * @example
 * const arrivals = new ConstantArrivals(10);
 * arrivals.next(); // 0.1
 * arrivals.next(); // 0.2
 */
export class ConstantArrivals implements ArrivalProcess {
  private count = 0;

  /** @param rate requests per second, above 0 */
  constructor(private readonly rate: number) {}

  next(): number {
    // A quotient, not a running sum: the ten-millionth arrival of 10/s is at 1e6 s exactly.
    this.count += 1;
    return this.count / this.rate;
  }
}
