import type { EventQueue } from '../../engine/event-queue.js';
import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { Fleet } from '../fleet.js';
import type { Instance } from '../instance.js';
import type { Component } from './component.js';

/** Breaks and repairs hardware, one component at a time, and tells the replicas on it. */
export class Faults {
  /** Components by the time at which they break or are repaired. */
  private readonly heap = new IndexedHeap();
  private readonly isBroken: Uint8Array;
  /** Broken components under each replica, by number of the replica. */
  private readonly failures = new Map<Instance, number>();
  private readonly slowdowns = new Map<Instance, number[]>();

  /** @param timer goes off when {@link next} has something to do */
  constructor(
    private readonly events: EventQueue,
    readonly timer: number,
    private readonly fleet: Fleet,
    private readonly components: readonly Component[],
  ) {
    this.isBroken = new Uint8Array(components.length);
    for (let id = 0; id < components.length; id++) this.expect(id, components[id].nextFailure());
    this.schedule();
  }

  /** The timer went off: a component breaks, or is repaired. */
  next(): void {
    const id = this.heap.pop();
    const component = this.components[id];
    const breaks = this.isBroken[id] === 0;
    this.isBroken[id] = breaks ? 1 : 0;
    this.expect(id, breaks ? component.nextRepair() : component.nextFailure());
    this.schedule();
    for (const instance of component.instances) {
      if (component.slowdown !== undefined) this.slow(instance, component.slowdown, breaks);
      else if (breaks) this.break(instance);
      else this.repair(instance);
    }
  }

  private break(instance: Instance): void {
    this.failures.set(instance, (this.failures.get(instance) ?? 0) + 1);
    this.fleet.fail(instance);
  }

  /** A replica works again when everything under it does. */
  private repair(instance: Instance): void {
    const left = (this.failures.get(instance) as number) - 1;
    this.failures.set(instance, left);
    if (left === 0) this.fleet.repair(instance);
  }

  private slow(instance: Instance, factor: number, begins: boolean): void {
    const factors = this.slowdowns.get(instance) ?? [];
    if (begins) factors.push(factor);
    else factors.splice(factors.indexOf(factor), 1);
    this.slowdowns.set(instance, factors);
    instance.setSlowdown(factors.reduce((product, one) => product * one, 1));
  }

  private expect(id: number, seconds: number): void {
    if (seconds < Number.POSITIVE_INFINITY) this.heap.set(id, this.events.now + seconds, id);
  }

  private schedule(): void {
    if (this.heap.size > 0) this.events.set(this.timer, this.heap.topKey);
    else this.events.off(this.timer);
  }
}
