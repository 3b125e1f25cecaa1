import type { EventQueue } from '../engine/event-queue.js';
import type { Recorder } from '../metrics/recorder.js';
import type { Acceptance } from './acceptance.js';
import { Admission } from './admission.js';
import { Batch } from './batch.js';
import { Decoding } from './decoding.js';
import { InstanceUsage, WAITING_FOR } from './instance-usage.js';
import { KvCache } from './kv-cache.js';
import { Landing } from './landing.js';
import { LIFE, LifeCycle } from './life-cycle.js';
import type { Pool } from './pool.js';
import { PrefillStep } from './prefill-step.js';
import { PrefixCache, type PrefixListener } from './prefix-cache.js';
import type { PrefixChains } from './prefix-chains.js';
import type { RequestStore } from './request-store.js';
import type { KvAware } from './routers/kv-aware.js';
import { runSeconds, stepsDone, stepsUntil } from './run.js';
import type { Tier, TierSpec } from './tier.js';
import { Tiers } from './tiers.js';
import type { Timeline } from './timeline.js';

/** What an instance needs of the factory around it. */
export interface InstanceHost {
  readonly events: EventQueue;
  readonly store: RequestStore;
  readonly recorder: Recorder;
  /** Longest answer a client of each class asks for. */
  readonly outputLimits: Float64Array;
  /** Priority of each class: higher ones go first where the order says so. */
  readonly priorities: Float64Array;
  /** Keeps what happens, where somebody wants to see it. */
  readonly timeline: Timeline | undefined;
  /** What prompts have in common; undefined where no pool caches prefixes. */
  readonly chains: PrefixChains | undefined;
  /** Tiers that several instances share. */
  readonly sharedTiers: Map<TierSpec, Tier>;
  /** The router, where it counts prompts that are not computed yet. */
  readonly kvRouter: KvAware | undefined;
  /** Who hears what instance `index` caches. */
  prefixListener(index: number): PrefixListener | undefined;
  /** Of the pools that decode speculatively. */
  readonly acceptances: ReadonlyMap<Pool, Acceptance>;
  /** Steps a run may take at most: Infinity, or 1 in reference mode. */
  readonly stepLimit: number;
  /** A request has left `instance` for good, by `complete` or `reject`; its row is given back after this call. */
  requestEnded(row: number, instance: Instance): void;
  /** A prefill instance has computed a prompt; its KV cache waits for a place on a decode instance. */
  prefilled(row: number, instance: Instance): void;
  /** `row`, whose user has left, is at a step boundary of its instance and can be taken out. */
  cancelled(row: number): void;
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
  readonly admission: Admission;
  readonly decoding: Decoding;
  readonly landing: Landing;
  readonly batch: Batch;
  readonly prefills: PrefillStep;
  /** Undefined where prefixes are not cached. */
  readonly prefixes: PrefixCache | undefined;
  readonly life: LifeCycle;
  /** Requests of the batch whose users have left; they are taken out at the next boundary. */
  private readonly leaving: number[] = [];
  /** Steps take this many times as long as they should: above 1 on a straggler. */
  private slowdown = 1;
  /** What it does now: that of its pool, until a role switch changes it. */
  role: Pool['role'];
  /** It was told to change its role, and serves only what it has. */
  isLeaving = false;
  /** Steps of any kind taken so far. */
  boundary = 0;
  runStart = 0;
  /** Steps of the present run; 0 while idle. */
  runSteps = 0;
  runFirst = 0;
  runIncrement = 0;
  /** Sequences that gain a token per step of the present run. */
  runDecoding = 0;
  /** Seconds that the present run would take without its prompts; 0 where it decodes nothing or has none. */
  runDecodeSeconds = 0;
  /** Prompt tokens of the present run; it then has one step. */
  runPrefillTokens = 0;
  /** Tokens in the KV cache at its start, shared ones once; kept up where prefixes are cached. */
  private runKvTokens = 0;

  constructor(
    readonly index: number,
    readonly timer: number,
    readonly pool: Pool,
    private readonly host: InstanceHost,
  ) {
    const { store, recorder } = host;
    this.kv = new KvCache(pool.kvCapacityTokens, pool.blockTokens, pool.eviction === 'no-evict');
    if (pool.prefixCaching === true && host.chains !== undefined) {
      const { tiers: specs = [], steps, blockTokens } = pool;
      const tiers =
        specs.length === 0 ? undefined : new Tiers(specs, host.sharedTiers, steps, store, host.chains, blockTokens);
      this.prefixes = new PrefixCache(this.kv, store, host.chains, host.prefixListener(index), tiers);
      this.kv.prefixes = this.prefixes;
    }
    this.usage = new InstanceUsage(recorder.warmupSeconds);
    this.life = new LifeCycle(recorder.warmupSeconds);
    this.decoding = new Decoding(store, this.kv, host.acceptances.get(pool));
    this.landing = new Landing(store, this.kv);
    this.batch = new Batch(store);
    this.prefills = new PrefillStep(store);
    this.admission = new Admission(this, host);
    this.role = pool.role;
  }

  /** Requests in the batch: decoding and prefilling. */
  get running(): number {
    return this.batch.size;
  }

  /** Requests that wait to be admitted. */
  get waiting(): number {
    return this.admission.waiting;
  }

  /** Requests here: waiting, running, or with their KV cache on its way. */
  get load(): number {
    return this.waiting + this.running + this.landing.requests;
  }

  /** Whether it takes new requests. */
  get isActive(): boolean {
    return this.life.state === LIFE.active && !this.isLeaving;
  }

  /** Whether no request needs it, not even for a KV cache that has not been fetched. */
  get isEmpty(): boolean {
    return this.load === 0 && this.landing.isEmpty;
  }

  /** Whether it was told to stop and has nothing left to do. */
  get hasDrained(): boolean {
    return this.life.state === LIFE.draining && this.isEmpty;
  }

  /** Whether the batch and those who wait for it fill all places. */
  get isFull(): boolean {
    return this.load >= this.pool.maxSequences;
  }

  /** Sets a place and memory aside for `row`, whose KV cache is about to be sent here; returns its tokens that are here. */
  reserve(row: number): number {
    const { prefixes, landing } = this;
    const blocks = this.admission.blocks(row);
    let found = 0;
    if (prefixes === undefined) {
      landing.reserve(row, blocks);
    } else {
      this.settle();
      prefixes.lookUp(row);
      prefixes.use(row);
      found = prefixes.tokensFound;
      landing.reserve(row, blocks - this.host.store.sharedBlocks[row]);
    }
    const { runSteps, runDecoding } = this;
    if (runSteps > 1) this.cut(this.decoding.stepsThatFit(runSteps, runDecoding));
    return found;
  }

  /**
   * Before memory changes hands in the middle of a run: notes what its steps have taken so far, evicts what they need up to the
   * next boundary, as steps taken one by one would have, and lets the run end there.
   */
  private settle(): void {
    const { prefixes, decoding, runDecoding } = this;
    if (this.runSteps === 0) return;
    this.kv.note(this.admission.blocksOfSteps);
    if (prefixes === undefined) return;
    const steps = this.stepsUntilBoundary();
    prefixes.evictUntilFree(decoding.blocksOver(decoding.step, steps, runDecoding));
    this.cut(steps);
  }

  /** The KV cache of `row` has arrived: it decodes from the next boundary on. */
  landed(row: number): void {
    this.landing.land(row);
    this.host.store.instance[row] = this.index;
    this.interrupt();
  }

  /** The KV cache of `row` will not come after all. */
  unreserve(row: number): void {
    this.settle();
    this.landing.unreserve(row);
    this.interrupt();
  }

  /** From the next boundary on steps take `factor` times as long as they should. */
  setSlowdown(factor: number): void {
    this.slowdown = factor;
    this.host.timeline?.slowed(this, factor, this.host.events.now);
    if (this.runSteps > 0) this.cut(this.stepsUntilBoundary());
  }

  /**
   * The user of `row` has left. Whoever waits goes at once; whoever is in the batch goes at the next boundary, by
   * `cancelled` of the host.
   *
   * @returns where it was
   */
  cancel(row: number): 'waiting' | 'landed' | 'running' {
    this.settle();
    this.interrupt();
    if (this.admission.remove(row)) return 'waiting';
    if (this.landing.remove(row)) return 'landed';
    this.leaving.push(row);
    return 'running';
  }

  /** Takes `row` out of the batch for good, at a step boundary. */
  takeOut(row: number): void {
    this.evict(row, this.host.events.now);
  }

  /**
   * The hardware fails: the steps that have ended are booked, the one under way and all memory are lost.
   *
   * @param lost gets each request, first those in the batch, oldest first, then those that wait, as they came
   */
  fail(lost: (row: number, waited: boolean) => void): void {
    const { admission, batch, landing } = this;
    this.stop(this.host.events.now);
    this.host.events.off(this.timer);
    this.leaving.length = 0;
    const rows: number[] = [];
    while (batch.size > 0) {
      rows.push(batch.youngest);
      this.evict(batch.youngest, this.host.events.now);
    }
    rows.reverse();
    for (const row of rows) lost(row, false);
    for (let row = landing.pop(); row >= 0; row = landing.pop()) lost(row, false);
    this.prefixes?.clear();
    for (const row of admission.takeAll()) lost(row, true);
  }

  /** The KV cache of `row`, which was computed here, has been fetched. */
  release(row: number): void {
    this.settle();
    this.landing.release(row);
    if (this.runSteps === 0 && this.waiting > 0) this.wake();
  }

  /** Takes a request into the queue; cuts the present run at its next step boundary if it can be admitted there. */
  deliver(row: number): void {
    const { admission } = this;
    const { store, events } = this.host;
    const steps = this.runSteps === 0 ? 0 : this.stepsUntilBoundary() + this.stepsPassed;
    store.instance[row] = this.index;
    store.readyBoundary[row] = steps === 0 ? 0 : this.boundary + steps;
    if (admission.batch !== undefined) store.queuedSeconds[row] = events.now;
    admission.enqueue(row);
    this.host.timeline?.enter(row, 'queued', this.index, events.now);
    if (steps === 0) {
      this.wake();
      return;
    }
    if (steps >= this.runSteps || !admission.isNext(row)) return;
    // Free memory only shrinks during a run, so whoever finds no room at that boundary finds none at a later one.
    if (admission.obstacle(row, steps) !== WAITING_FOR.nothing) return;
    this.cut(steps);
  }

  /**
   * Steps that a busy engine lets pass before it looks at a new request. They are decode steps: an instance that only computes prompts,
   * whose steps are a hundred times as long, looks after each.
   */
  private get stepsPassed(): number {
    return this.role === 'prefill' ? 0 : this.pool.admissionSteps;
  }

  /** Steps of the present run until the first boundary at or after now. */
  stepsUntilBoundary(): number {
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

  /** Something has changed: the instance looks at what it has, at once or at the next boundary. */
  private interrupt(): void {
    if (this.runSteps === 0) this.wake();
    else this.cut(this.stepsUntilBoundary());
  }

  /** Lets an idle instance look at what it has. Whatever else happens at this very time comes first, and shares a batch. */
  private wake(): void {
    const { events } = this.host;
    // The timer of a batch that is being collected is set to the end of its patience.
    if (!events.isSet(this.timer) || this.admission.batch !== undefined) events.set(this.timer, events.now);
  }

  /** The timer went off: the present run ends, the next one begins. */
  onTimer(): void {
    const now = this.host.events.now;
    if (this.runSteps > 0) this.endRun(now);
    if (this.leaving.length > 0) this.letGo();
    this.takeLanded(now);
    this.usage.blockedBy = WAITING_FOR.nothing;
    this.host.refill(this);
    this.beginRun(now);
    this.host.timeline?.sample(this, now);
  }

  /** The simulation ends at `now`. */
  close(now: number): void {
    this.stop(now);
    this.forEachRunning((row, tokens) => {
      if (this.decoding.has(row)) this.bookTokens(row, tokens, now);
    });
  }

  /** Books the steps of the present run that have ended by `now`, and forgets the rest of it. */
  private stop(now: number): void {
    if (this.runSteps === 0) return;
    const { runFirst, runIncrement, runStart } = this;
    const steps = stepsDone(runFirst, runIncrement, now - runStart, this.runSteps);
    const boundary = runStart + runSeconds(runFirst, runIncrement, steps);
    if (steps > 0) {
      this.runSteps = steps;
      this.endRun(boundary);
    }
    this.usage.addBusy(boundary, now);
    this.clearRun();
  }

  private clearRun(): void {
    this.runSteps = 0;
    this.runDecoding = 0;
    this.runPrefillTokens = 0;
  }

  private letGo(): void {
    const { store } = this.host;
    // A request that ended with this run has given its row back, which nobody else can have taken yet.
    for (const row of this.leaving) if (store.id[row] >= 0) this.host.cancelled(row);
    this.leaving.length = 0;
  }

  /** Calls `visit` for every request in the batch, with the answer tokens it has produced. */
  forEachRunning(visit: (row: number, producedTokens: number) => void): void {
    this.batch.forEach((row) => {
      visit(row, this.decoding.produced(row));
    });
  }

  private endRun(now: number): void {
    const { store, recorder } = this.host;
    const steps = this.runSteps;
    const sequences = this.runDecoding;
    const skipped = this.stepsBeforeWindow(now);
    this.host.timeline?.ran(this, now);
    const growth = this.kv.reserves ? 0 : sequences * this.decoding.tokensPerStep;
    this.usage.addRun(this, now, skipped, this.kvTokens(), growth, this.runPrefillTokens);
    this.boundary += steps;
    if (sequences > 0) {
      const { decoding } = this;
      const tokens = decoding.tokensOver(decoding.step, steps);
      const before = skipped === 0 ? 0 : decoding.tokensOver(decoding.step, skipped);
      recorder.decoded(sequences * tokens, sequences * (tokens - before));
      decoding.advance(steps);
      decoding.gaps.record(recorder.itl, this, now, skipped);
      for (let row = decoding.finished; row >= 0; row = decoding.finished) {
        this.bookTokens(row, store.outputTokens[row], now);
        decoding.stop(row);
        store.producedTokens[row] = store.outputTokens[row];
        this.complete(row, now);
      }
      decoding.gaps.settle(now, decoding.sequences);
    }
    if (this.runPrefillTokens > 0) {
      for (let row = this.prefills.takeFinished(); row >= 0; row = this.prefills.takeFinished()) {
        this.prefixes?.computed(row, store.prefillTokens[row]);
        this.produceFirst(row, now);
      }
      const row = this.prefills.unfinishedRow;
      if (row >= 0) this.prefixes?.computed(row, store.prefillDone[row]);
    }
    this.clearRun();
  }

  /** `row`, which decodes, has produced `tokens`: books what speculation has given it beyond the average, or less. */
  private bookTokens(row: number, tokens: number, now: number): void {
    if (this.decoding.tokensPerStep === 1) return;
    const { recorder } = this.host;
    const beyond = tokens - this.decoding.booked(row);
    if (beyond !== 0) recorder.decoded(beyond, now >= recorder.warmupSeconds ? beyond : 0);
  }

  /** The last prompt token of `row` has been computed, which yields a token. */
  private produceFirst(row: number, now: number): void {
    const { store, recorder, kvRouter } = this.host;
    if (kvRouter !== undefined) kvRouter.computed(row);
    const first = Number.isNaN(store.firstTokenSeconds[row]);
    if (first && this.role === 'prefill' && store.outputTokens[row] > 1) {
      this.handOver(row, now);
      return;
    }
    if (first) this.deliverFirst(row, now);
    else {
      store.producedTokens[row]++;
      const inWindow = now >= recorder.warmupSeconds ? 1 : 0;
      recorder.decoded(1, inWindow);
      if (inWindow === 1) recorder.itl.add(now - store.stalledSinceSeconds[row]);
    }
    const produced = store.producedTokens[row];
    if (produced === store.outputTokens[row]) {
      this.kv.give(store.reservedBlocks[row]);
      this.prefixes?.leave(row);
      this.complete(row, now);
    } else if (this.role === 'prefill') {
      this.handOver(row, now);
    } else {
      this.host.timeline?.enter(row, 'decode', this.index, now);
      this.decoding.start(row, now);
    }
  }

  /** The first token of `row` reaches its user. */
  private deliverFirst(row: number, now: number): void {
    const { store, recorder } = this.host;
    store.firstTokenSeconds[row] = now;
    store.producedTokens[row]++;
    recorder.firstToken(now, store.inputTokens[row]);
  }

  /**
   * `row`, whose prompt is computed, leaves for a decode instance. Whoever decodes streams the answer, so its first token reaches
   * the user with the KV cache: when the request enters the batch over there.
   */
  private handOver(row: number, now: number): void {
    this.batch.remove(row);
    this.host.store.stalledSinceSeconds[row] = now;
    this.landing.keep(row, this.index);
    this.host.timeline?.enter(row, 'waits for decode', this.index, now);
    this.host.prefilled(row, this);
  }

  /** Requests whose KV caches have arrived enter the batch. */
  private takeLanded(now: number): void {
    const { landing, decoding, batch } = this;
    const { store } = this.host;
    // To empty a list that is empty takes time too.
    if (landing.landed.length === 0) return;
    for (const row of landing.landed) {
      this.host.timeline?.enter(row, 'decode', this.index, now);
      landing.join(row);
      batch.add(row);
      const first = Number.isNaN(store.firstTokenSeconds[row]);
      if (first) this.deliverFirst(row, now);
      decoding.start(row, first ? now : store.stalledSinceSeconds[row]);
    }
    landing.landed.length = 0;
  }

  private beginRun(now: number): void {
    const preempted = this.makeRoomToDecode(now);
    // Whoever was preempted would take the room it has just made. Where nobody decodes, prompts that have begun go on.
    const prefillTokens = preempted && this.decoding.sequences > 0 ? 0 : this.admission.schedulePrefill(now);
    this.runStart = now;
    this.runPrefillTokens = prefillTokens;
    if (this.prefixes !== undefined) this.runKvTokens = this.kvTokensNow();
    if (prefillTokens > 0) {
      this.runDecoding = this.pool.batching === 'chunked-prefill' ? this.decoding.sequences : 0;
      this.runSteps = 1;
      const context = this.runDecoding > 0 ? this.decoding.contextTokens : 0;
      this.runFirst = this.slowdown * this.prefills.seconds(this.pool.steps, this.runDecoding, context, prefillTokens);
      const loadedAt = this.prefixes?.tiers?.loadedAt ?? 0;
      if (loadedAt > now) this.runFirst = Math.max(this.runFirst, loadedAt - now);
      this.runDecodeSeconds = this.slowdown * this.decodeSeconds(this.runDecoding, context);
      this.runIncrement = 0;
    } else if (this.decoding.sequences > 0) {
      this.scheduleDecodes(preempted);
    } else {
      // Idle, until a request is delivered or a batch that is being collected is due.
      const { batch } = this.admission;
      if (batch !== undefined && batch.deadline > now) this.host.events.set(this.timer, batch.deadline);
      return;
    }
    this.host.events.set(this.timer, now + runSeconds(this.runFirst, this.runIncrement, this.runSteps));
  }

  /** Seconds of a step that only decodes; 0 where nothing does. */
  private decodeSeconds(sequences: number, contextTokens: number): number {
    const { steps } = this.pool;
    return sequences === 0 ? 0 : steps.decodeSeconds(steps.piece(sequences, contextTokens), sequences, contextTokens);
  }

  /** As many decode steps as can be taken without a look at the batch. */
  private scheduleDecodes(preempted: boolean): void {
    const { steps } = this.pool;
    const { sequences, contextTokens, stepsToFinish, tokensPerStep } = this.decoding;
    const piece = steps.piece(sequences, contextTokens);
    // What was preempted may come back at the next boundary.
    let limit = preempted ? 1 : this.host.stepLimit;
    limit = Math.min(limit, stepsToFinish);
    limit = Math.min(limit, this.admission.stepsUntilAdmission());
    limit = Math.min(
      limit,
      Math.ceil((steps.pieceEndTokens(piece, sequences) - contextTokens) / (sequences * tokensPerStep)),
    );
    this.runSteps = this.decoding.stepsThatFit(limit, sequences);
    this.runFirst = this.slowdown * steps.decodeSeconds(piece, sequences, contextTokens);
    this.runIncrement = this.slowdown * steps.decodeSlope(piece, sequences) * sequences * tokensPerStep;
    this.runDecoding = sequences;
  }

  /** Preempts the youngest requests until every decoding sequence can take one more token. Returns whether it did. */
  private makeRoomToDecode(now: number): boolean {
    const { decoding } = this;
    let preempted = false;
    while (decoding.sequences > 0 && decoding.stepsThatFit(1, decoding.sequences) < 1) {
      if (this.running === 1 && this.landing.isEmpty) {
        this.reject(this.batch.youngest, now);
      } else {
        this.preempt(this.batch.youngest, now);
        this.usage.blockedBy = WAITING_FOR.memory;
        preempted = true;
      }
    }
    return preempted;
  }

  /** Takes `row` out of the batch before its answer is complete, with everything it holds. */
  private evict(row: number, now: number): void {
    const { store } = this.host;
    const { decoding } = this;
    if (decoding.has(row)) {
      const produced = decoding.produced(row);
      this.bookTokens(row, produced, now);
      store.producedTokens[row] = produced;
      store.stalledSinceSeconds[row] = decoding.gaps.leave(this.decodingAfter(row));
      decoding.stop(row);
    } else {
      this.prefills.remove(row);
      this.kv.give(store.reservedBlocks[row]);
      this.prefixes?.leave(row);
    }
    this.batch.remove(row);
  }

  /** Decoding sequences that joined the batch after `row`. */
  private decodingAfter(row: number): number {
    const { next } = this.host.store;
    let count = 0;
    for (let other = next[row]; other >= 0; other = next[other]) if (this.decoding.has(other)) count++;
    return count;
  }

  private preempt(row: number, now: number): void {
    const { store } = this.host;
    this.evict(row, now);
    store.preemptions[row]++;
    store.prefillTokens[row] = store.inputTokens[row] + store.producedTokens[row];
    store.prefillDone[row] = 0;
    store.readyBoundary[row] = 0;
    this.admission.requeue(row);
    this.host.recorder.returnToQueue(now);
    this.host.timeline?.enter(row, 'preempted', this.index, now);
  }

  /** A request that is alone and still outgrows the cache can never be completed. */
  private reject(row: number, now: number): void {
    const { store, recorder } = this.host;
    this.evict(row, now);
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
      store.cachedTokens[row],
    );
    this.host.requestEnded(row, this);
  }

  /** Steps of the present run that ended before the measured window. */
  private stepsBeforeWindow(now: number): number {
    const warmup = this.host.recorder.warmupSeconds;
    if (this.runStart >= warmup) return 0;
    if (now <= warmup) return this.runSteps;
    return stepsDone(this.runFirst, this.runIncrement, warmup - this.runStart, this.runSteps);
  }

  /** Tokens of KV cache that the batch held at the start of the present run. */
  kvTokens(): number {
    // Shared prefixes change hands in the middle of a run too.
    return this.prefixes === undefined ? this.kvTokensNow() : this.runKvTokens;
  }

  private kvTokensNow(): number {
    const { kv, prefixes } = this;
    if (kv.reserves) return (kv.totalBlocks - kv.freeBlocks - this.landing.blocks) * kv.blockTokens;
    const held = this.decoding.contextTokens + this.prefills.heldTokens;
    if (prefixes === undefined) return held;
    return held + (prefixes.referencedBlocks - prefixes.sharedByBatch) * kv.blockTokens;
  }
}
