import type { Router } from './router.js';

/** Every active instance in turn. */
export class RoundRobin implements Router {
  private next = 0;
  private active: number;
  private readonly isActive: Uint8Array;

  constructor(instances: number) {
    this.active = instances;
    this.isActive = new Uint8Array(instances).fill(1);
  }

  pick(): number {
    return this.active === 0 ? -1 : this.next;
  }

  delivered(): void {
    this.moveOn();
  }

  ended(): void {}

  add(instance: number): void {
    if (this.isActive[instance] === 1) return;
    this.isActive[instance] = 1;
    if (++this.active === 1) this.next = instance;
  }

  remove(instance: number): void {
    if (this.isActive[instance] === 0) return;
    this.isActive[instance] = 0;
    this.active--;
    if (this.next === instance) this.moveOn();
  }

  private moveOn(): void {
    if (this.active === 0) return;
    do {
      this.next = this.next + 1 === this.isActive.length ? 0 : this.next + 1;
    } while (this.isActive[this.next] === 0);
  }
}
