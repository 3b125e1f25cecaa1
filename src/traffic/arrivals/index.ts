import type { Random } from '../../engine/random.js';
import type { Arrivals } from '../../scenario/schema.js';
import type { ArrivalProcess } from './arrival-process.js';
import { ConstantArrivals } from './constant.js';
import { GammaArrivals } from './gamma.js';
import { PoissonArrivals } from './poisson.js';

/** Arrivals as a scenario describes them, of the processes that need nothing but random numbers. */
export type RandomArrivals = Extract<Arrivals, { process: 'poisson' | 'constant' | 'gamma' }>;

/**
 * The arrival process that a scenario asks for. A new one is a file in this folder and a line here.
 *
 * @param random stream of its own
 * @example
 * const arrivals = arrivalProcess({ process: 'gamma', rate: 12, cv: 2.5 }, randomStream(42, 0, 'arrivals/chat'));
 * arrivals.next(); // seconds since the start
 */
export function arrivalProcess(arrivals: RandomArrivals, random: Random): ArrivalProcess {
  switch (arrivals.process) {
    case 'poisson':
      return new PoissonArrivals(arrivals.rate, random);
    case 'constant':
      return new ConstantArrivals(arrivals.rate);
    case 'gamma':
      return new GammaArrivals(arrivals.rate, arrivals.cv, random);
  }
}
