import type { SessionSource } from './sessions/session-source.js';
import type { PrefixBlocks } from './traces/trace-reader.js';

/** Draws a whole number of tokens, at least 1. */
export interface LengthSampler {
  next(): number;
}

/** Requests that come whatever the system does. `next` moves to the following one, in order of time. */
export interface OpenSource {
  readonly kind: 'open';
  /** Draws the next request into the fields below; false when there is none (the end of a trace). */
  next(): boolean;
  /** Arrival of the drawn request, seconds since the start; never decreases. */
  arrivalSeconds: number;
  inputTokens: number;
  outputTokens: number;
  /** Conversation that the drawn request belongs to, at least 0; undefined where the source knows of none. */
  readonly session?: number | undefined;
  /** What the prompt of the drawn request has in common with others; undefined where the source does not know. */
  readonly prefix?: PrefixBlocks | undefined;
}

/** Users who send the next request only when the last one has ended and they have thought about it. */
export interface ClosedSource {
  readonly kind: 'closed';
  readonly users: number;
  /** Draws the lengths of a user's next request into the fields below. */
  draw(): void;
  inputTokens: number;
  outputTokens: number;
  /** Seconds between the end of a user's request and the next one. */
  thinkSeconds(): number;
  /** What the prompt of the drawn request has in common with others; undefined where the source does not know. */
  readonly prefix?: PrefixBlocks | undefined;
}

/** The demand of one traffic class. */
export interface ClassDemand {
  readonly name: string;
  readonly source: OpenSource | ClosedSource | SessionSource;
  /** Higher ones go first where a queue is in order of priority; default 0. */
  readonly priority?: number | undefined;
  /**
   * Longest answer a client of this class asks for (`max_tokens`): all a real system knows before the answer ends.
   * Infinity where the class sets no limit.
   */
  readonly outputLimit: number;
  /** What a reader of results should know: lines of a trace that were left out, means that bounds have moved. */
  notes?(): string[];
}
