import type { EventQueue } from '../engine/event-queue.js';
import { IndexedHeap } from '../engine/indexed-heap.js';
import type { ClassDemand, ClosedSource, OpenSource } from '../traffic/demand.js';
import type { PrefixBlocks } from '../traffic/traces/trace-reader.js';
import { SessionFeed } from './session-feed.js';

/** The next request of one class; its timer in the event queue is set to the time of its arrival. */
export interface ArrivalFeed {
  /** Sets the timer for the first time. */
  start(): void;
  /** The timer went off: moves to the request that arrives now, whose lengths are then in the fields below. */
  take(): void;
  inputTokens: number;
  outputTokens: number;
  /** User who sent it, in a closed loop. */
  user: number;
  /** Conversation that it belongs to, else its user; -1 where neither is known. */
  session: number;
  /** What its prompt has in common with others; undefined where that is not known. */
  readonly prefix: PrefixBlocks | undefined;
  /** Sets the timer for the request after it. */
  rearm(): void;
  /**
   * The request of `user` has ended at the present time; `refused` if nothing in the fleet could ever serve it, `completed`
   * if it got its whole answer.
   */
  ended(user: number, refused: boolean, completed: boolean): void;
}

/** A refused user tries again after this time at the earliest: without thinking, the clock would stand still for ever. */
const REFUSED_RETRY_SECONDS = 1;

/** Feeds the event queue with the requests of `demand`. */
export function arrivalFeed(demand: ClassDemand, events: EventQueue, timer: number, endSeconds: number): ArrivalFeed {
  const { source } = demand;
  switch (source.kind) {
    case 'open':
      return new OpenFeed(source, events, timer, endSeconds);
    case 'closed':
      return new ClosedFeed(source, events, timer);
    case 'sessions':
      return new SessionFeed(source, events, timer);
  }
}

class OpenFeed implements ArrivalFeed {
  inputTokens = 0;
  outputTokens = 0;
  readonly user = -1;
  session = -1;

  constructor(
    private readonly source: OpenSource,
    private readonly events: EventQueue,
    private readonly timer: number,
    private readonly endSeconds: number,
  ) {}

  get prefix(): PrefixBlocks | undefined {
    return this.source.prefix;
  }

  start(): void {
    this.rearm();
  }

  take(): void {
    this.inputTokens = this.source.inputTokens;
    this.outputTokens = this.source.outputTokens;
    this.session = this.source.session ?? -1;
  }

  rearm(): void {
    if (this.source.next() && this.source.arrivalSeconds <= this.endSeconds) {
      this.events.set(this.timer, this.source.arrivalSeconds);
    }
  }

  ended(): void {}
}

class ClosedFeed implements ArrivalFeed {
  inputTokens = 0;
  outputTokens = 0;
  user = -1;
  session = -1;
  /** Users who think, by the time at which they send. */
  private readonly thinking = new IndexedHeap();

  constructor(
    private readonly source: ClosedSource,
    private readonly events: EventQueue,
    private readonly timer: number,
  ) {}

  get prefix(): PrefixBlocks | undefined {
    return this.source.prefix;
  }

  /** Everybody sends the first request at once, as load generators do. */
  start(): void {
    for (let user = 0; user < this.source.users; user++) this.thinking.set(user, 0, user);
    this.rearm();
  }

  take(): void {
    this.user = this.thinking.pop();
    this.session = this.user;
    this.source.draw();
    this.inputTokens = this.source.inputTokens;
    this.outputTokens = this.source.outputTokens;
  }

  rearm(): void {
    if (this.thinking.size > 0) this.events.set(this.timer, this.thinking.topKey);
  }

  ended(user: number, refused: boolean): void {
    const pause = Math.max(this.source.thinkSeconds(), refused ? REFUSED_RETRY_SECONDS : 0);
    this.thinking.set(user, this.events.now + pause, user);
    this.rearm();
  }
}
