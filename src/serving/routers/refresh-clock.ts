import type { EventQueue } from '../../engine/event-queue.js';

/**
 * Says when views of the fleet are taken anew: at every multiple of the interval. Who asks before each change and each
 * look sees exactly what was there at the last multiple, without an event of its own.
 */
export class RefreshClock {
  private nextSeconds = 0;

  /** @param seconds above 0 */
  constructor(
    private readonly events: EventQueue,
    private readonly seconds: number,
  ) {}

  /** Whether a refresh has come since the last call. */
  isDue(): boolean {
    const { now } = this.events;
    if (now < this.nextSeconds) return false;
    this.nextSeconds = (Math.floor(now / this.seconds) + 1) * this.seconds;
    return true;
  }
}
