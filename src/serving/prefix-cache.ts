import { IntMap } from '../engine/int-map.js';
import type { KvCache } from './kv-cache.js';
import type { PrefixChains } from './prefix-chains.js';
import type { RequestStore } from './request-store.js';
import type { Tiers } from './tiers.js';

/** Hears what a cache holds: a router's index, or a tier that takes what is evicted. */
export interface PrefixListener {
  stored(id: number): void;
  removed(id: number): void;
}

/**
 * Prompt prefixes in the KV cache of one instance, as vLLM keeps them: a hash table of units (see {@link PrefixChains}), each
 * counted once however many requests use it. What nobody uses stays until memory is needed; then the least recently used
 * goes first, and of one request the end of the chain before its beginning, so that what is left is of use.
 *
 * Blocks of units that are in use count as taken in the {@link KvCache}, the others as free but evictable.
 *
 * Source: vLLM, "Automatic Prefix Caching", https://docs.vllm.ai/en/latest/design/prefix_caching.html.
 */
export class PrefixCache {
  /** Blocks of units in use, each counted once. */
  referencedBlocks = 0;
  /** The same, counted once per request of the batch that uses them. */
  sharedByBatch = 0;
  /** Tokens that were looked up and found when requests of the window were first admitted, in whole units. */
  queriedTokens = 0;
  foundTokens = 0;
  /** Results of {@link lookUp}: units in the cache, and tokens that need not be computed. */
  foundUnits = 0;
  tokensFound = 0;
  private readonly slotOf = new IntMap();
  /** By slot: the unit (-1 once it was forgotten), its blocks, requests that use it, neighbours by age. */
  private unit = new Int32Array(256);
  private blocks = new Int32Array(256);
  private users = new Int32Array(256);
  private older = new Int32Array(256);
  private newer = new Int32Array(256);
  private usedSlots = 0;
  private readonly freeSlots: number[] = [];
  private oldest = -1;
  private newest = -1;
  /** Evicted since the listener last heard of it. */
  private readonly evicted: number[] = [];
  private readonly evictedBlocks: number[] = [];

  constructor(
    private readonly kv: KvCache,
    private readonly store: RequestStore,
    private readonly chains: PrefixChains,
    private readonly listener: PrefixListener | undefined,
    /** Where evicted units go; undefined where they are lost. */
    readonly tiers: Tiers | undefined,
  ) {}

  /** Units in the cache. */
  get size(): number {
    return this.slotOf.size;
  }

  /** Blocks at the start of `row` that other requests use now: those it takes for nothing. */
  blocksInUse(row: number): number {
    const { store, chains } = this;
    const start = store.chainStart[row];
    const units = store.chainUnits[row];
    let blocks = 0;
    for (let i = 0; i < units; i++) {
      const slot = this.slotOf.get(chains.ids[start + i]);
      if (slot < 0 || this.users[slot] === 0 || !this.serves(slot, row, i)) break;
      blocks += this.blocks[slot];
      if (this.blocks[slot] < this.blocksOf(row, i)) break;
    }
    return blocks;
  }

  /** Finds the longest beginning of `row` that is here; at least one token is left to compute. */
  lookUp(row: number): void {
    const { store, chains, kv } = this;
    const start = store.chainStart[row];
    const units = store.chainUnits[row];
    let blocks = 0;
    let i = 0;
    while (i < units) {
      const slot = this.slotOf.get(chains.ids[start + i]);
      if (slot < 0 || !this.serves(slot, row, i)) break;
      chains.slots[start + i] = slot;
      blocks += this.blocks[slot];
      if (this.blocks[slot] < this.blocksOf(row, i++)) break;
    }
    this.foundUnits = i;
    this.tokensFound = Math.min(blocks * kv.blockTokens, store.prefillTokens[row] - 1);
  }

  /** `row` uses what {@link lookUp} has just found for it. */
  use(row: number): void {
    const { store, chains } = this;
    const start = store.chainStart[row];
    let shared = 0;
    for (let i = 0; i < this.foundUnits; i++) {
      const slot = chains.slots[start + i];
      this.addUser(slot);
      shared += this.blocks[slot];
    }
    store.chainLength[row] = this.foundUnits;
    store.sharedBlocks[row] = shared;
  }

  /** Counts a look-up for the hit rate. */
  count(row: number, foundUnits: number): void {
    const { store, chains } = this;
    const unit = chains.unitTokens[store.classIndex[row]];
    const units = Math.ceil(store.inputTokens[row] / unit);
    this.queriedTokens += units * unit;
    this.foundTokens += Math.min(foundUnits, units) * unit;
  }

  /** The first `tokens` tokens of `row` have been computed: units that they fill can be used by others from now on. */
  computed(row: number, tokens: number): void {
    const { store, chains, kv } = this;
    this.report();
    const start = store.chainStart[row];
    const units = store.chainUnits[row];
    let i = store.chainLength[row];
    if (i > 0 && !this.completed(row, i - 1, tokens)) return;
    for (; i < units && chains.end(row, i) <= tokens; i++) {
      const blocks = this.blocksOf(row, i);
      if (blocks === 0) break;
      let slot = this.slotOf.get(chains.ids[start + i]);
      if (slot >= 0 && this.blocks[slot] > blocks) break;
      if (slot < 0) {
        slot = this.newSlot(chains.ids[start + i], blocks);
      } else {
        // Somebody else has computed it too: of two copies one is given back.
        this.addUser(slot);
        kv.give(this.blocks[slot]);
        this.lengthen(slot, blocks);
      }
      chains.slots[start + i] = slot;
      this.hand(row, blocks);
    }
    store.chainLength[row] = i;
  }

  /** `row`, with what it uses, enters the batch. */
  enter(row: number): void {
    this.sharedByBatch += this.store.sharedBlocks[row];
  }

  /** `row` leaves the batch and uses nothing here any more. */
  leave(row: number): void {
    this.sharedByBatch -= this.store.sharedBlocks[row];
    this.release(row);
  }

  /** `row`, which is not in the batch, uses nothing here any more. */
  release(row: number): void {
    const { store, chains } = this;
    this.dropUsers(chains.slots, store.chainStart[row], store.chainLength[row]);
    store.chainLength[row] = 0;
    store.sharedBlocks[row] = 0;
  }

  /** `row` leaves the batch; what it uses is kept for it until {@link releaseSource}. */
  keep(row: number): void {
    const { store, chains } = this;
    const start = store.chainStart[row];
    const length = store.chainLength[row];
    for (let i = start; i < start + length; i++) chains.sourceSlots[i] = chains.slots[i];
    store.sourceChainLength[row] = length;
    this.sharedByBatch -= store.sharedBlocks[row];
    store.chainLength[row] = 0;
    store.sharedBlocks[row] = 0;
  }

  releaseSource(row: number): void {
    const { store, chains } = this;
    this.dropUsers(chains.sourceSlots, store.chainStart[row], store.sourceChainLength[row]);
    store.sourceChainLength[row] = 0;
  }

  /** Evicts until at least `blocks` blocks hold nothing. */
  evictUntilFree(blocks: number): void {
    const { kv } = this;
    while (this.oldest >= 0 && kv.freeBlocks - kv.evictableBlocks < blocks) {
      const slot = this.oldest;
      this.unlink(slot);
      kv.evictableBlocks -= this.blocks[slot];
      this.forget(slot);
    }
  }

  /** The memory is gone: forgets everything, at once where nobody uses it, else with its last user. */
  clear(): void {
    this.report();
    while (this.oldest >= 0) {
      const slot = this.oldest;
      this.unlink(slot);
      this.kv.evictableBlocks -= this.blocks[slot];
      this.forget(slot);
    }
    for (let slot = 0; slot < this.usedSlots; slot++) {
      if (this.users[slot] === 0 || this.unit[slot] < 0) continue;
      this.slotOf.delete(this.unit[slot]);
      this.evicted.push(this.unit[slot]);
      this.evictedBlocks.push(this.blocks[slot]);
      this.unit[slot] = -1;
    }
    this.report(false);
    this.tiers?.clear();
  }

  /** Tells the listener what has been evicted. Only called where fast and reference mode have evicted the same. */
  report(offload = true): void {
    const { listener, tiers, evicted, evictedBlocks } = this;
    if (evicted.length === 0) return;
    if (listener !== undefined) for (const id of evicted) listener.removed(id);
    if (offload && tiers !== undefined)
      evicted.forEach((id, at) => {
        tiers.offload(id, evictedBlocks[at]);
      });
    evicted.length = 0;
    evictedBlocks.length = 0;
  }

  /** Users of each unit in use, for those who check the books. */
  forEachInUse(visit: (slot: number, users: number, blocks: number) => void): void {
    for (let slot = 0; slot < this.usedSlots; slot++) {
      if (this.users[slot] > 0) visit(slot, this.users[slot], this.blocks[slot]);
    }
  }

  /** Whether the `i`-th unit of `row`, which it uses, is all here; adds the rest where `row` has computed it. */
  private completed(row: number, i: number, tokens: number): boolean {
    const { store, chains } = this;
    const slot = chains.slots[store.chainStart[row] + i];
    const blocks = this.blocksOf(row, i);
    const missing = blocks - this.blocks[slot];
    if (missing > 0 && chains.end(row, i) > tokens) return false;
    if (missing > 0) {
      this.lengthen(slot, blocks);
      this.hand(row, missing);
    }
    return true;
  }

  /** The unit at `slot`, which is in use, has `blocks` blocks from now on. */
  private lengthen(slot: number, blocks: number): void {
    this.referencedBlocks += blocks - this.blocks[slot];
    this.blocks[slot] = blocks;
  }

  /** `blocks` blocks of `row`, which is in the batch, are its own no more but those of units. */
  private hand(row: number, blocks: number): void {
    const { store } = this;
    store.sharedBlocks[row] += blocks;
    store.reservedBlocks[row] -= blocks;
    this.sharedByBatch += blocks;
  }

  /** Whole KV blocks in the `i`-th unit of `row`. */
  private blocksOf(row: number, i: number): number {
    const { store, chains, kv } = this;
    const from = i * chains.unitTokens[store.classIndex[row]];
    return Math.floor((chains.end(row, i) - from) / kv.blockTokens);
  }

  /** Whether what is at `slot` is no longer than the `i`-th unit of `row`, and within what `row` has to compute. */
  private serves(slot: number, row: number, i: number): boolean {
    return this.blocks[slot] <= this.blocksOf(row, i) && this.chains.end(row, i) <= this.store.prefillTokens[row];
  }

  private newSlot(id: number, blocks: number): number {
    const slot = this.freeSlots.pop() ?? this.usedSlots++;
    if (slot === this.unit.length) this.grow();
    this.unit[slot] = id;
    this.blocks[slot] = blocks;
    this.users[slot] = 1;
    this.referencedBlocks += blocks;
    this.slotOf.set(id, slot);
    this.listener?.stored(id);
    return slot;
  }

  private addUser(slot: number): void {
    if (this.users[slot]++ > 0) return;
    const blocks = this.blocks[slot];
    this.unlink(slot);
    this.kv.evictableBlocks -= blocks;
    this.kv.freeBlocks -= blocks;
    this.referencedBlocks += blocks;
  }

  /** The last unit loses its user first, so that it is older than those before it. */
  private dropUsers(slots: Int32Array, start: number, length: number): void {
    for (let i = start + length - 1; i >= start; i--) this.dropUser(slots[i]);
  }

  private dropUser(slot: number): void {
    if (--this.users[slot] > 0) return;
    const blocks = this.blocks[slot];
    this.referencedBlocks -= blocks;
    this.kv.give(blocks);
    if (this.unit[slot] < 0) {
      this.freeSlots.push(slot);
      return;
    }
    this.kv.evictableBlocks += blocks;
    this.older[slot] = this.newest;
    this.newer[slot] = -1;
    if (this.newest >= 0) this.newer[this.newest] = slot;
    else this.oldest = slot;
    this.newest = slot;
  }

  /** Takes `slot` out of the list by age. */
  private unlink(slot: number): void {
    const before = this.older[slot];
    const after = this.newer[slot];
    if (before >= 0) this.newer[before] = after;
    else this.oldest = after;
    if (after >= 0) this.older[after] = before;
    else this.newest = before;
  }

  private forget(slot: number): void {
    this.slotOf.delete(this.unit[slot]);
    this.evicted.push(this.unit[slot]);
    this.evictedBlocks.push(this.blocks[slot]);
    this.unit[slot] = -1;
    this.freeSlots.push(slot);
  }

  private grow(): void {
    for (const name of ['unit', 'blocks', 'users', 'older', 'newer'] as const) {
      const longer = new Int32Array(2 * this[name].length);
      longer.set(this[name]);
      this[name] = longer;
    }
  }
}
