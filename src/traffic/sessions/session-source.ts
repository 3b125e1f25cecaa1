import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { Random } from '../../engine/random.js';
import type { SessionsChoice } from '../../scenario/sessions-schema.js';
import type { ArrivalProcess } from '../arrivals/arrival-process.js';
import type { PrefixBlocks } from '../traces/trace-reader.js';
import { BlockIds, BlockNumbers } from './block-ids.js';
import type { SessionLaws } from './session-laws.js';
import { type SystemPrompt, type SystemPrompts, sharedPrompt } from './system-prompts.js';
import { Session, Thread } from './thread.js';

/** How a session ended. */
export type SessionEnd = 'completed' | 'broken';

export interface SessionObserver {
  began(session: Session): void;
  ended(session: Session, end: SessionEnd, now: number): void;
}

/** When sessions begin: at the times of a process, or when a user of a closed loop has finished the last one. */
export type SessionStarts = { kind: 'open'; arrivals: ArrivalProcess } | { kind: 'closed'; users: number };

export interface SessionSourceOptions {
  choice: SessionsChoice;
  starts: SessionStarts;
  laws: SessionLaws;
  system: ((numbers: BlockNumbers) => SystemPrompts) | undefined;
  /** Makes the random stream of a purpose. */
  stream: (purpose: string) => Random;
}

/** A user whose session broke off begins again after this time at the earliest: the clock must not stand still. */
const RETRY_SECONDS = 1;

/**
 * The requests of sessions: whoever simulates (or replays) takes the next one when its time has come, and says when it
 * ended; that sets the time of the one after it.
 *
 * Each thread draws from a random stream of its own, so that lengths, pauses and sub-agents of a session are the same
 * whatever the fleet, and only their times differ.
 */
export class SessionSource {
  readonly kind = 'sessions';
  /** The request that was taken. */
  inputTokens = 0;
  outputTokens = 0;
  /** Number of its thread: to be given to {@link ended}. Numbers are used again. */
  thread = -1;
  session = -1;
  readonly prefix: PrefixBlocks;
  observer: SessionObserver | undefined;
  /** Threads by slot; undefined where it is free. */
  private readonly threads: (Thread | undefined)[] = [];
  private readonly freeSlots: number[] = [];
  /** Threads whose request is to come, by its time. */
  private readonly pending = new IndexedHeap();
  private readonly numbers = new BlockNumbers();
  private readonly system: SystemPrompts | undefined;
  private readonly agentPrompt: SystemPrompt | undefined;
  /** Sessions begun: by user in a closed loop. */
  private readonly begun: number[];

  constructor(private readonly options: SessionSourceOptions) {
    const { choice, starts, laws } = options;
    const { blockTokens } = choice;
    this.prefix = { ids: new Int32Array(0), count: 0, tokensPerBlock: blockTokens };
    this.system = options.system?.(this.numbers);
    const agentSystem = laws.agents?.systemTokens ?? 0;
    if (agentSystem > 0) this.agentPrompt = sharedPrompt(agentSystem, this.numbers, blockTokens);
    this.begun = starts.kind === 'open' ? [0] : new Array(starts.users).fill(0);
  }

  /** Sets the first sessions; everybody of a closed loop begins at once. */
  start(): void {
    const { starts } = this.options;
    if (starts.kind === 'open') this.begin(-1, starts.arrivals.next());
    else for (let user = 0; user < starts.users; user++) this.begin(user, 0);
  }

  /** Time of the next request; Infinity where none comes before another one has ended. */
  get nextSeconds(): number {
    return this.pending.size > 0 ? this.pending.topKey : Number.POSITIVE_INFINITY;
  }

  /** Its time has come: moves to the next request. */
  take(): void {
    const thread = this.threads[this.pending.pop()] as Thread;
    const { session, blocks } = thread;
    const { starts } = this.options;
    if (thread.turn === 0 && thread.parent === undefined) {
      this.observer?.began(session);
      if (starts.kind === 'open') this.begin(-1, starts.arrivals.next());
    }
    session.inFlight++;
    this.inputTokens = thread.inputTokens;
    this.outputTokens = thread.outputTokens;
    this.thread = thread.slot;
    this.session = session.number;
    // The answer belongs to it: the next prompt of the thread will hold it.
    blocks.growTo(thread.inputTokens + thread.outputTokens);
    this.prefix.ids = blocks.ids;
    this.prefix.count = blocks.count;
  }

  /** The next request of a fleet that answers at once: for samples of lengths. */
  draw(): void {
    if (this.threads.length === 0) this.start();
    const now = this.nextSeconds;
    this.take();
    this.ended(this.thread, now, true);
  }

  /** The request of a thread has ended at `now`, with its whole answer or without. */
  ended(slot: number, now: number, completed: boolean): void {
    const thread = this.threads[slot] as Thread;
    const { session } = thread;
    session.inFlight--;
    if (completed) session.turns++;
    else session.broken = true;
    if (session.broken) {
      this.breakOff(session, thread, now);
      return;
    }
    thread.turn++;
    thread.contextTokens = thread.inputTokens + thread.outputTokens;
    const laws = this.options.laws.of(thread.random, thread.parent !== undefined);
    if (thread.turn >= thread.turns) this.finish(thread, now);
    else if (thread.parent === undefined && this.callAgents(thread, now)) return;
    else if (thread.parent === undefined && this.callsTool(thread)) {
      const tools = this.options.laws.tools as NonNullable<SessionLaws['tools']>;
      const seconds = tools.time.next();
      this.prepare(thread, tools.result.next(), now + seconds, now);
    } else {
      const seconds = laws.think.next();
      this.prepare(thread, laws.input.next(), now + seconds, now);
    }
  }

  /** The next session of `user`, whose first request comes at `seconds`. */
  private begin(user: number, seconds: number): void {
    const { stream, starts, laws, choice } = this.options;
    const count = this.begun[Math.max(user, 0)]++;
    const number = starts.kind === 'open' ? count : count * starts.users + user;
    const name = String(number);
    const random = stream(name);
    const session = new Session(number, name, user, seconds);
    const system = this.system?.choose(random);
    const of = laws.of(random, false);
    const blocks = new BlockIds(this.numbers, choice.blockTokens, system?.blocks);
    const thread = this.addThread(session, undefined, random, of.turns.next(), blocks);
    thread.systemTokens = system?.tokens ?? 0;
    thread.contextTokens = thread.systemTokens;
    this.prepare(thread, of.first.next(), seconds, seconds);
  }

  /** Sets the next request of a thread, which adds `newTokens` to its prompt; ends it where its context is full. */
  private prepare(thread: Thread, newTokens: number, seconds: number, now: number): void {
    const { laws, choice } = this.options;
    thread.outputTokens = laws.of(thread.random, thread.parent !== undefined).output.next();
    thread.inputTokens = thread.contextTokens + newTokens;
    const limit = choice.context?.max ?? Number.POSITIVE_INFINITY;
    if (thread.inputTokens + thread.outputTokens > limit) {
      if (thread.turn > 0 && choice.context?.beyond === 'end') {
        this.finish(thread, now);
        return;
      }
      this.truncate(thread, newTokens, limit);
    }
    this.pending.set(thread.slot, seconds, thread.slot);
  }

  /** Drops the oldest tokens behind the system prompt, so that at most half of the limit is kept. */
  private truncate(thread: Thread, newTokens: number, limit: number): void {
    thread.outputTokens = Math.min(thread.outputTokens, limit - 1);
    const room = limit - thread.outputTokens;
    const wanted = Math.max(thread.systemTokens, Math.min(Math.floor(limit / 2), room - newTokens));
    const kept = Math.min(thread.contextTokens, wanted, room - 1);
    thread.inputTokens = Math.min(kept + newTokens, room);
    thread.blocks.forgetAfter(Math.min(thread.systemTokens, kept));
  }

  /** Starts the sub-agents of a turn, if it has any. */
  private callAgents(parent: Thread, now: number): boolean {
    const { laws, stream, choice } = this.options;
    const { agents } = laws;
    if (agents === undefined || parent.random() >= agents.share) return false;
    laws.of(parent.random, false);
    const count = agents.count.next();
    parent.openAgents = count;
    parent.agentTokens = 0;
    for (let i = 0; i < count; i++) {
      const random = stream(`${parent.session.name}/${parent.turn}/${i}`);
      const of = laws.of(random, true);
      const shared = agents.fromParent ? parent.blocks.upTo(parent.contextTokens) : this.agentPrompt?.blocks;
      const blocks = new BlockIds(this.numbers, choice.blockTokens, shared);
      const agent = this.addThread(parent.session, parent, random, of.turns.next(), blocks);
      agent.systemTokens = agents.fromParent ? parent.systemTokens : agents.systemTokens;
      agent.contextTokens = agents.fromParent ? parent.contextTokens : agents.systemTokens;
      this.prepare(agent, of.first.next(), now, now);
    }
    return true;
  }

  private callsTool(thread: Thread): boolean {
    const { tools } = this.options.laws;
    return tools !== undefined && thread.random() < tools.share;
  }

  /** A thread has nothing more to ask. */
  private finish(thread: Thread, now: number): void {
    const { session, parent } = thread;
    this.removeThread(thread);
    if (parent === undefined) {
      this.over(session, 'completed', now);
      return;
    }
    // One that never got to ask has nothing to say.
    parent.agentTokens += thread.turn > 0 ? thread.outputTokens : 0;
    if (--parent.openAgents > 0) return;
    this.prepare(parent, Math.max(1, parent.agentTokens), now, now);
  }

  /** A request was not served: the session ends with what is still in the fleet. */
  private breakOff(session: Session, thread: Thread, now: number): void {
    this.removeThread(thread);
    for (const other of [...session.threads]) {
      const waits = this.pending.has(other.slot) || other.openAgents > 0;
      if (!waits) continue;
      this.pending.remove(other.slot);
      this.removeThread(other);
    }
    if (session.inFlight === 0) this.over(session, 'broken', now);
  }

  private over(session: Session, end: SessionEnd, now: number): void {
    this.observer?.ended(session, end, now);
    const { starts, laws, stream } = this.options;
    if (starts.kind === 'open') return;
    laws.of(stream(`${session.name}/after`), false);
    const pause = laws.after.next();
    this.begin(session.user, now + (end === 'broken' ? Math.max(pause, RETRY_SECONDS) : pause));
  }

  private addThread(
    session: Session,
    parent: Thread | undefined,
    random: Random,
    turns: number,
    blocks: BlockIds,
  ): Thread {
    const slot = this.freeSlots.pop() ?? this.threads.length;
    const thread = new Thread(slot, session, parent, random, turns, blocks);
    this.threads[slot] = thread;
    session.threads.push(thread);
    return thread;
  }

  private removeThread(thread: Thread): void {
    const { threads } = thread.session;
    threads.splice(threads.indexOf(thread), 1);
    this.threads[thread.slot] = undefined;
    this.freeSlots.push(thread.slot);
  }
}
