import type { EventQueue } from '../engine/event-queue.js';
import type { SessionSource } from '../traffic/sessions/session-source.js';
import type { PrefixBlocks } from '../traffic/traces/trace-reader.js';
import type { ArrivalFeed } from './arrivals.js';

/** Feeds the event queue with the requests of sessions, each of which comes when those before it have been answered. */
export class SessionFeed implements ArrivalFeed {
  inputTokens = 0;
  outputTokens = 0;
  /** Thread of its session. */
  user = -1;
  session = -1;

  constructor(
    private readonly source: SessionSource,
    private readonly events: EventQueue,
    private readonly timer: number,
  ) {}

  get prefix(): PrefixBlocks | undefined {
    return this.source.prefix;
  }

  start(): void {
    this.source.start();
    this.rearm();
  }

  take(): void {
    const { source } = this;
    source.take();
    this.inputTokens = source.inputTokens;
    this.outputTokens = source.outputTokens;
    this.user = source.thread;
    this.session = source.session;
  }

  rearm(): void {
    const { nextSeconds } = this.source;
    if (nextSeconds < Number.POSITIVE_INFINITY) this.events.set(this.timer, nextSeconds);
    else this.events.off(this.timer);
  }

  ended(user: number, _refused: boolean, completed: boolean): void {
    this.source.ended(user, this.events.now, completed);
    this.rearm();
  }
}
