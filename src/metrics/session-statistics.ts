import type { SessionEnd, SessionObserver } from '../traffic/sessions/session-source.js';
import type { Session } from '../traffic/sessions/thread.js';
import { Histogram } from './histogram.js';

/** What became of the sessions that began inside the measured window. */
export class SessionStatistics implements SessionObserver {
  started = 0;
  completed = 0;
  /** Ended early, since one of their requests was refused, lost or given up. */
  broken = 0;
  /** From the first request to the last answer, of completed sessions. */
  readonly seconds = new Histogram();
  /** Answers of completed sessions, those of sub-agents included. */
  readonly turns = new Histogram();

  constructor(private readonly windowStart: number) {}

  began({ startSeconds }: Session): void {
    if (startSeconds >= this.windowStart) this.started++;
  }

  ended({ startSeconds, turns }: Session, end: SessionEnd, now: number): void {
    if (startSeconds < this.windowStart) return;
    if (end === 'broken') {
      this.broken++;
      return;
    }
    this.completed++;
    this.seconds.add(now - startSeconds);
    this.turns.add(turns);
  }
}
