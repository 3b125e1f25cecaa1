import type { Instance, InstanceHost } from './instance.js';
import { WAITING_FOR } from './instance-usage.js';
import type { PrefixCache } from './prefix-cache.js';
import { RequestQueue } from './request-queue.js';
import { stepsDone } from './run.js';
import { StaticBatch } from './static-batch.js';
import { type WaitingLine, waitingLine } from './waiting-order.js';

/** Who waits for an instance, what a request needs to enter its batch, and which prompts the next step computes. */
export class Admission {
  /** Requests that the engine has seen, in the order of their admission. */
  readonly queue: WaitingLine;
  /** Blocks that the queued requests will take at admission. */
  queuedBlocks = 0;
  /** The batch that is formed or run, under static batching. */
  readonly batch: StaticBatch | undefined;
  /**
   * Requests that the engine has not looked at yet, in order of delivery; empty where all are served in that order, since
   * then a request is looked at no earlier than those before it.
   */
  private readonly unseen = new RequestQueue();
  private readonly inOrderOfDelivery: boolean;
  private readonly watermarkBlocks: number;

  constructor(
    private readonly instance: Instance,
    private readonly host: InstanceHost,
  ) {
    const { kv, pool } = instance;
    this.watermarkBlocks = kv.reserves ? 0 : Math.floor(pool.watermark * kv.totalBlocks);
    this.queue = waitingLine(pool.order ?? 'fcfs', host.store, host.priorities);
    this.inOrderOfDelivery = this.queue instanceof RequestQueue;
    if (pool.batching === 'static') this.batch = new StaticBatch(pool.maxSequences, pool.maxWaitSeconds ?? 0);
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.queue.length + this.unseen.length;
  }

  /** KV blocks that `row` takes at its admission. */
  blocks(row: number): number {
    const { store, outputLimits } = this.host;
    const { kv } = this.instance;
    let tokens = store.prefillTokens[row];
    if (kv.reserves) {
      // The last token of an answer is never fed back, so it needs no place in the cache.
      tokens = Math.max(tokens, store.inputTokens[row] + outputLimits[store.classIndex[row]] - 1);
    }
    return kv.blocksFor(tokens);
  }

  /** Prompt tokens of `row` that have to be computed if it is admitted now. */
  uncachedTokens(row: number): number {
    const { store } = this.host;
    const { prefixes } = this.instance;
    if (prefixes === undefined) return store.prefillTokens[row];
    // In the middle of a run its steps have evicted what they needed.
    prefixes.evictUntilFree(this.blocksOfSteps);
    prefixes.report();
    prefixes.lookUp(row);
    const rest = store.prefillTokens[row] - prefixes.tokensFound;
    const { tiers } = prefixes;
    if (tiers === undefined) return rest;
    tiers.find(row, prefixes.foundUnits, prefixes.tokensFound, this.host.events.now);
    return rest - tiers.tokens;
  }

  /** Whether `row` could be served here if it were alone. */
  canEverHold(row: number): boolean {
    const { store, outputLimits } = this.host;
    const { kv } = this.instance;
    const growth = outputLimits[store.classIndex[row]] > 1 ? 1 : 0;
    return Math.max(this.blocks(row), kv.blocksFor(store.inputTokens[row] + growth)) <= kv.totalBlocks;
  }

  /** Share of the KV blocks that are in use now, in the middle of a run too. */
  get kvUse(): number {
    const { kv } = this.instance;
    if (kv.totalBlocks === 0) return 0;
    return 1 - (kv.freeBlocks - this.blocksOfSteps) / kv.totalBlocks;
  }

  /** Blocks that the steps of the present run have taken so far; they are booked when it ends. */
  get blocksOfSteps(): number {
    const { decoding, runDecoding } = this.instance;
    return decoding.blocksOver(decoding.step, this.stepsEnded(), runDecoding);
  }

  /** Whether `row` would be admitted at the next boundary, after everything that waits here already. */
  hasRoom(row: number): boolean {
    if (this.batch !== undefined && this.instance.running > 0) return false;
    return !this.instance.isFull && this.fitsAfter(this.stepsEnded(), row);
  }

  /** Decode steps of the present run that have ended by now. */
  private stepsEnded(): number {
    const { runDecoding, runFirst, runIncrement, runStart, runSteps } = this.instance;
    return runDecoding === 0 ? 0 : stepsDone(runFirst, runIncrement, this.host.events.now - runStart, runSteps);
  }

  /** Whether a computed prompt could be fetched now: a place, and blocks that no step before the next boundary needs. */
  canReserve(row: number): boolean {
    const { instance } = this;
    if (instance.isFull) return false;
    return this.fitsAfter(instance.runSteps === 0 ? 0 : instance.stepsUntilBoundary(), row);
  }

  /** Whether memory for `row` and all who wait is free after `steps` steps of the present run. */
  private fitsAfter(steps: number, row: number): boolean {
    const { kv, decoding, runDecoding, load } = this.instance;
    const free = kv.freeBlocks - decoding.blocksOver(decoding.step, steps, runDecoding) - this.queuedBlocks;
    return free - this.blocks(row) >= (load > 0 ? this.watermarkBlocks : 0);
  }

  /** `row`, which the engine looks at in `readyBoundary`, joins those who wait. */
  enqueue(row: number): void {
    this.queuedBlocks += this.blocks(row);
    if (this.inOrderOfDelivery) this.queue.pushBack(row);
    else this.unseen.pushBack(row);
  }

  /**
   * Whether `row`, delivered last, may be admitted before the present run ends. Not so behind another: that one is looked at no
   * later, and room only shrinks during a run, so whoever found none at first finds none later.
   */
  isNext(row: number): boolean {
    if (this.inOrderOfDelivery) return this.queue.front === row;
    return this.queue.isBefore(row);
  }

  /** `row` was evicted and waits again. */
  requeue(row: number): void {
    this.queue.pushFront(row);
    this.queuedBlocks += this.blocks(row);
  }

  /** Takes `row` out of the queue; returns whether it was there. */
  remove(row: number): boolean {
    if (!this.queue.remove(row) && !this.unseen.remove(row)) return false;
    this.queuedBlocks -= this.blocks(row);
    return true;
  }

  /** Empties the queue, and returns who waited in the order in which they came to the fleet. */
  takeAll(): number[] {
    const rows: number[] = [];
    while (this.waiting > 0) rows.push(this.popNext());
    this.queuedBlocks = 0;
    this.batch?.close();
    const { id } = this.host.store;
    return rows.sort((a, b) => id[a] - id[b]);
  }

  /** What keeps `row` out of the batch `steps` decode steps from now; prefixes that others use are there for it. */
  obstacle(row: number, steps: number, blocks = this.blocks(row)): number {
    const { prefixes } = this.instance;
    const found = this.obstacleTo(blocks, steps);
    if (prefixes === undefined || found !== WAITING_FOR.memory) return found;
    return this.obstacleTo(blocks - prefixes.blocksInUse(row), steps);
  }

  /** What keeps a request that needs `blocks` out of the batch `steps` decode steps from now. */
  private obstacleTo(blocks: number, steps: number): number {
    const { kv, decoding, running, landing, pool } = this.instance;
    if (running + landing.requests >= pool.maxSequences) return WAITING_FOR.place;
    if (running > 0 && this.batch?.isOpen === false) return WAITING_FOR.place;
    const { step, sequences } = decoding;
    let kept = 0;
    if (running > 0) {
      // Under chunked prefill the next step decodes too, and needs its own blocks.
      const nextStep = pool.batching === 'chunked-prefill' ? decoding.blocksOver(step + steps, 1, sequences) : 0;
      kept = Math.max(this.watermarkBlocks, nextStep);
    }
    const free = kv.freeBlocks - decoding.blocksOver(step, steps, sequences);
    return free - blocks < kept ? WAITING_FOR.memory : WAITING_FOR.nothing;
  }

  /** Decode steps until a request may be admitted; Infinity where somebody has to leave before. */
  stepsUntilAdmission(): number {
    const line = this.inOrderOfDelivery ? this.queue : this.unseen;
    if (line.length === 0) return Number.POSITIVE_INFINITY;
    if (!this.inOrderOfDelivery) return this.stepsUntilSeen();
    return this.stepsUntilReady(line.front);
  }

  private stepsUntilSeen(): number {
    for (let i = 0; i < this.unseen.length; i++) {
      const row = this.unseen.at(i);
      const steps = this.queue.isBefore(row) ? this.stepsUntilReady(row) : Number.POSITIVE_INFINITY;
      if (steps < Number.POSITIVE_INFINITY) return steps;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Decode steps until `row` is looked at; Infinity where it finds no room then. */
  private stepsUntilReady(row: number): number {
    const steps = this.host.store.readyBoundary[row] - this.instance.boundary;
    return steps > 0 && this.obstacle(row, steps) === WAITING_FOR.nothing ? steps : Number.POSITIVE_INFINITY;
  }

  /** Fills the next step with prompt tokens, admitting requests in order of their queue; returns how many tokens. */
  schedulePrefill(now: number): number {
    const { store } = this.host;
    const { pool, decoding, prefills, usage, boundary } = this.instance;
    if (this.unseen.length > 0) this.see();
    if (this.batch !== undefined && !this.isFormed(this.batch, now)) return 0;
    const chunked = pool.batching === 'chunked-prefill';
    let budget = pool.maxBatchedTokens;
    // Guesses may leave prompts nothing of a small budget.
    if (chunked) budget = Math.max(0, budget - decoding.sequences * decoding.queryTokens);
    let tokens = prefills.resume(budget);
    budget -= tokens;
    while (this.waiting > 0) {
      const row = this.next;
      if (store.readyBoundary[row] > boundary && this.instance.running > 0) break;
      // Without chunking a prompt is computed whole, and one that exceeds the budget goes alone.
      if (budget <= 0 || (!chunked && tokens > 0 && this.uncachedTokens(row) > budget)) {
        usage.blockedBy = WAITING_FOR.budget;
        break;
      }
      const blocks = this.blocks(row);
      const obstacle = this.obstacle(row, 0, blocks);
      if (obstacle !== WAITING_FOR.nothing) {
        usage.blockedBy = obstacle;
        this.batch?.close();
        break;
      }
      const prompt = this.uncachedTokens(row);
      this.admit(row, blocks, now);
      const chunk = chunked ? Math.min(prompt, budget) : prompt;
      prefills.add(row, chunk);
      tokens += chunk;
      budget -= chunk;
    }
    return tokens;
  }

  private isFormed(batch: StaticBatch, now: number): boolean {
    if (this.instance.running > 0) return true;
    return this.waiting > 0 && batch.form(this.waiting, this.host.store.queuedSeconds[this.next], now);
  }

  /** The next to be admitted: among those seen by their order, then whoever has come since. */
  private get next(): number {
    return this.queue.length > 0 ? this.queue.front : this.unseen.front;
  }

  private popNext(): number {
    return this.queue.length > 0 ? this.queue.popFront() : this.unseen.popFront();
  }

  /** The engine looks at requests that have been there long enough. */
  private see(): void {
    const { unseen, queue } = this;
    const { readyBoundary } = this.host.store;
    while (unseen.length > 0 && readyBoundary[unseen.front] <= this.instance.boundary)
      queue.pushBack(unseen.popFront());
  }

  private admit(row: number, blocks: number, now: number): void {
    const { store, recorder } = this.host;
    const { prefixes, kv } = this.instance;
    this.popNext();
    this.batch?.admitted();
    this.queuedBlocks -= blocks;
    store.prefillSinceSeconds[row] = now;
    if (prefixes !== undefined) this.useFound(row, prefixes);
    // What is shared was taken when it came to be used.
    const own = blocks - store.sharedBlocks[row];
    kv.take(own);
    store.reservedBlocks[row] = own;
    if (Number.isNaN(store.admittedSeconds[row])) store.admittedSeconds[row] = now;
    recorder.leaveQueue(now);
    this.host.timeline?.enter(row, 'prefill', this.instance.index, now);
    this.instance.batch.add(row);
  }

  /** `row` is admitted, and need not compute what was just found in the cache. */
  private useFound(row: number, prefixes: PrefixCache): void {
    const { store } = this.host;
    const { tiers } = prefixes;
    tiers?.load(row, prefixes.foundUnits, this.host.events.now);
    const found = prefixes.tokensFound + (tiers?.tokens ?? 0);
    const units = prefixes.foundUnits + (tiers?.units ?? 0);
    prefixes.use(row);
    prefixes.enter(row);
    store.prefillDone[row] = found;
    if (!Number.isNaN(store.admittedSeconds[row])) return;
    store.cachedTokens[row] = Math.min(found, store.inputTokens[row]);
    if (store.arrivalSeconds[row] >= this.host.recorder.warmupSeconds) prefixes.count(row, units);
  }
}
