import type { KvCache } from './kv-cache.js';
import type { RequestStore } from './request-store.js';

/**
 * The KV caches of one instance that no request in its batch uses: set aside for requests on their way here, or kept for
 * requests that were computed here and have not been fetched.
 */
export class Landing {
  /** Their blocks. */
  blocks = 0;
  /** Requests that were computed here and not fetched yet. */
  kept = 0;
  /** Requests whose KV cache is on its way here; they have their place in the batch already. */
  incoming = 0;
  /** Requests whose KV cache has arrived since the last boundary. */
  readonly landed: number[] = [];

  constructor(
    private readonly store: RequestStore,
    private readonly kv: KvCache,
  ) {}

  /** Requests that will join the batch. */
  get requests(): number {
    return this.incoming + this.landed.length;
  }

  /** Whether no request outside of the batch holds memory here. */
  get isEmpty(): boolean {
    return this.requests === 0 && this.kept === 0;
  }

  /** Sets `blocks` aside for `row`, whose KV cache is about to be sent here. */
  reserve(row: number, blocks: number): void {
    this.kv.take(blocks);
    this.blocks += blocks;
    this.incoming++;
    this.store.reservedBlocks[row] = blocks;
  }

  /** The KV cache of `row` has arrived. */
  land(row: number): void {
    this.incoming--;
    this.landed.push(row);
  }

  /** The KV cache of `row`, which was on its way here, will not come. */
  unreserve(row: number): void {
    this.incoming--;
    this.giveBack(row);
  }

  /** Takes `row` out of those that have arrived, with its memory; returns whether it was among them. */
  remove(row: number): boolean {
    const at = this.landed.indexOf(row);
    if (at < 0) return false;
    this.landed.splice(at, 1);
    this.giveBack(row);
    return true;
  }

  /** Takes the first request that has arrived out, with its memory; -1 when there is none. */
  pop(): number {
    const row = this.landed.length === 0 ? -1 : this.landed[0];
    if (row >= 0) this.remove(row);
    return row;
  }

  private giveBack(row: number): void {
    const blocks = this.store.reservedBlocks[row];
    this.kv.give(blocks);
    this.blocks -= blocks;
    this.kv.prefixes?.release(row);
  }

  /** `row`, which has arrived, enters the batch with its blocks. */
  join(row: number): void {
    const { store, kv } = this;
    this.blocks -= store.reservedBlocks[row];
    kv.prefixes?.enter(row);
    kv.prefixes?.computed(row, store.prefillTokens[row]);
  }

  /** `row`, computed by `instance`, leaves its batch and keeps its blocks until they are fetched. */
  keep(row: number, instance: number): void {
    const { store } = this;
    store.sourceInstance[row] = instance;
    store.sourceBlocks[row] = store.reservedBlocks[row];
    this.blocks += store.reservedBlocks[row];
    this.kept++;
    this.kv.prefixes?.keep(row);
  }

  /** The KV cache of `row` has been fetched. */
  release(row: number): void {
    const blocks = this.store.sourceBlocks[row];
    this.kv.give(blocks);
    this.blocks -= blocks;
    this.kept--;
    this.kv.prefixes?.releaseSource(row);
  }
}
