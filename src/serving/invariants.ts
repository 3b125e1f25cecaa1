import type { RequestRecord } from '../metrics/recorder.js';
import type { Factory } from './factory.js';
import type { Instance } from './instance.js';
import { LIFE, LIFE_STATES } from './life-cycle.js';
import type { PrefixCache } from './prefix-cache.js';
import { PLACE } from './request-store.js';

/** The laws that every run obeys, by name; see docs/model.md. */
export type Invariant =
  | 'conservation'
  | 'causality'
  | 'clock'
  | 'memory'
  | 'physics'
  | 'work-conserving'
  | 'fairness'
  | 'Little';

/** Thrown when a law is broken: a defect of goodput, never of a scenario. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';

  constructor(
    readonly invariant: Invariant,
    detail: string,
  ) {
    super(`invariant "${invariant}" is broken: ${detail}`);
  }
}

/** The users of prefixes are counted every so many events. */
const PREFIX_CHECK_EVENTS = 64;

function demand(holds: boolean, invariant: Invariant, detail: () => string): void {
  if (!holds) throw new InvariantViolation(invariant, detail());
}

/**
 * Checks the laws while a run goes on. Give it to the factory as `checker`, and `onRecord` to the recorder. It looks at
 * the factory from outside and counts for itself, so that a slip in the book-keeping shows.
 */
export class InvariantChecker {
  private prefixChecks = 0;
  private lastSeconds = 0;
  private records = 0;
  private recordedTokens = 0;

  /** conservation, causality: every request ends exactly once, and its times are in order. */
  readonly onRecord = (record: RequestRecord): void => {
    this.records++;
    this.recordedTokens += record.outputTokens;
    const { arrivalSeconds, admittedSeconds, firstTokenSeconds, endSeconds } = record;
    const times = [arrivalSeconds, admittedSeconds, firstTokenSeconds, endSeconds].filter(
      (time) => !Number.isNaN(time),
    );
    demand(
      times.every((time, i) => i === 0 || times[i - 1] <= time),
      'causality',
      () => `request ${record.id}: arrival, admission, first token, end at ${times.join(', ')} s`,
    );
    if (record.outcome === 'completed') {
      demand(times.length === 4, 'causality', () => `request ${record.id} completed without all of its times`);
    }
  };

  /** clock, memory, physics, work-conserving: after every event, at the instance where it happened (if at one). */
  afterEvent(factory: Factory, instance: Instance | undefined): void {
    const now = factory.events.now;
    demand(now >= this.lastSeconds, 'clock', () => `from ${this.lastSeconds} back to ${now} s`);
    this.lastSeconds = now;
    if (instance !== undefined) {
      this.checkMemory(factory, instance);
      this.checkStep(instance, now);
      this.checkIdle(factory, instance);
    } else if (factory.control !== undefined) {
      for (const one of factory.instances) this.checkLife(factory, one);
    }
  }

  /** conservation, Little, memory, fairness: when the run has ended. */
  atEnd(factory: Factory): void {
    const { recorder, instances } = factory;
    const { arrivals } = factory;
    demand(
      recorder.arrivedTotal === arrivals && this.records === arrivals && recorder.endedTotal === arrivals,
      'conservation',
      () => `${arrivals} arrivals at the source, ${recorder.arrivedTotal} recorded, ${this.records} outcomes`,
    );
    demand(
      recorder.producedTotal === recorder.deliveredTotal + recorder.discardedTotal &&
        recorder.producedTotal === this.recordedTokens + recorder.discardedTotal,
      'conservation',
      () => `${recorder.producedTotal} tokens produced step by step, ${this.recordedTokens} in the records`,
    );
    for (const of of recorder.classes) {
      demand(
        of.arrived === of.completed + of.rejected + of.cancelled + of.failed + of.inFlight &&
          of.inputArrived ===
            of.inputCompleted + of.inputRejected + of.inputCancelled + of.inputFailed + of.inputInFlight,
        'conservation',
        () => `${of.arrived} arrived, ${of.completed} completed, ${of.rejected} rejected, ${of.inFlight} in flight`,
      );
    }
    demand(
      Math.abs(recorder.requestSeconds - recorder.sojournSeconds) <= 1e-9 * Math.max(recorder.sojournSeconds, 1),
      'Little',
      () => `${recorder.requestSeconds} request-seconds in the system, ${recorder.sojournSeconds} summed over requests`,
    );
    if (factory.control !== undefined) this.checkGpuSeconds(factory);
    if (!factory.drained) return;
    for (const instance of instances) {
      const { freeBlocks, totalBlocks } = instance.kv;
      demand(freeBlocks === totalBlocks, 'memory', () => `${totalBlocks - freeBlocks} KV blocks leaked`);
    }
    demand(factory.store.inUse === 0, 'conservation', () => 'requests left behind at the end');
    this.checkFairness(factory);
  }

  private checkMemory(factory: Factory, instance: Instance): void {
    const { kv } = instance;
    const { store } = factory;
    let held = instance.landing.blocks + (instance.prefixes?.referencedBlocks ?? 0);
    instance.forEachRunning((row) => {
      const decoding = instance.decoding.has(row) && !kv.reserves;
      held += decoding
        ? kv.blocksFor(instance.decoding.heldTokens(row)) - store.sharedBlocks[row]
        : store.reservedBlocks[row];
    });
    demand(
      kv.freeBlocks >= 0 && held === kv.totalBlocks - kv.freeBlocks,
      'memory',
      () => `instance ${instance.index}: ${kv.freeBlocks} of ${kv.totalBlocks} blocks free, ${held} held`,
    );
    if (instance.prefixes !== undefined) this.checkPrefixes(factory, instance, instance.prefixes);
  }

  /** Every so often: units in use have as many users as requests that name them, and blocks once each. */
  private checkPrefixes({ store, chains }: Factory, { index, kv }: Instance, prefixes: PrefixCache): void {
    demand(
      kv.evictableBlocks >= 0 && kv.evictableBlocks <= kv.freeBlocks,
      'memory',
      () => `instance ${index}: ${kv.evictableBlocks} blocks evictable, ${kv.freeBlocks} free`,
    );
    if (chains === undefined || this.prefixChecks++ % PREFIX_CHECK_EVENTS !== 0) return;
    const named = new Map<number, number>();
    const add = (slots: Int32Array, start: number, length: number) => {
      for (let i = start; i < start + length; i++) named.set(slots[i], (named.get(slots[i]) ?? 0) + 1);
    };
    store.forEach((row) => {
      const start = store.chainStart[row];
      const target = store.instance[row] === PLACE.underWay ? store.targetInstance[row] : store.instance[row];
      if (target === index) add(chains.slots, start, store.chainLength[row]);
      if (store.sourceInstance[row] === index) add(chains.sourceSlots, start, store.sourceChainLength[row]);
    });
    let blocks = 0;
    prefixes.forEachInUse((slot, users, size) => {
      blocks += size;
      demand(users === named.get(slot), 'memory', () => `a prefix has ${users} users, ${named.get(slot)} name it`);
    });
    demand(
      blocks === prefixes.referencedBlocks,
      'memory',
      () => `${prefixes.referencedBlocks} blocks of prefixes in use, ${blocks} counted`,
    );
  }

  private checkStep(instance: Instance, now: number): void {
    if (instance.runSteps === 0) return;
    demand(instance.runFirst > 0 && instance.runIncrement >= 0, 'clock', () => `a step of ${instance.runFirst} s`);
    if (instance.runStart !== now) return;
    const floor = instance.pool.floorSeconds?.(
      instance.runDecoding,
      instance.decoding.contextTokens,
      instance.runPrefillTokens,
    );
    demand(
      floor === undefined || instance.runFirst >= floor,
      'physics',
      () => `a step of ${instance.runFirst} s where the chips need ${floor} s`,
    );
  }

  private checkIdle(factory: Factory, instance: Instance): void {
    if (instance.runSteps > 0 || factory.events.isSet(instance.timer)) return;
    // Memory may be set aside for a request on its way, or still hold one that has not been fetched.
    demand(
      instance.waiting === 0 || !instance.landing.isEmpty,
      'work-conserving',
      () => `instance ${instance.index} idles, ${instance.waiting} wait for it`,
    );
    const { waiting } = factory;
    demand(
      waiting.length === 0 ||
        instance.role === 'decode' ||
        instance.isLeaving ||
        !instance.landing.isEmpty ||
        !instance.isActive ||
        !factory.canServe(waiting.front, instance),
      'work-conserving',
      () => `instance ${instance.index} idles while ${waiting.length} wait centrally`,
    );
  }

  /** A replica that is off or down holds nothing, and nobody waits for it. */
  private checkLife(factory: Factory, instance: Instance): void {
    this.checkMemory(factory, instance);
    const { state } = instance.life;
    if (state === LIFE.active || state === LIFE.draining) return;
    const { kv, load } = instance;
    demand(
      load === 0 && kv.freeBlocks === kv.totalBlocks,
      'memory',
      () => `instance ${instance.index} is ${LIFE_STATES[state]}, with ${load} requests`,
    );
  }

  /** A slot is in exactly one state at any time. */
  private checkGpuSeconds({ instances, recorder, events }: Factory): void {
    const window = Math.max(events.now - recorder.warmupSeconds, 0);
    for (const { life, index } of instances) {
      const total = life.seconds.reduce((sum, seconds) => sum + seconds, 0);
      demand(
        Math.abs(total - window) <= 1e-9 * Math.max(window, 1),
        'conservation',
        () => `instance ${index}: ${total} s in all its states, in a window of ${window} s`,
      );
    }
  }

  /** Members of one pool are alike, so after enough requests each has had some. */
  private checkFairness(factory: Factory): void {
    const { instances, recorder } = factory;
    if (factory.control !== undefined) return;
    if (!factory.isFair) return;
    const alike = instances.every((instance) => instance.pool === instances[0].pool);
    if (!alike || recorder.windowCompleted < 2 * instances.length) return;
    for (const instance of instances) {
      demand(instance.usage.steps > 0, 'fairness', () => `instance ${instance.index} never got a request`);
    }
  }
}
