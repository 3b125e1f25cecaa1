import { IndexedHeap } from './indexed-heap.js';

/** Ranks above this would lose their timer number in a float64. */
const TIMERS_PER_KIND = 2 ** 32;

/**
 * Clock and calendar of a simulation. Whatever can happen next owns a *timer*, which is either off or set to one time:
 * moving it costs a few comparisons and leaves no dead entry behind.
 *
 * The order of events is total: by time, then by the kind of the timer, then by its number. It does not depend on the
 * order in which timers were set, so two ways to simulate the same thing see the same order.
 *
 * @example
 * const queue = new EventQueue();
 * const door = queue.addTimer(0);
 * queue.set(door, 1.5);
 * queue.advance(); // door; queue.now is 1.5
 */
export class EventQueue {
  /** Seconds since the start. */
  now = 0;
  /** Events taken so far. */
  events = 0;
  private readonly heap = new IndexedHeap();
  private readonly ranks: number[] = [];
  /** Timer of the present event. It stays in the heap until it is set anew or the clock moves on: one sift, not two. */
  private current = -1;

  /** A new timer, off. Kinds with smaller numbers come first at the same time. */
  addTimer(kind: number): number {
    const timer = this.ranks.length;
    this.ranks.push(kind * TIMERS_PER_KIND + timer);
    return timer;
  }

  /** Sets or moves a timer. */
  set(timer: number, timeSeconds: number): void {
    // Also catches NaN.
    if (!(timeSeconds >= this.now)) throw new RangeError(`event at ${timeSeconds} s scheduled at ${this.now} s`);
    this.heap.set(timer, timeSeconds, this.ranks[timer]);
    if (timer === this.current) this.current = -1;
  }

  off(timer: number): void {
    this.heap.remove(timer);
    if (timer === this.current) this.current = -1;
  }

  isSet(timer: number): boolean {
    return timer !== this.current && this.heap.has(timer);
  }

  /** Moves the clock to the next event and returns its timer, which is then off; -1 when nothing is left. */
  advance(): number {
    if (this.current >= 0) this.heap.remove(this.current);
    const timer = this.heap.top;
    this.current = timer;
    if (timer < 0) return -1;
    this.now = this.heap.topKey;
    this.events++;
    return timer;
  }
}
