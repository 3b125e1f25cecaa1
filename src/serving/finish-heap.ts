import type { RequestStore } from './request-store.js';

/**
 * The decoding sequences of one instance, ordered by the step at which they produce their last token (ties: by request
 * number). A request's position is kept in the store, so that a preempted one can leave from the middle.
 */
export class FinishHeap {
  private rows = new Int32Array(64);
  private count = 0;

  constructor(private readonly store: RequestStore) {}

  get size(): number {
    return this.count;
  }

  /** The request that ends first; only valid where `size > 0`. */
  get top(): number {
    return this.rows[0];
  }

  push(row: number): void {
    if (this.count === this.rows.length) {
      const longer = new Int32Array(this.rows.length * 2);
      longer.set(this.rows);
      this.rows = longer;
    }
    this.rows[this.count] = row;
    this.siftUp(this.count++);
  }

  remove(row: number): void {
    const at = this.store.heapPosition[row];
    this.store.heapPosition[row] = -1;
    const last = this.rows[--this.count];
    if (last === row) return;
    this.rows[at] = last;
    if (this.siftUp(at) === at) this.siftDown(at);
  }

  private before(a: number, b: number): boolean {
    const { finishStep, id } = this.store;
    const sa = finishStep[a];
    const sb = finishStep[b];
    return sa < sb || (sa === sb && id[a] < id[b]);
  }

  private siftUp(start: number): number {
    const { rows } = this;
    const positions = this.store.heapPosition;
    const row = rows[start];
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = rows[parent];
      if (!this.before(row, other)) break;
      rows[at] = other;
      positions[other] = at;
      at = parent;
    }
    rows[at] = row;
    positions[row] = at;
    return at;
  }

  private siftDown(start: number): void {
    const { rows, count } = this;
    const positions = this.store.heapPosition;
    const row = rows[start];
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && this.before(rows[child + 1], rows[child])) child++;
      const other = rows[child];
      if (!this.before(other, row)) break;
      rows[at] = other;
      positions[other] = at;
      at = child;
    }
    rows[at] = row;
    positions[row] = at;
  }
}
