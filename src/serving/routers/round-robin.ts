import type { Random } from '../../engine/random.js';
import type { Router } from './router.js';

/**
 * Every active instance in turn. Several frontends behind one address get requests in turn as well, and each has its own turn,
 * begun anywhere: together they meet instances almost by chance while few requests are under way, evenly over many.
 */
export class RoundRobin implements Router {
  /** Next instance of each frontend. */
  private readonly next: Int32Array;
  /** The frontend that gets the next request. */
  private frontend = 0;
  private active: number;
  private readonly isActive: Uint8Array;

  /** @param random where frontends begin; all at the first instance without it */
  constructor(instances: number, frontends = 1, random: Random = () => 0) {
    this.active = instances;
    this.isActive = new Uint8Array(instances).fill(1);
    this.next = Int32Array.from({ length: frontends }, () => Math.floor(random() * instances));
  }

  pick(): number {
    return this.active === 0 ? -1 : this.next[this.frontend];
  }

  delivered(): void {
    this.moveOn(this.frontend);
    this.frontend = this.frontend + 1 === this.next.length ? 0 : this.frontend + 1;
  }

  ended(): void {}

  add(instance: number): void {
    if (this.isActive[instance] === 1) return;
    this.isActive[instance] = 1;
    if (++this.active === 1) this.next.fill(instance);
  }

  remove(instance: number): void {
    if (this.isActive[instance] === 0) return;
    this.isActive[instance] = 0;
    this.active--;
    for (let frontend = 0; frontend < this.next.length; frontend++) {
      if (this.next[frontend] === instance) this.moveOn(frontend);
    }
  }

  private moveOn(frontend: number): void {
    if (this.active === 0) return;
    let next = this.next[frontend];
    do {
      next = next + 1 === this.isActive.length ? 0 : next + 1;
    } while (this.isActive[next] === 0);
    this.next[frontend] = next;
  }
}
