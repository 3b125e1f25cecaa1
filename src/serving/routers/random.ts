import { ActiveSet } from './active-set.js';
import type { Router, RouterFleet } from './router.js';

/** Any active instance, with a probability in proportion to its size. */
export class RandomRouter implements Router {
  private readonly active: ActiveSet;

  constructor(private readonly fleet: RouterFleet) {
    this.active = new ActiveSet(fleet.weights.length);
  }

  pick(): number {
    const { active, fleet } = this;
    if (active.size === 0) return -1;
    // Draws until one is taken: each is with a probability equal to its size, so no sum has to follow who is active.
    for (;;) {
      const instance = active.at(Math.floor(fleet.random() * active.size));
      const weight = fleet.weights[instance];
      if (weight >= 1 || fleet.random() < weight) return instance;
    }
  }

  delivered(): void {}

  ended(): void {}

  add(instance: number): void {
    this.active.add(instance);
  }

  remove(instance: number): void {
    this.active.remove(instance);
  }
}
