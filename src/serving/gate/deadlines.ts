import type { EventQueue } from '../../engine/event-queue.js';
import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { RequestStore } from '../request-store.js';

/** After how long the users of one class leave, seconds since their arrival; Infinity where they never do. */
export interface Patience {
  firstToken: number;
  end: number;
}

/** What deadlines need of the factory around them. */
export interface DeadlineHost {
  readonly events: EventQueue;
  readonly store: RequestStore;
  /** The user of `row` has left. */
  cancel(row: number): void;
}

/** Who leaves when: one entry for each request whose user would not wait for ever. */
export class Deadlines {
  private readonly heap = new IndexedHeap();

  /**
   * @param timer goes off when {@link expire} has something to do
   * @param patience by class
   */
  constructor(
    private readonly host: DeadlineHost,
    readonly timer: number,
    private readonly patience: readonly Patience[],
  ) {}

  arrived(row: number): void {
    const { firstToken, end } = this.patience[this.host.store.classIndex[row]];
    this.wait(row, Math.min(firstToken, end));
  }

  /** `row` is gone, for whatever reason. */
  ended(row: number): void {
    if (!this.heap.has(row)) return;
    this.heap.remove(row);
    this.schedule();
  }

  /** The timer went off: a user leaves, unless what he waits for has come. */
  expire(): void {
    const { store, events } = this.host;
    const row = this.heap.pop();
    this.schedule();
    const { end } = this.patience[store.classIndex[row]];
    const left = Number.isNaN(store.firstTokenSeconds[row]) || events.now >= store.arrivalSeconds[row] + end;
    if (left) this.host.cancel(row);
    else this.wait(row, end);
  }

  private wait(row: number, patience: number): void {
    if (patience === Number.POSITIVE_INFINITY) return;
    const { store, events } = this.host;
    this.heap.set(row, Math.max(store.arrivalSeconds[row] + patience, events.now), store.id[row]);
    this.schedule();
  }

  private schedule(): void {
    const { events } = this.host;
    if (this.heap.size > 0) events.set(this.timer, this.heap.topKey);
    else events.off(this.timer);
  }
}
