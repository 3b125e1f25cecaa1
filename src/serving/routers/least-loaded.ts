import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { Router } from './router.js';

/**
 * The active instance that would have the fewest requests for its size, waiting or running, if it got this one too:
 * `(load + 1) / weight`. Among equals the one that got its last longest ago.
 */
export class LeastLoaded implements Router {
  private readonly heap = new IndexedHeap();
  private readonly lastDelivery: Float64Array;
  private deliveries = 0;

  /** @param weights size of each instance, relative to the largest */
  constructor(private readonly weights: Float64Array) {
    const instances = weights.length;
    // Before the first delivery, equals are taken in their order in the scenario.
    this.lastDelivery = Float64Array.from({ length: instances }, (_, index) => index - instances);
    for (let instance = 0; instance < instances; instance++) this.add(instance, 0);
  }

  pick(): number {
    return this.heap.top;
  }

  delivered(instance: number, load: number): void {
    this.lastDelivery[instance] = this.deliveries++;
    this.add(instance, load);
  }

  ended(instance: number, load: number): void {
    if (this.heap.has(instance)) this.add(instance, load);
  }

  add(instance: number, load: number): void {
    this.heap.set(instance, (load + 1) / this.weights[instance], this.lastDelivery[instance]);
  }

  remove(instance: number): void {
    this.heap.remove(instance);
  }
}
