import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { Router } from './router.js';

/** The active instance with the fewest requests, waiting or running; among equals the one that got its last longest ago. */
export class LeastLoaded implements Router {
  private readonly heap = new IndexedHeap();
  private readonly lastDelivery: Float64Array;
  private deliveries = 0;

  constructor(instances: number) {
    // Before the first delivery, equals are taken in their order in the scenario.
    this.lastDelivery = Float64Array.from({ length: instances }, (_, index) => index - instances);
    for (let instance = 0; instance < instances; instance++) this.add(instance, 0);
  }

  pick(): number {
    return this.heap.top;
  }

  delivered(instance: number, load: number): void {
    this.lastDelivery[instance] = this.deliveries++;
    this.heap.set(instance, load, this.lastDelivery[instance]);
  }

  ended(instance: number, load: number): void {
    if (this.heap.has(instance)) this.add(instance, load);
  }

  add(instance: number, load: number): void {
    this.heap.set(instance, load, this.lastDelivery[instance]);
  }

  remove(instance: number): void {
    this.heap.remove(instance);
  }
}
