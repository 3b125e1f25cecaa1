import { ActiveSet } from './active-set.js';
import type { Router, RouterFleet } from './router.js';

/**
 * All requests of a session go to one instance, chosen by weighted rendezvous hashing: when an instance leaves, only its
 * own sessions move, and they come back with it. A request without a session goes where `others` sends it.
 *
 * Source: D. Thaler, C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM ToN 6(1), 1998.
 */
export class SessionAffinity implements Router {
  private readonly active: ActiveSet;

  /** @param others chooses for requests without a session */
  constructor(
    private readonly fleet: RouterFleet,
    private readonly others: Router,
  ) {
    this.active = new ActiveSet(fleet.weights.length);
  }

  pick(row: number): number {
    const { active, fleet } = this;
    const session = fleet.sessionOf(row);
    if (session < 0) return this.others.pick(row);
    let best = -1;
    let bestScore = Number.POSITIVE_INFINITY;
    for (let i = 0; i < active.size; i++) {
      const instance = active.at(i);
      // The first of independent exponential times with these rates: instance i wins with probability weight[i] / sum.
      const score = -Math.log(uniformHash(session, instance)) / fleet.weights[instance];
      if (score < bestScore || (score === bestScore && instance < best)) {
        best = instance;
        bestScore = score;
      }
    }
    return best;
  }

  delivered(instance: number, load: number): void {
    this.others.delivered(instance, load);
  }

  ended(instance: number, load: number): void {
    this.others.ended(instance, load);
  }

  add(instance: number, load: number): void {
    this.active.add(instance);
    this.others.add(instance, load);
  }

  remove(instance: number): void {
    this.active.remove(instance);
    this.others.remove(instance);
  }
}

/** A number in (0, 1) that looks random and depends on both arguments (the finalizer of MurmurHash3). */
function uniformHash(session: number, instance: number): number {
  let h = Math.imul(session ^ (session / 2 ** 32), 0x9e3779b1) ^ Math.imul(instance + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return ((h >>> 0) + 0.5) / 2 ** 32;
}
