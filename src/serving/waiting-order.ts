import { IndexedHeap } from '../engine/indexed-heap.js';
import { RequestQueue } from './request-queue.js';
import type { RequestStore } from './request-store.js';

/** Requests that wait, of whom only the first can be served next. */
export interface WaitingLine {
  readonly length: number;
  /** The first; only valid where `length > 0`. */
  readonly front: number;
  pushBack(row: number): void;
  /** `row` was served already and has to be served again. */
  pushFront(row: number): void;
  popFront(): number;
  /** Takes `row` out from wherever it stands; returns whether it was there. */
  remove(row: number): boolean;
  /** Whether `row`, which may wait in another line, would be served before all of this one. */
  isBefore(row: number): boolean;
}

/** Requests by a key, smallest first; among equals in order of arrival, which also puts preempted ones in front. */
class KeyedLine implements WaitingLine {
  private readonly heap = new IndexedHeap();

  constructor(
    private readonly store: RequestStore,
    private readonly key: (row: number) => number,
  ) {}

  get length(): number {
    return this.heap.size;
  }

  get front(): number {
    return this.heap.top;
  }

  pushBack(row: number): void {
    this.heap.set(row, this.key(row), this.store.id[row]);
  }

  pushFront(row: number): void {
    this.pushBack(row);
  }

  popFront(): number {
    return this.heap.pop();
  }

  remove(row: number): boolean {
    const waits = this.heap.has(row);
    this.heap.remove(row);
    return waits;
  }

  isBefore(row: number): boolean {
    if (this.heap.size === 0) return true;
    const difference = this.key(row) - this.heap.topKey;
    return difference < 0 || (difference === 0 && this.store.id[row] < this.store.id[this.front]);
  }
}

/** Order in which waiting requests are admitted. None looks at the length of an answer, which nobody knows. */
export type WaitingOrder = 'fcfs' | 'priority' | 'shortest-first';

/**
 * A line in the order that a scenario names: first come first served; by the priority of the class, highest first; by prompt
 * tokens to compute, fewest first. Under the last two a request may starve while others keep coming.
 *
 * @param priorities by class
 */
export function waitingLine(order: WaitingOrder, store: RequestStore, priorities: Float64Array): WaitingLine {
  switch (order) {
    case 'fcfs':
      return new RequestQueue();
    case 'priority':
      return new KeyedLine(store, (row) => -priorities[store.classIndex[row]]);
    case 'shortest-first':
      return new KeyedLine(store, (row) => store.prefillTokens[row]);
  }
}
