import type { RequestStore } from './request-store.js';

/** The requests that run on one instance, in the order of their admission: the last one in is the first to be evicted. */
export class Batch {
  size = 0;
  /** Admitted last; -1 while nobody runs. */
  youngest = -1;
  private oldest = -1;

  constructor(private readonly store: RequestStore) {}

  add(row: number): void {
    const { previous, next } = this.store;
    this.size++;
    previous[row] = this.youngest;
    next[row] = -1;
    if (this.youngest >= 0) next[this.youngest] = row;
    else this.oldest = row;
    this.youngest = row;
  }

  remove(row: number): void {
    const { previous, next } = this.store;
    this.size--;
    const before = previous[row];
    const after = next[row];
    if (before >= 0) next[before] = after;
    else this.oldest = after;
    if (after >= 0) previous[after] = before;
    else this.youngest = before;
  }

  /** Calls `visit` for every request, oldest first. */
  forEach(visit: (row: number) => void): void {
    for (let row = this.oldest; row >= 0; row = this.store.next[row]) visit(row);
  }
}
