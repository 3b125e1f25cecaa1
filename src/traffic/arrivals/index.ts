import type { Random } from '../../engine/random.js';
import type { OpenArrivals } from '../../scenario/traffic-schema.js';
import { curveShape } from '../curves/index.js';
import { RateCurve } from '../curves/rate-curve.js';
import type { OpenFile } from '../lines.js';
import type { ArrivalProcess } from './arrival-process.js';
import { BatchArrivals, geometricBatches } from './batch.js';
import { ConstantArrivals } from './constant.js';
import { GammaArrivals } from './gamma.js';
import { HawkesArrivals } from './hawkes.js';
import { MarkovModulatedArrivals, withMeanRate } from './markov-modulated.js';
import { ModulatedArrivals } from './modulated.js';
import { PoissonArrivals } from './poisson.js';
import { WeibullArrivals } from './weibull.js';

/** Arrivals as a scenario describes them, of the processes that need nothing but random numbers. */
export type RandomArrivals = OpenArrivals;

/** What batches and rate curves need besides. */
export interface ArrivalExtras {
  /** Stream of batch sizes; asked for only where they are drawn. */
  batches?: () => Random;
  /** Opens the file of a rate curve. */
  openFile?: OpenFile;
}

/**
 * The arrival process that a scenario asks for, with its batches and under its rate curve. A new process is a file in this
 * folder and a line in {@link plainProcess}.
 *
 * @param random stream of its own
 * @example
 * const arrivals = arrivalProcess({ process: 'gamma', rate: 12, cv: 2.5 }, randomStream(42, 0, 'arrivals/chat'));
 * arrivals.next(); // seconds since the start
 */
export function arrivalProcess(arrivals: RandomArrivals, random: Random, extras: ArrivalExtras = {}): ArrivalProcess {
  const { batch, curve } = arrivals;
  const batchMean = batch?.size ?? batch?.mean ?? 1;
  let process = plainProcess(arrivals, arrivals.rate / batchMean, random);
  // The curve below the batches: one batch has one instant either way, and the curve is asked less often.
  if (curve !== undefined) {
    process = new ModulatedArrivals(process, new RateCurve(curveShape(curve, extras.openFile ?? noFiles)));
  }
  if (batch === undefined || batchMean === 1) return process;
  if (batch.size !== undefined) return new BatchArrivals(process, () => batchMean);
  if (extras.batches === undefined) throw new Error('batches without a stream for their sizes');
  return new BatchArrivals(process, geometricBatches(batchMean, extras.batches()));
}

function plainProcess(arrivals: RandomArrivals, rate: number, random: Random): ArrivalProcess {
  switch (arrivals.process) {
    case 'poisson':
      return new PoissonArrivals(rate, random);
    case 'constant':
      return new ConstantArrivals(rate);
    case 'gamma':
      return new GammaArrivals(rate, arrivals.cv, random);
    case 'weibull':
      return new WeibullArrivals(rate, arrivals.cv, random);
    case 'on-off': {
      const states = [
        { rate: 1, sojourn: arrivals.on },
        { rate: 0, sojourn: arrivals.off },
      ];
      return new MarkovModulatedArrivals(withMeanRate(states, rate), random);
    }
    case 'mmpp':
      return new MarkovModulatedArrivals(withMeanRate(arrivals.states, rate), random);
    case 'hawkes':
      return new HawkesArrivals(rate, arrivals.branching, arrivals.memory, random);
  }
}

function noFiles(): never {
  throw new Error('a rate curve from a file without a way to open it');
}
