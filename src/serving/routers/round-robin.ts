import type { Router } from './router.js';

/** Every instance in turn. */
export class RoundRobin implements Router {
  private next = 0;

  constructor(private readonly instances: number) {}

  pick(): number {
    return this.next;
  }

  delivered(): void {
    this.next = this.next + 1 === this.instances ? 0 : this.next + 1;
  }

  ended(): void {}
}
