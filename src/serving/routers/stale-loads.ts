import type { RefreshClock } from './refresh-clock.js';
import type { Router } from './router.js';

/**
 * A router that sees loads as they were at the last refresh, its own deliveries since then not included: what several
 * front ends know of instances that report every so often. Instances that come and go are seen at once.
 */
export class StaleLoads implements Router {
  private readonly loads: Float64Array;
  /** Instances whose load has changed since the last refresh, in the order of their first change. */
  private readonly changed: number[] = [];
  private readonly isChanged: Uint8Array;
  private readonly isDelivered: Uint8Array;

  constructor(
    private readonly inner: Router,
    instances: number,
    private readonly clock: RefreshClock,
  ) {
    this.loads = new Float64Array(instances);
    this.isChanged = new Uint8Array(instances);
    this.isDelivered = new Uint8Array(instances);
  }

  pick(row: number): number {
    this.refresh();
    return this.inner.pick(row);
  }

  delivered(instance: number, load: number): void {
    this.change(instance, load);
    this.isDelivered[instance] = 1;
  }

  ended(instance: number, load: number): void {
    this.change(instance, load);
  }

  add(instance: number, load: number): void {
    this.refresh();
    this.inner.add(instance, load);
  }

  remove(instance: number): void {
    this.refresh();
    // What it got since the last refresh must not bring it back.
    this.isDelivered[instance] = 0;
    this.inner.remove(instance);
  }

  private change(instance: number, load: number): void {
    // What was so at the refresh has to be taken before it changes.
    this.refresh();
    this.loads[instance] = load;
    if (this.isChanged[instance] === 1) return;
    this.isChanged[instance] = 1;
    this.changed.push(instance);
  }

  private refresh(): void {
    if (!this.clock.isDue()) return;
    for (const instance of this.changed) {
      this.isChanged[instance] = 0;
      if (this.isDelivered[instance] === 1) this.inner.delivered(instance, this.loads[instance]);
      else this.inner.ended(instance, this.loads[instance]);
      this.isDelivered[instance] = 0;
    }
    this.changed.length = 0;
  }
}
