import type { PrefixCache } from './prefix-cache.js';

/**
 * The paged KV cache of one instance, counted in blocks. A decoding sequence takes a new block whenever its context
 * reaches a multiple of `blockTokens`. Which sequences do so at step `k` depends only on `k` modulo `blockTokens`, so
 * a ring of counters tells how many blocks any number of steps needs, without a look at the sequences.
 */
export class KvCache {
  readonly totalBlocks: number;
  freeBlocks: number;
  /** Blocks that are free but hold prefixes, which are evicted when they are needed. */
  evictableBlocks = 0;
  /** Who evicts them; undefined where prefixes are not cached. */
  prefixes: PrefixCache | undefined;
  /** Lowest number of free blocks so far. */
  leastFreeBlocks: number;
  /** `ring[k % blockTokens]`: decoding sequences that need a new block in step `k`. */
  private readonly ring: Int32Array;

  /**
   * @param capacityTokens tokens that fit
   * @param blockTokens tokens per block
   * @param reserves true where a request's blocks for its longest possible answer are taken at admission (`no-evict`),
   *   so that decoding never needs more
   */
  constructor(
    capacityTokens: number,
    readonly blockTokens: number,
    readonly reserves: boolean,
  ) {
    this.totalBlocks = Math.floor(capacityTokens / blockTokens);
    this.freeBlocks = this.totalBlocks;
    this.leastFreeBlocks = this.totalBlocks;
    this.ring = new Int32Array(blockTokens);
  }

  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.blockTokens);
  }

  take(blocks: number): void {
    this.freeBlocks -= blocks;
    this.note(0);
    if (this.freeBlocks < this.evictableBlocks) this.prefixes?.evictUntilFree(0);
  }

  /** At this moment `blocks` more are in use than have been taken. */
  note(blocks: number): void {
    if (this.freeBlocks - blocks < this.leastFreeBlocks) this.leastFreeBlocks = this.freeBlocks - blocks;
  }

  give(blocks: number): void {
    this.freeBlocks += blocks;
  }

  /** A sequence with `context` tokens begins to decode at step `step`. */
  join(step: number, context: number): void {
    if (!this.reserves) this.ring[this.phase(step, context)]++;
  }

  /** The sequence that joined with (`step`, `context`) stops decoding. */
  leave(step: number, context: number): void {
    if (!this.reserves) this.ring[this.phase(step, context)]--;
  }

  /** Blocks that `sequences` decoding sequences take over `steps` steps from step `step` on. */
  blocksForSteps(step: number, steps: number, sequences: number): number {
    if (this.reserves) return 0;
    const size = this.blockTokens;
    const cycles = Math.floor(steps / size);
    let blocks = cycles * sequences;
    const from = step % size;
    const to = from + (steps - cycles * size);
    for (let at = from; at < to; at++) blocks += this.ring[at < size ? at : at - size];
    return blocks;
  }

  /** How many of the next `limit` steps the free blocks allow. */
  stepsThatFit(step: number, limit: number, sequences: number): number {
    const size = this.blockTokens;
    if (this.reserves || Math.ceil(limit / size) * sequences <= this.freeBlocks) return limit;
    // Every `size` steps take one block per sequence; the rest is found by walking the ring once.
    const cycles = Math.floor(this.freeBlocks / sequences);
    let left = this.freeBlocks - cycles * sequences;
    let steps = cycles * size;
    if (steps >= limit) return limit;
    let at = step % size;
    while (steps < limit) {
      left -= this.ring[at];
      if (left < 0) break;
      steps++;
      at = at + 1 === size ? 0 : at + 1;
    }
    return steps;
  }

  private phase(step: number, context: number): number {
    const phase = (step - context) % this.blockTokens;
    return phase < 0 ? phase + this.blockTokens : phase;
  }
}
