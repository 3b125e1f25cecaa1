import type { Random } from '../../engine/random.js';
import type { ArrivalProcess } from './arrival-process.js';

/**
 * Requests that come several at once: every arrival of the process underneath is a batch. Tool calls of one agent step, rows
 * of one evaluation. Over Poisson epochs the variance of counts over their mean is E[size^2] / E[size] in a window of any
 * length: the size where it is fixed, 2 * mean - 1 where it is geometric (on 1, 2, 3 ...).
 *
 * Source: D. L. Snyder and M. I. Miller, "Random Point Processes in Time and Space", 1991, 3 (compound Poisson processes).
 *
 * @example
 * const epochs = new PoissonArrivals(12 / 8, randomStream(42, 0, 'arrivals/agents'));
 * const arrivals = new BatchArrivals(epochs, geometricBatches(8, randomStream(42, 0, 'batches/agents')));
 * arrivals.next(); // seconds; the same for all of a batch
 */
export class BatchArrivals implements ArrivalProcess {
  private seconds = 0;
  private left = 0;

  /**
   * @param epochs when batches come
   * @param drawSize requests in the next batch, at least 1
   */
  constructor(
    private readonly epochs: ArrivalProcess,
    private readonly drawSize: () => number,
  ) {}

  next(): number {
    if (this.left === 0) {
      this.seconds = this.epochs.next();
      this.left = this.drawSize();
    }
    this.left -= 1;
    return this.seconds;
  }
}

/** Batches of geometric size on 1, 2, 3 ..., by inversion. */
export function geometricBatches(mean: number, random: Random): () => number {
  const inverseLog = 1 / Math.log1p(-1 / mean);
  return () => 1 + Math.floor(Math.log(1 - random()) * inverseLog);
}
