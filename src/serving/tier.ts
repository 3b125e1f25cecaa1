import { IntMap } from '../engine/int-map.js';

/** A memory below the GPUs that keeps prefix units which were evicted from above. */
export interface TierSpec {
  readonly kind: 'host' | 'ssd' | 'remote';
  /** KV blocks that fit. */
  readonly capacityBlocks: number;
  /** Seconds to load one KV block, when nobody else does. */
  readonly secondsPerBlock: number;
}

/** The units that one tier holds: the least recently used give way. Loads share its link first come, first served. */
export class Tier {
  blocks = 0;
  /** When the link has done all that was asked of it. */
  private linkFreeAt = 0;
  private readonly slotOf = new IntMap();
  private readonly ids: number[] = [];
  private readonly sizes: number[] = [];
  private readonly older: number[] = [];
  private readonly newer: number[] = [];
  private readonly free: number[] = [];
  private oldest = -1;
  private newest = -1;

  constructor(readonly spec: TierSpec) {}

  /** Blocks of a unit; -1 where it is not here. */
  sizeOf(id: number): number {
    const slot = this.slotOf.get(id);
    return slot < 0 ? -1 : this.sizes[slot];
  }

  /** When `blocks` blocks would be loaded if they were asked for now. */
  loadedAt(blocks: number, now: number): number {
    return Math.max(now, this.linkFreeAt) + blocks * this.spec.secondsPerBlock;
  }

  /** Loads `blocks` blocks. */
  load(blocks: number, now: number): void {
    this.linkFreeAt = this.loadedAt(blocks, now);
  }

  /** A unit was used: it is the last to go. */
  touch(id: number): void {
    const slot = this.slotOf.get(id);
    if (slot < 0) return;
    this.unlink(slot);
    this.append(slot);
  }

  /** Takes a unit in; `drop` gets those that have to go for it. */
  put(id: number, blocks: number, drop: (id: number, blocks: number) => void): void {
    let slot = this.slotOf.get(id);
    if (slot >= 0) {
      this.unlink(slot);
      this.blocks -= this.sizes[slot];
    } else {
      slot = this.free.pop() ?? this.ids.length;
      this.ids[slot] = id;
      this.slotOf.set(id, slot);
    }
    this.sizes[slot] = blocks;
    this.blocks += blocks;
    this.append(slot);
    while (this.blocks > this.spec.capacityBlocks) {
      const last = this.oldest;
      const gone = this.ids[last];
      this.forget(last);
      drop(gone, this.sizes[last]);
    }
  }

  clear(): void {
    while (this.oldest >= 0) this.forget(this.oldest);
  }

  private forget(slot: number): void {
    this.unlink(slot);
    this.slotOf.delete(this.ids[slot]);
    this.blocks -= this.sizes[slot];
    this.free.push(slot);
  }

  private append(slot: number): void {
    this.older[slot] = this.newest;
    this.newer[slot] = -1;
    if (this.newest >= 0) this.newer[this.newest] = slot;
    else this.oldest = slot;
    this.newest = slot;
  }

  private unlink(slot: number): void {
    const before = this.older[slot];
    const after = this.newer[slot];
    if (before >= 0) this.newer[before] = after;
    else this.oldest = after;
    if (after >= 0) this.older[after] = before;
    else this.newest = before;
  }
}
