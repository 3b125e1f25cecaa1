import { IntMap } from '../../engine/int-map.js';
import type { PrefixBlocks } from '../traces/trace-reader.js';

/** Different blocks that an unlimited cache is followed to: 130 MB. */
const MOST_BLOCKS = 2 ** 23;

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
  /** All blocks there were, where none is forgotten. */
  private readonly seen = new IntMap();

  /**
   * @param capacity blocks, Infinity for a cache that forgets nothing
   * @param mostBlocks different ones up to which such a cache is followed
   */
  constructor(
    readonly capacity: number,
    private readonly mostBlocks = MOST_BLOCKS,
  ) {}

  add({ ids, count }: PrefixBlocks): void {
    this.blocks += count;
    if (this.capacity === Infinity) this.remember(ids, count);
    else this.use(ids, count);
  }

  /** Different blocks in the cache. */
  get size(): number {
    return this.cached.size + this.seen.size;
  }

  /** Whether all blocks could be kept in mind; else there is no hit share of a cache that forgets nothing. */
  get followed(): boolean {
    return this.seen.size < this.mostBlocks;
  }

  get hitShare(): number {
    return this.blocks === 0 ? 0 : this.hits / this.blocks;
  }

  private remember(ids: Int32Array, count: number): void {
    if (!this.followed) return;
    const { seen } = this;
    let hit = 0;
    while (hit < count && seen.get(ids[hit]) >= 0) hit += 1;
    this.hits += hit;
    for (let i = hit; i < count; i++) seen.set(ids[i], 1);
  }

  private use(ids: Int32Array, count: number): void {
    const { cached } = this;
    let hit = 0;
    while (hit < count && cached.has(ids[hit])) hit += 1;
    this.hits += hit;
    for (let i = count - 1; i >= 0; i--) {
      cached.delete(ids[i]);
      cached.set(ids[i], undefined);
    }
    for (const oldest of cached.keys()) {
      if (cached.size <= this.capacity) break;
      cached.delete(oldest);
    }
  }
}
