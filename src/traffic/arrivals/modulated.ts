import type { RateCurve } from '../curves/rate-curve.js';
import type { ArrivalProcess } from './arrival-process.js';

/**
 * Any process under a rate curve, by exact change of time: the process runs in a time of its own, in which its mean rate is
 * constant, and an arrival at s of that time comes at the t for which the integral of the curve from 0 to t is s. A Poisson
 * process becomes the inhomogeneous Poisson process with that rate; every other one keeps its order of bursts and silences,
 * stretched where the curve is low.
 *
 * Source: D. J. Daley and D. Vere-Jones, "An Introduction to the Theory of Point Processes", vol. 1, 2003, 7.4; as a method:
 * E. Cinlar, "Introduction to Stochastic Processes", 1975, 4.7.
 *
 * @example
 * const arrivals = new ModulatedArrivals(new PoissonArrivals(12, random), new RateCurve(ramp(0.1, 600)));
 * arrivals.next(); // seconds
 */
export class ModulatedArrivals implements ArrivalProcess {
  constructor(
    private readonly process: ArrivalProcess,
    private readonly curve: RateCurve,
  ) {}

  next(): number {
    return this.curve.invert(this.process.next());
  }
}
