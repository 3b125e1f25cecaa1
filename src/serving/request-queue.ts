import type { WaitingLine } from './waiting-order.js';

/** First come first served: new requests join at the back, preempted ones return to the front. */
export class RequestQueue implements WaitingLine {
  private rows = new Int32Array(16);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** The request at the front; only valid where `length > 0`. */
  get front(): number {
    return this.rows[this.head];
  }

  pushBack(row: number): void {
    if (this.count === this.rows.length) this.grow();
    this.rows[(this.head + this.count++) & (this.rows.length - 1)] = row;
  }

  pushFront(row: number): void {
    if (this.count === this.rows.length) this.grow();
    this.head = (this.head - 1) & (this.rows.length - 1);
    this.rows[this.head] = row;
    this.count++;
  }

  popFront(): number {
    const row = this.rows[this.head];
    this.head = (this.head + 1) & (this.rows.length - 1);
    this.count--;
    return row;
  }

  remove(row: number): boolean {
    const mask = this.rows.length - 1;
    for (let at = 0; at < this.count; at++) {
      if (this.rows[(this.head + at) & mask] !== row) continue;
      for (let before = at; before > 0; before--) {
        this.rows[(this.head + before) & mask] = this.rows[(this.head + before - 1) & mask];
      }
      this.head = (this.head + 1) & mask;
      this.count--;
      return true;
    }
    return false;
  }

  /** The request `position` places behind the front. */
  at(position: number): number {
    return this.rows[(this.head + position) & (this.rows.length - 1)];
  }

  isBefore(): boolean {
    return this.count === 0;
  }

  private grow(): void {
    // The length stays a power of two, so that a mask wraps positions.
    const rows = new Int32Array(this.rows.length * 2);
    for (let i = 0; i < this.count; i++) rows[i] = this.rows[(this.head + i) & (this.rows.length - 1)];
    this.rows = rows;
    this.head = 0;
  }
}
