import type { PrefixBlocks } from '../traces/trace-reader.js';

/**
 * How much of the prompts a cache of a given size would have held already: a block counts as a hit where it and all blocks
 * before it in its prompt are in the cache. Every block of a prompt is then used, the last one first (what comes after
 * a block that is gone is of no use, so the ends of prompts should go before their beginnings), and the least recently used
 * ones make room. One cache for the whole trace, requests without length in time: the best any fleet can do with that memory.
 *
 * Source of the policy and of the count: R. Qin et al., "Mooncake: Trading More Storage for Less Computation", FAST 2025, 4.
 *
 * @example
 * const reuse = new PrefixReuse(10_000);
 * while (trace.next()) reuse.add(trace.prefix);
 * reuse.hitShare; // share of all blocks
 */
export class PrefixReuse {
  blocks = 0;
  private hits = 0;
  /** Blocks in the cache, least recently used first: maps keep their order of insertion. */
  private readonly cached = new Map<number, undefined>();

  /** @param capacity blocks, Infinity for a cache that forgets nothing */
  constructor(readonly capacity: number) {}

  add({ ids, count }: PrefixBlocks): void {
    const { cached } = this;
    let hit = 0;
    while (hit < count && cached.has(ids[hit])) hit += 1;
    this.hits += hit;
    this.blocks += count;
    if (this.capacity === Infinity) {
      for (let i = hit; i < count; i++) cached.set(ids[i], undefined);
      return;
    }
    for (let i = count - 1; i >= 0; i--) {
      cached.delete(ids[i]);
      cached.set(ids[i], undefined);
    }
    for (const oldest of cached.keys()) {
      if (cached.size <= this.capacity) break;
      cached.delete(oldest);
    }
  }

  /** Different blocks in the cache. */
  get size(): number {
    return this.cached.size;
  }

  get hitShare(): number {
    return this.blocks === 0 ? 0 : this.hits / this.blocks;
  }
}
