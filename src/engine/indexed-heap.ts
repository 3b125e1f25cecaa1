/**
 * Binary min-heap of small integers (`id`), each with a key that can change. Ties go to the smaller rank, so the order
 * is total. Everything is a typed array that grows with the ids: no allocation per operation.
 */
export class IndexedHeap {
  /** By position in the heap. */
  private ids: Int32Array;
  private keys: Float64Array;
  /** By id. */
  private ranks: Float64Array;
  /** Position of an id in the heap, or -1. */
  private positions: Int32Array;
  private count = 0;

  constructor(capacity = 16) {
    const size = Math.max(capacity, 1);
    this.ids = new Int32Array(size);
    this.keys = new Float64Array(size);
    this.ranks = new Float64Array(size);
    this.positions = new Int32Array(size).fill(-1);
  }

  get size(): number {
    return this.count;
  }

  /** The id with the smallest (key, rank), or -1. */
  get top(): number {
    return this.count === 0 ? -1 : this.ids[0];
  }

  /** Its key; only valid where `size > 0`. */
  get topKey(): number {
    return this.keys[0];
  }

  has(id: number): boolean {
    return id < this.positions.length && this.positions[id] >= 0;
  }

  /** Inserts `id`, or moves it to its new key. */
  set(id: number, key: number, rank: number): void {
    if (id >= this.positions.length) this.grow(id + 1);
    this.ranks[id] = rank;
    let at = this.positions[id];
    if (at < 0) at = this.count++;
    this.place(id, key, at);
  }

  remove(id: number): void {
    if (!this.has(id)) return;
    const at = this.positions[id];
    this.positions[id] = -1;
    const end = --this.count;
    if (at !== end) this.place(this.ids[end], this.keys[end], at);
  }

  /** Removes and returns the top id, or -1. */
  pop(): number {
    const id = this.top;
    if (id >= 0) this.remove(id);
    return id;
  }

  /** Puts `id` where the hole at `start` lets it settle. */
  private place(id: number, key: number, start: number): void {
    const { ids, keys, ranks, positions, count } = this;
    const rank = ranks[id];
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = keys[parent];
      if (above < key || (above === key && ranks[ids[parent]] < rank)) break;
      ids[at] = ids[parent];
      keys[at] = above;
      positions[ids[at]] = at;
      at = parent;
    }
    if (at === start) {
      for (;;) {
        let child = 2 * at + 1;
        if (child >= count) break;
        let below = keys[child];
        const next = child + 1;
        if (next < count) {
          const other = keys[next];
          if (other < below || (other === below && ranks[ids[next]] < ranks[ids[child]])) {
            child = next;
            below = other;
          }
        }
        if (key < below || (key === below && rank < ranks[ids[child]])) break;
        ids[at] = ids[child];
        keys[at] = below;
        positions[ids[at]] = at;
        at = child;
      }
    }
    ids[at] = id;
    keys[at] = key;
    positions[id] = at;
  }

  private grow(needed: number): void {
    const size = Math.max(needed, this.positions.length * 2);
    const ids = new Int32Array(size);
    ids.set(this.ids);
    this.ids = ids;
    const keys = new Float64Array(size);
    keys.set(this.keys);
    this.keys = keys;
    const ranks = new Float64Array(size);
    ranks.set(this.ranks);
    this.ranks = ranks;
    const positions = new Int32Array(size).fill(-1);
    positions.set(this.positions);
    this.positions = positions;
  }
}
