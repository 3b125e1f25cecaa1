import type { EventQueue } from '../engine/event-queue.js';
import { IndexedHeap } from '../engine/indexed-heap.js';
import type { Random } from '../engine/random.js';
import type { HandoverRouting } from './computed-prompts.js';
import { maxMinFairRates } from './max-min-fair.js';

/** Bytes per second that instances send or receive. */
export interface PortRates {
  /** By instance, all its GPUs together. */
  readonly all: Float64Array;
  /** By instance, what one flow gets at most. */
  readonly oneFlow: Float64Array;
}

/** How KV caches are sent. */
export interface TransferOptions {
  /** From the last byte sent to the first step on the other side. */
  readonly latencySeconds: number;
  /** Each layer is sent while the next one is computed. */
  readonly layerWise: boolean;
  /** Layers of the model. */
  readonly layers: number;
  /** Prefill and decode instances may change places. */
  readonly rolesChange: boolean;
  /** How a computed prompt finds its decode instance; default: the least loaded with room. */
  readonly routing?: HandoverRouting | undefined;
  /** Frontends that each give out computed prompts in turn under `round-robin`; default 1. */
  readonly frontends?: number | undefined;
  /** Where several of them begin; default: all at the first instance. */
  readonly random?: Random | undefined;
}

/**
 * KV caches on their way from prefill to decode instances. Each instance has one port out and one in; the flows that
 * cross a port share it max-min fairly, and every start and end changes the rates of all. A flow lands a fixed latency
 * after its last byte has left.
 */
export class Transfers {
  /** Requests under way, by flow; flows are a dense list that ends are swapped out of. */
  private readonly rows: number[] = [];
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly bytesLeft: number[] = [];
  private rates: number[] = [];
  private lastSeconds = 0;
  /** Requests whose bytes have all left, by the time at which they land. */
  private readonly landing = new IndexedHeap();
  /** Whether flows have begun that have no rate yet. */
  private stale = false;

  /**
   * @param timer of the event queue; goes off when {@link land} has something to do
   * @param ports of each instance, in and out alike
   */
  constructor(
    private readonly events: EventQueue,
    private readonly timer: number,
    private readonly ports: PortRates,
    private readonly latencySeconds: number,
  ) {}

  /**
   * Begins to move `bytes` of `row` between two instances.
   *
   * @param sentSeconds for how long a part of them has been sent already, at the rate that the flow gets now
   * @param least bytes that are left in any case
   */
  start(row: number, from: number, to: number, bytes: number, sentSeconds = 0, least = 0): void {
    this.progress();
    this.rows.push(row);
    this.from.push(from);
    this.to.push(to);
    this.bytesLeft.push(bytes);
    if (sentSeconds <= 0) {
      // Prompts of one step leave together: the timer shares the ports among all of them, at this very moment.
      this.stale = true;
      this.events.set(this.timer, this.events.now);
      return;
    }
    this.share();
    const flow = this.rows.length - 1;
    this.bytesLeft[flow] = Math.max(least, bytes - this.rates[flow] * sentSeconds);
    this.schedule();
  }

  /** The timer went off: returns a request that has landed, or -1 when there is no further one now. */
  land(): number {
    this.progress();
    if (this.stale) this.share();
    // What moves within a few ticks of the clock counts as sent: late in a run a tick is worth several bytes.
    const resolution = 1e-15 * this.events.now;
    let ended = false;
    for (let flow = this.rows.length - 1; flow >= 0; flow--) {
      if (this.bytesLeft[flow] > Math.max(1, this.rates[flow] * resolution)) continue;
      const row = this.rows[flow];
      this.landing.set(row, this.events.now + this.latencySeconds, row);
      this.drop(flow);
      ended = true;
    }
    let landed = -1;
    if (this.landing.size > 0 && this.landing.topKey <= this.events.now) landed = this.landing.pop();
    // Rates are those of the flows that are left; one that only lands had ended before.
    if (ended) this.share();
    else this.schedule();
    return landed;
  }

  /** The transfer of `row` is given up. */
  abort(row: number): void {
    this.progress();
    const flow = this.rows.indexOf(row);
    if (flow >= 0) this.drop(flow);
    else this.landing.remove(row);
    this.share();
  }

  private drop(flow: number): void {
    for (const list of [this.rows, this.from, this.to, this.bytesLeft]) {
      const last = list.pop() as number;
      if (flow < list.length) list[flow] = last;
    }
  }

  /** Moves the bytes of the time since the last call. */
  private progress(): void {
    const seconds = this.events.now - this.lastSeconds;
    this.lastSeconds = this.events.now;
    for (let flow = 0; flow < this.rates.length; flow++) this.bytesLeft[flow] -= this.rates[flow] * seconds;
  }

  private share(): void {
    this.stale = false;
    this.rates = maxMinFairRates(this.from, this.to, this.ports.all, this.ports.oneFlow);
    this.schedule();
  }

  private schedule(): void {
    let next = this.landing.size > 0 ? this.landing.topKey : Number.POSITIVE_INFINITY;
    for (let flow = 0; flow < this.rows.length; flow++) {
      next = Math.min(next, this.events.now + Math.max(this.bytesLeft[flow], 0) / this.rates[flow]);
    }
    if (next < Number.POSITIVE_INFINITY) this.events.set(this.timer, Math.max(next, this.events.now));
    else this.events.off(this.timer);
  }
}
