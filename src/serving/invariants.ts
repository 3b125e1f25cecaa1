import type { RequestRecord } from '../metrics/recorder.js';
import type { Factory } from './factory.js';
import type { Instance } from './instance.js';
import { LIFE, LIFE_STATES } from './life-cycle.js';

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

function demand(holds: boolean, invariant: Invariant, detail: () => string): void {
  if (!holds) throw new InvariantViolation(invariant, detail());
}

/**
 * Checks the laws while a run goes on. Give it to the factory as `checker`, and `onRecord` to the recorder. It looks at
 * the factory from outside and counts for itself, so that a slip in the book-keeping shows.
 */
export class InvariantChecker {
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
    let held = instance.landing.blocks;
    instance.forEachRunning((row) => {
      const decoding = instance.decoding.has(row) && !kv.reserves;
      held += decoding ? kv.blocksFor(instance.decoding.heldTokens(row)) : store.reservedBlocks[row];
    });
    demand(
      kv.freeBlocks >= 0 && held === kv.totalBlocks - kv.freeBlocks,
      'memory',
      () => `instance ${instance.index}: ${kv.freeBlocks} of ${kv.totalBlocks} blocks free, ${held} held`,
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
      instance.waiting === 0 || instance.landing.blocks > 0,
      'work-conserving',
      () => `instance ${instance.index} idles, ${instance.waiting} wait for it`,
    );
    const { waiting } = factory;
    demand(
      waiting.length === 0 ||
        instance.role === 'decode' ||
        instance.isLeaving ||
        instance.landing.blocks > 0 ||
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
