import type { EventQueue } from '../engine/event-queue.js';
import type { Recorder } from '../metrics/recorder.js';
import { Batch } from './batch.js';
import { FinishHeap } from './finish-heap.js';
import { InstanceUsage, WAITING_FOR } from './instance-usage.js';
import { KvCache } from './kv-cache.js';
import type { Pool } from './pool.js';
import { PrefillStep } from './prefill-step.js';
import { RequestQueue } from './request-queue.js';
import type { RequestStore } from './request-store.js';
import { runSeconds, stepsDone, stepsUntil } from './run.js';
import { TokenGaps } from './token-gaps.js';

/** What an instance needs of the factory around it. */
export interface InstanceHost {
  readonly events: EventQueue;
  readonly store: RequestStore;
  readonly recorder: Recorder;
  /** Longest answer a client of each class asks for. */
  readonly outputLimits: Float64Array;
  /** Steps a run may take at most: Infinity, or 1 in reference mode. */
  readonly stepLimit: number;
  /** A request has left `instance` for good, by `complete` or `reject`; its row is given back after this call. */
  requestEnded(row: number, instance: Instance): void;
  /** A prefill instance has computed a prompt; its KV cache waits for a place on a decode instance. */
  prefilled(row: number, instance: Instance): void;
  /** `instance` is at a step boundary and may be given requests that wait centrally. */
  refill(instance: Instance): void;
}

/**
 * One engine replica. It alternates between *boundaries*, where requests end, are admitted or are preempted, and *runs*
 * of equal steps between them. Time passes in runs, so the work per request does not grow with its tokens.
 */
export class Instance {
  readonly usage: InstanceUsage;
  readonly kv: KvCache;
  readonly queue = new RequestQueue();
  /** Blocks that the queued requests will take at admission. */
  queuedBlocks = 0;
  /** Decoding sequences and the tokens in their KV caches, at the last boundary. */
  decoding = 0;
  contextTokens = 0;
  /** Decode steps taken so far. */
  step = 0;
  /** Steps of any kind taken so far. */
  private boundary = 0;
  /** Requests whose KV cache is on its way here; they have their place in the batch already. */
  incoming = 0;
  /** KV blocks of requests that are not in the batch: on their way here, or handed over and not yet fetched. */
  blocksAside = 0;
  /** Requests whose KV cache has arrived since the last boundary. */
  private readonly landedRows: number[] = [];
  runStart = 0;
  /** Steps of the present run; 0 while idle. */
  runSteps = 0;
  runFirst = 0;
  runIncrement = 0;
  /** Sequences that gain a token per step of the present run. */
  runDecoding = 0;
  /** Prompt tokens of the present run; it then has one step. */
  runPrefillTokens = 0;
  private readonly finishes: FinishHeap;
  private readonly gaps = new TokenGaps();
  private readonly watermarkBlocks: number;
  private readonly batch: Batch;
  private readonly prefills: PrefillStep;

  constructor(
    readonly index: number,
    readonly timer: number,
    readonly pool: Pool,
    private readonly host: InstanceHost,
  ) {
    this.kv = new KvCache(pool.kvCapacityTokens, pool.blockTokens, pool.eviction === 'no-evict');
    this.usage = new InstanceUsage(host.recorder.warmupSeconds);
    this.finishes = new FinishHeap(host.store);
    this.batch = new Batch(host.store);
    this.prefills = new PrefillStep(host.store);
    this.watermarkBlocks = this.kv.reserves ? 0 : Math.floor(pool.watermark * this.kv.totalBlocks);
  }

  /** Requests in the batch: decoding and prefilling. */
  get running(): number {
    return this.batch.size;
  }

  /** Requests here: waiting, running, or with their KV cache on its way. */
  get load(): number {
    return this.queue.length + this.running + this.incoming + this.landedRows.length;
  }

  /** Whether the batch and those who wait for it fill all places. */
  get isFull(): boolean {
    return this.load >= this.pool.maxSequences;
  }

  /** KV blocks that `row` takes at its admission. */
  blocksAtAdmission(row: number): number {
    const { store, outputLimits } = this.host;
    let tokens = store.prefillTokens[row];
    if (this.kv.reserves) {
      // The last token of an answer is never fed back, so it needs no place in the cache.
      tokens = Math.max(tokens, store.inputTokens[row] + outputLimits[store.classIndex[row]] - 1);
    }
    return this.kv.blocksFor(tokens);
  }

  /** Whether `row` could be served here if it were alone. */
  canEverHold(row: number): boolean {
    const { store, outputLimits } = this.host;
    const growth = outputLimits[store.classIndex[row]] > 1 ? 1 : 0;
    return (
      Math.max(this.blocksAtAdmission(row), this.kv.blocksFor(store.inputTokens[row] + growth)) <= this.kv.totalBlocks
    );
  }

  /** Whether `row` would be admitted at the next boundary, after everything that waits here already. */
  hasRoom(row: number): boolean {
    if (this.isFull) return false;
    const ended =
      this.runDecoding === 0
        ? 0
        : stepsDone(this.runFirst, this.runIncrement, this.host.events.now - this.runStart, this.runSteps);
    const free = this.kv.freeBlocks - this.kv.blocksForSteps(this.step, ended, this.runDecoding) - this.queuedBlocks;
    return free - this.blocksAtAdmission(row) >= (this.load > 0 ? this.watermarkBlocks : 0);
  }

  /**
   * Whether a computed prompt could be fetched now: a place, and blocks that no step before the next boundary needs.
   */
  canReserve(row: number): boolean {
    if (this.isFull) return false;
    const steps = this.runSteps === 0 ? 0 : this.stepsUntilBoundary();
    const free = this.kv.freeBlocks - this.kv.blocksForSteps(this.step, steps, this.runDecoding) - this.queuedBlocks;
    return free - this.blocksAtAdmission(row) >= (this.load > 0 ? this.watermarkBlocks : 0);
  }

  /** Sets a place and memory aside for `row`, whose KV cache is about to be sent here. */
  reserve(row: number): void {
    const blocks = this.blocksAtAdmission(row);
    this.kv.take(blocks);
    this.blocksAside += blocks;
    this.incoming++;
    this.host.store.reservedBlocks[row] = blocks;
    if (this.runSteps > 1) this.cut(this.kv.stepsThatFit(this.step, this.runSteps, this.runDecoding));
  }

  /** The KV cache of `row` has arrived: it decodes from the next boundary on. */
  landed(row: number): void {
    this.incoming--;
    this.landedRows.push(row);
    if (this.runSteps === 0) this.wake();
    else this.cut(this.stepsUntilBoundary());
  }

  /** The KV cache of `row`, which was computed here, has been fetched. */
  release(row: number): void {
    const blocks = this.host.store.sourceBlocks[row];
    this.kv.give(blocks);
    this.blocksAside -= blocks;
    if (this.runSteps === 0 && this.queue.length > 0) this.wake();
  }

  /** Takes a request into the queue; cuts the present run at its next step boundary if it can be admitted there. */
  deliver(row: number): void {
    this.queue.pushBack(row);
    this.queuedBlocks += this.blocksAtAdmission(row);
    const { store } = this.host;
    store.readyBoundary[row] = 0;
    if (this.runSteps === 0) {
      this.wake();
      return;
    }
    const steps = this.stepsUntilBoundary() + this.pool.admissionSteps;
    store.readyBoundary[row] = this.boundary + steps;
    // Behind others that wait nothing can change before the run ends.
    if (steps >= this.runSteps || this.queue.length > 1) return;
    // Free memory only shrinks during a run, so whoever finds no room at that boundary finds none at a later one.
    if (this.obstacle(this.queuedBlocks, steps) !== WAITING_FOR.nothing) return;
    this.cut(steps);
  }

  /** Steps of the present run until the first boundary at or after now. */
  private stepsUntilBoundary(): number {
    const elapsed = this.host.events.now - this.runStart;
    return stepsUntil(this.runFirst, this.runIncrement, elapsed, this.runSteps);
  }

  /** Makes the present run end after `steps` steps, if it does not do so earlier. */
  private cut(steps: number): void {
    if (steps >= this.runSteps) return;
    const { events } = this.host;
    this.runSteps = steps;
    const end = this.runStart + runSeconds(this.runFirst, this.runIncrement, steps);
    events.set(this.timer, Math.max(end, events.now));
  }

  /** Lets an idle instance look at what it has. Whatever else happens at this very time comes first, and shares a batch. */
  private wake(): void {
    const { events } = this.host;
    if (!events.isSet(this.timer)) events.set(this.timer, events.now);
  }

  /** What keeps a request that needs `blocks` out of the batch `steps` decode steps from now. */
  private obstacle(blocks: number, steps: number): number {
    if (this.load - this.queue.length >= this.pool.maxSequences) return WAITING_FOR.place;
    const { kv, step, decoding } = this;
    let kept = 0;
    if (this.running > 0) {
      // Under chunked prefill the next step decodes too, and needs its own blocks.
      const nextStep = this.pool.batching === 'chunked-prefill' ? kv.blocksForSteps(step + steps, 1, decoding) : 0;
      kept = Math.max(this.watermarkBlocks, nextStep);
    }
    const free = kv.freeBlocks - kv.blocksForSteps(step, steps, decoding);
    return free - blocks < kept ? WAITING_FOR.memory : WAITING_FOR.nothing;
  }

  /** The timer went off: the present run ends, the next one begins. */
  onTimer(): void {
    const now = this.host.events.now;
    if (this.runSteps > 0) this.endRun(now);
    for (const row of this.landedRows) this.join(row);
    this.landedRows.length = 0;
    this.usage.blockedBy = WAITING_FOR.nothing;
    this.host.refill(this);
    this.beginRun(now);
  }

  /** The simulation ends at `now`: books the steps of the present run that have ended by then. */
  stop(now: number): void {
    if (this.runSteps === 0) return;
    const { runFirst, runIncrement, runStart } = this;
    const steps = stepsDone(runFirst, runIncrement, now - runStart, this.runSteps);
    const boundary = runStart + runSeconds(runFirst, runIncrement, steps);
    if (steps > 0) {
      this.runSteps = steps;
      this.endRun(boundary);
    }
    this.usage.addBusy(boundary, now);
  }

  /** Calls `visit` for every request in the batch, with the answer tokens it has produced. */
  forEachRunning(visit: (row: number, producedTokens: number) => void): void {
    this.batch.forEach((row) => {
      visit(row, this.produced(row));
    });
  }

  private endRun(now: number): void {
    const { store, recorder } = this.host;
    const steps = this.runSteps;
    const sequences = this.runDecoding;
    const skipped = this.stepsBeforeWindow(now);
    const growth = this.kv.reserves ? 0 : sequences;
    this.usage.addRun(this, now, skipped, this.kvTokens(), growth, this.runPrefillTokens);
    this.boundary += steps;
    if (sequences > 0) {
      this.kv.take(this.kv.blocksForSteps(this.step, steps, sequences));
      this.step += steps;
      this.contextTokens += sequences * steps;
      recorder.decoded(sequences * steps, sequences * (steps - skipped));
      this.gaps.record(recorder.itl, this, now, skipped);
      while (this.finishes.size > 0 && store.finishStep[this.finishes.top] <= this.step) {
        const row = this.finishes.top;
        this.stopDecoding(row);
        store.producedTokens[row] = store.outputTokens[row];
        this.complete(row, now);
      }
      this.gaps.settle(now, this.decoding);
    }
    if (this.runPrefillTokens > 0) {
      for (let row = this.prefills.takeFinished(); row >= 0; row = this.prefills.takeFinished()) {
        this.produceFirst(row, now);
      }
    }
    this.runSteps = 0;
    this.runDecoding = 0;
    this.runPrefillTokens = 0;
  }

  /** The last prompt token of `row` has been computed, which yields a token. */
  private produceFirst(row: number, now: number): void {
    const { store, recorder } = this.host;
    if (Number.isNaN(store.firstTokenSeconds[row])) {
      store.firstTokenSeconds[row] = now;
      recorder.firstToken(now, store.inputTokens[row]);
    } else {
      const inWindow = now >= recorder.warmupSeconds ? 1 : 0;
      recorder.decoded(1, inWindow);
      if (inWindow === 1) recorder.itl.add(now - store.stalledSinceSeconds[row]);
    }
    const produced = ++store.producedTokens[row];
    if (produced === store.outputTokens[row]) {
      this.kv.give(store.reservedBlocks[row]);
      this.complete(row, now);
    } else if (this.pool.role === 'prefill') {
      this.handOver(row);
    } else {
      this.startDecoding(row, now);
    }
  }

  /** A computed prompt leaves the batch and keeps its blocks until they are fetched. */
  private handOver(row: number): void {
    const { store } = this.host;
    this.batch.remove(row);
    store.sourceInstance[row] = this.index;
    store.sourceBlocks[row] = store.reservedBlocks[row];
    this.blocksAside += store.reservedBlocks[row];
    this.host.prefilled(row, this);
  }

  /** A request whose KV cache has arrived enters the batch. */
  private join(row: number): void {
    const { store } = this.host;
    this.blocksAside -= store.reservedBlocks[row];
    this.batch.add(row);
    this.startDecoding(row, store.firstTokenSeconds[row]);
  }

  /** `row`, whose prompt is in the cache, decodes from the next step on. */
  private startDecoding(row: number, lastTokenSeconds: number): void {
    const { store } = this.host;
    const context = store.prefillTokens[row];
    store.joinStep[row] = this.step;
    store.joinContext[row] = context;
    store.finishStep[row] = this.step + store.outputTokens[row] - store.producedTokens[row];
    this.finishes.push(row);
    this.kv.join(this.step, context);
    this.decoding++;
    this.contextTokens += context;
    this.gaps.join(lastTokenSeconds);
  }

  private beginRun(now: number): void {
    const preempted = this.makeRoomToDecode(now);
    // Whoever was preempted would take the room it has just made.
    const prefillTokens = preempted && this.running > 0 ? 0 : this.schedulePrefill(now);
    this.runStart = now;
    this.runPrefillTokens = prefillTokens;
    if (prefillTokens > 0) {
      this.runDecoding = this.pool.batching === 'chunked-prefill' ? this.decoding : 0;
      this.runSteps = 1;
      const context = this.runDecoding > 0 ? this.contextTokens : 0;
      this.runFirst = this.prefills.seconds(this.pool.steps, this.runDecoding, context, prefillTokens);
      this.runIncrement = 0;
    } else if (this.decoding > 0) {
      this.scheduleDecodes(preempted);
    } else {
      return; // idle, until a request is delivered
    }
    this.host.events.set(this.timer, now + runSeconds(this.runFirst, this.runIncrement, this.runSteps));
  }

  /** As many decode steps as can be taken without a look at the batch. */
  private scheduleDecodes(preempted: boolean): void {
    const { steps } = this.pool;
    const { decoding, contextTokens } = this;
    const piece = steps.piece(decoding, contextTokens);
    // What was preempted may come back at the next boundary.
    let limit = preempted ? 1 : this.host.stepLimit;
    limit = Math.min(limit, this.host.store.finishStep[this.finishes.top] - this.step);
    limit = Math.min(limit, this.stepsUntilAdmission());
    limit = Math.min(limit, Math.ceil((steps.pieceEndTokens(piece, decoding) - contextTokens) / decoding));
    this.runSteps = this.kv.stepsThatFit(this.step, limit, decoding);
    this.runFirst = steps.decodeSeconds(piece, decoding, contextTokens);
    this.runIncrement = steps.decodeSlope(piece, decoding) * decoding;
    this.runDecoding = decoding;
  }

  /** Steps until the first in the queue may be admitted; Infinity where that will not be before somebody leaves. */
  private stepsUntilAdmission(): number {
    if (this.queue.length === 0) return Number.POSITIVE_INFINITY;
    const row = this.queue.front;
    const steps = this.host.store.readyBoundary[row] - this.boundary;
    return steps > 0 && this.obstacle(this.blocksAtAdmission(row), steps) === WAITING_FOR.nothing
      ? steps
      : Number.POSITIVE_INFINITY;
  }

  /** Preempts the youngest requests until every decoding sequence can take one more token. Returns whether it did. */
  private makeRoomToDecode(now: number): boolean {
    let preempted = false;
    while (this.decoding > 0 && this.kv.stepsThatFit(this.step, 1, this.decoding) < 1) {
      if (this.running === 1 && this.blocksAside === 0) {
        this.reject(this.batch.youngest, now);
      } else {
        this.preempt(this.batch.youngest, now);
        this.usage.blockedBy = WAITING_FOR.memory;
        preempted = true;
      }
    }
    return preempted;
  }

  /** Fills the step with prompt tokens, admitting requests in order of their queue; returns how many tokens. */
  private schedulePrefill(now: number): number {
    const { store } = this.host;
    const chunked = this.pool.batching === 'chunked-prefill';
    let budget = this.pool.maxBatchedTokens - (chunked ? this.decoding : 0);
    let tokens = this.prefills.resume(budget);
    budget -= tokens;
    while (this.queue.length > 0) {
      const row = this.queue.front;
      if (store.readyBoundary[row] > this.boundary && this.running > 0) break;
      const prompt = store.prefillTokens[row];
      // Without chunking a prompt is computed whole, and one that exceeds the budget goes alone.
      if (budget <= 0 || (!chunked && tokens > 0 && prompt > budget)) {
        this.usage.blockedBy = WAITING_FOR.budget;
        break;
      }
      const blocks = this.blocksAtAdmission(row);
      const obstacle = this.obstacle(blocks, 0);
      if (obstacle !== WAITING_FOR.nothing) {
        this.usage.blockedBy = obstacle;
        break;
      }
      this.admit(row, blocks, now);
      const chunk = chunked ? Math.min(prompt, budget) : prompt;
      this.prefills.add(row, chunk);
      tokens += chunk;
      budget -= chunk;
    }
    return tokens;
  }

  private admit(row: number, blocks: number, now: number): void {
    const { store, recorder } = this.host;
    this.queue.popFront();
    this.queuedBlocks -= blocks;
    this.kv.take(blocks);
    store.reservedBlocks[row] = blocks;
    if (Number.isNaN(store.admittedSeconds[row])) store.admittedSeconds[row] = now;
    recorder.leaveQueue(now);
    this.batch.add(row);
  }

  private stopDecoding(row: number): void {
    const { store } = this.host;
    const context = store.joinContext[row] + (this.step - store.joinStep[row]);
    this.finishes.remove(row);
    this.kv.leave(store.joinStep[row], store.joinContext[row]);
    this.kv.give(this.kv.reserves ? store.reservedBlocks[row] : this.kv.blocksFor(context));
    this.decoding--;
    this.contextTokens -= context;
  }

  /** Takes `row` out of the batch before its answer is complete, with everything it holds. */
  private evict(row: number): void {
    const { store } = this.host;
    if (store.heapPosition[row] >= 0) {
      store.producedTokens[row] = this.produced(row);
      store.stalledSinceSeconds[row] = this.gaps.leave();
      this.stopDecoding(row);
    } else {
      // Between steps the only request that is still prefilling is the unfinished one.
      this.prefills.clear();
      this.kv.give(store.reservedBlocks[row]);
    }
    this.batch.remove(row);
  }

  private preempt(row: number, now: number): void {
    const { store } = this.host;
    this.evict(row);
    store.preemptions[row]++;
    store.prefillTokens[row] = store.inputTokens[row] + store.producedTokens[row];
    store.prefillDone[row] = 0;
    store.readyBoundary[row] = 0;
    this.queue.pushFront(row);
    this.queuedBlocks += this.blocksAtAdmission(row);
    this.host.recorder.returnToQueue(now);
  }

  /** A request that is alone and still outgrows the cache can never be completed. */
  private reject(row: number, now: number): void {
    const { store, recorder } = this.host;
    this.evict(row);
    recorder.unfinished(
      'rejected',
      store.id[row],
      store.classIndex[row],
      this.index,
      store.arrivalSeconds[row],
      store.admittedSeconds[row],
      store.firstTokenSeconds[row],
      now,
      store.inputTokens[row],
      store.producedTokens[row],
      store.preemptions[row],
    );
    this.host.requestEnded(row, this);
  }

  private complete(row: number, now: number): void {
    const { store, recorder } = this.host;
    this.batch.remove(row);
    recorder.complete(
      store.id[row],
      store.classIndex[row],
      this.index,
      store.arrivalSeconds[row],
      store.admittedSeconds[row],
      store.firstTokenSeconds[row],
      now,
      store.inputTokens[row],
      store.outputTokens[row],
      store.preemptions[row],
    );
    this.host.requestEnded(row, this);
  }

  private produced(row: number): number {
    const { store } = this.host;
    if (store.heapPosition[row] < 0) return store.producedTokens[row];
    return store.outputTokens[row] - (store.finishStep[row] - this.step);
  }

  /** Steps of the present run that ended before the measured window. */
  private stepsBeforeWindow(now: number): number {
    const warmup = this.host.recorder.warmupSeconds;
    if (this.runStart >= warmup) return 0;
    if (now <= warmup) return this.runSteps;
    return stepsDone(this.runFirst, this.runIncrement, warmup - this.runStart, this.runSteps);
  }

  /** Tokens of KV cache that the batch holds at the start of the present run. */
  private kvTokens(): number {
    return this.kv.reserves
      ? (this.kv.totalBlocks - this.kv.freeBlocks - this.blocksAside) * this.kv.blockTokens
      : this.contextTokens + this.prefills.heldTokens;
  }
}
