/**
 * Binary min-heap of small integers (`id`), each with a key that can change. Ties go to the smaller rank, so the order
 * is total. Everything is a typed array that grows with the ids: no allocation per operation.
 */
export class IndexedHeap {
  private keys: Float64Array;
  private ranks: Float64Array;
  /** Position of an id in `ids`, or -1. */
  private positions: Int32Array;
  private ids: Int32Array;
  private count = 0;

  constructor(capacity = 16) {
    const size = Math.max(capacity, 1);
    this.keys = new Float64Array(size);
    this.ranks = new Float64Array(size);
    this.positions = new Int32Array(size).fill(-1);
    this.ids = new Int32Array(size);
  }

  get size(): number {
    return this.count;
  }

  /** The id with the smallest (key, rank), or -1. */
  get top(): number {
    return this.count === 0 ? -1 : this.ids[0];
  }

  has(id: number): boolean {
    return id < this.positions.length && this.positions[id] >= 0;
  }

  key(id: number): number {
    return this.keys[id];
  }

  /** Inserts `id`, or moves it to its new key. */
  set(id: number, key: number, rank: number): void {
    if (id >= this.keys.length) this.grow(id + 1);
    this.keys[id] = key;
    this.ranks[id] = rank;
    let at = this.positions[id];
    if (at < 0) {
      at = this.count++;
      this.ids[at] = id;
      this.positions[id] = at;
      this.siftUp(at);
    } else if (!this.siftUp(at)) {
      this.siftDown(at);
    }
  }

  remove(id: number): void {
    if (!this.has(id)) return;
    const at = this.positions[id];
    this.positions[id] = -1;
    const last = this.ids[--this.count];
    if (last === id) return;
    this.ids[at] = last;
    this.positions[last] = at;
    if (!this.siftUp(at)) this.siftDown(at);
  }

  /** Removes and returns the top id, or -1. */
  pop(): number {
    const id = this.top;
    if (id >= 0) this.remove(id);
    return id;
  }

  private before(a: number, b: number): boolean {
    const ka = this.keys[a];
    const kb = this.keys[b];
    return ka < kb || (ka === kb && this.ranks[a] < this.ranks[b]);
  }

  private siftUp(start: number): boolean {
    const { ids, positions } = this;
    const id = ids[start];
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = ids[parent];
      if (!this.before(id, other)) break;
      ids[at] = other;
      positions[other] = at;
      at = parent;
    }
    ids[at] = id;
    positions[id] = at;
    return at !== start;
  }

  private siftDown(start: number): void {
    const { ids, positions, count } = this;
    const id = ids[start];
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && this.before(ids[child + 1], ids[child])) child++;
      const other = ids[child];
      if (!this.before(other, id)) break;
      ids[at] = other;
      positions[other] = at;
      at = child;
    }
    ids[at] = id;
    positions[id] = at;
  }

  private grow(needed: number): void {
    const size = Math.max(needed, this.keys.length * 2);
    const keys = new Float64Array(size);
    keys.set(this.keys);
    this.keys = keys;
    const ranks = new Float64Array(size);
    ranks.set(this.ranks);
    this.ranks = ranks;
    const positions = new Int32Array(size).fill(-1);
    positions.set(this.positions);
    this.positions = positions;
    const ids = new Int32Array(size);
    ids.set(this.ids);
    this.ids = ids;
  }
}
