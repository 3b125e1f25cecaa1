import { ActiveSet } from './active-set.js';
import type { Router, RouterFleet } from './router.js';

/**
 * The less loaded of two active instances drawn at random, where load is `(requests + 1) / weight`: nearly as good as
 * a look at all of them, and better where what is known of them is old, since no single one is everybody's choice.
 *
 * Source: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001; and, for old
 * information, "How Useful Is Old Information?", IEEE TPDS 11(1), 2000.
 */
export class PowerOfTwo implements Router {
  private readonly active: ActiveSet;
  private readonly load: Float64Array;

  constructor(private readonly fleet: RouterFleet) {
    this.active = new ActiveSet(fleet.weights.length);
    this.load = new Float64Array(fleet.weights.length);
  }

  pick(): number {
    const { active, fleet } = this;
    const { size } = active;
    if (size < 2) return size === 0 ? -1 : active.at(0);
    const first = Math.floor(fleet.random() * size);
    // Uniform among the others.
    const other = Math.floor(fleet.random() * (size - 1));
    const a = active.at(first);
    const b = active.at(other < first ? other : other + 1);
    return this.share(b) < this.share(a) ? b : a;
  }

  delivered(instance: number, load: number): void {
    this.load[instance] = load;
  }

  ended(instance: number, load: number): void {
    this.load[instance] = load;
  }

  add(instance: number, load: number): void {
    this.active.add(instance);
    this.load[instance] = load;
  }

  remove(instance: number): void {
    this.active.remove(instance);
  }

  private share(instance: number): number {
    return (this.load[instance] + 1) / this.fleet.weights[instance];
  }
}
