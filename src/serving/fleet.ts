import type { EventQueue } from '../engine/event-queue.js';
import { IndexedHeap } from '../engine/indexed-heap.js';
import type { Instance } from './instance.js';
import { LIFE } from './life-cycle.js';

/** How a pool may change its size. */
export interface PoolScaling {
  /** Replicas that serve when the run begins. */
  initial: number;
  /** Slots for replicas that serve at the same time. */
  max: number;
  /** Further replicas that stand by for one that fails. */
  spares: number;
  /** From the order to the first request that a replica takes. */
  startupSeconds: number;
}

/** What the fleet needs of the factory around it. */
export interface FleetHost {
  readonly events: EventQueue;
  /** `instance`, which has just loaded its model, takes requests from now on. */
  begin(instance: Instance): void;
  /** `instance`, which was about to stop, takes requests again. */
  activate(instance: Instance): void;
  /** `instance` takes no further requests. */
  retire(instance: Instance): void;
  /** `instance` has lost all it held. */
  lose(instance: Instance): void;
}

/** The slots of one pool. */
export class PoolSlots {
  /** Replicas that should be there, starting ones included. */
  target: number;

  constructor(
    readonly instances: readonly Instance[],
    readonly scaling: PoolScaling,
  ) {
    this.target = scaling.initial;
  }

  count(state: number): number {
    let count = 0;
    for (const { life } of this.instances) if (life.state === state) count++;
    return count;
  }

  /** Replicas that serve or will do so. */
  get present(): number {
    return this.count(LIFE.active) + this.count(LIFE.starting);
  }
}

/** Starts, drains and repairs replicas. What is wanted of each pool is decided elsewhere: by a planner, by faults. */
export class Fleet {
  readonly pools: PoolSlots[];
  /** Replicas that load their model, by the time at which they are ready. */
  private readonly starting = new IndexedHeap();
  private readonly poolOf = new Map<Instance, PoolSlots>();
  private readonly instances: Instance[];

  /**
   * @param timer goes off when a replica is ready
   * @param pools replicas of each pool and how their number may change
   */
  constructor(
    private readonly host: FleetHost,
    private readonly timer: number,
    pools: readonly { instances: readonly Instance[]; scaling: PoolScaling }[],
  ) {
    this.pools = pools.map(({ instances, scaling }) => new PoolSlots(instances, scaling));
    this.instances = [];
    for (const pool of this.pools) {
      const { initial, spares } = pool.scaling;
      pool.instances.forEach((instance, slot) => {
        this.poolOf.set(instance, pool);
        this.instances[instance.index] = instance;
        const state = slot < initial ? LIFE.active : slot < initial + spares ? LIFE.spare : LIFE.off;
        instance.life.enter(state, 0);
        if (state !== LIFE.active) host.retire(instance);
      });
    }
  }

  /** Brings a pool to `target` replicas, as far as it has slots for them; returns whether anything changed. */
  resize(pool: PoolSlots, target: number): boolean {
    pool.target = target;
    const missing = target - pool.present;
    if (missing > 0) this.grow(pool, missing);
    else if (missing < 0) this.shrink(pool, -missing);
    return missing !== 0;
  }

  /** A draining instance has nothing left to do. */
  emptied(instance: Instance): void {
    if (instance.life.state === LIFE.draining) instance.life.enter(LIFE.off, this.host.events.now);
  }

  /** The timer went off: a replica has loaded its model. */
  ready(): void {
    const instance = this.instances[this.starting.pop()];
    this.schedule();
    instance.life.enter(LIFE.active, this.host.events.now);
    this.host.begin(instance);
  }

  /** The hardware of `instance` fails; what it held is lost, and a spare takes over. */
  fail(instance: Instance): void {
    const { life } = instance;
    const { now } = this.host.events;
    const before = life.state;
    if (before === LIFE.off || before === LIFE.down) return;
    // Nobody repairs a replica that was to be given back.
    life.enter(before === LIFE.draining ? LIFE.off : LIFE.down, now);
    if (before === LIFE.starting) this.cancelStart(instance);
    if (before === LIFE.active) this.host.retire(instance);
    if (before === LIFE.active || before === LIFE.draining) this.host.lose(instance);
    this.callSpares(this.slots(instance));
  }

  /** The hardware of `instance` works again. */
  repair(instance: Instance): void {
    const { life } = instance;
    if (life.state !== LIFE.down) return;
    const pool = this.slots(instance);
    if (pool.present < pool.target) this.start(instance, pool.scaling.startupSeconds);
    else life.enter(pool.count(LIFE.spare) < pool.scaling.spares ? LIFE.spare : LIFE.off, this.host.events.now);
  }

  /** GPUs that are provisioned count up to `now`. */
  passTime(now: number): void {
    for (const { life } of this.instances) life.passTime(now);
  }

  private slots(instance: Instance): PoolSlots {
    return this.poolOf.get(instance) as PoolSlots;
  }

  private callSpares(pool: PoolSlots): void {
    for (const instance of pool.instances) {
      if (pool.present >= pool.target) return;
      if (instance.life.state === LIFE.spare) this.start(instance, pool.scaling.startupSeconds);
    }
  }

  /** A draining replica is warm, so it is called back first; then free slots start, the first ones first. */
  private grow(pool: PoolSlots, replicas: number): void {
    let missing = replicas;
    for (const instance of pool.instances) {
      if (missing === 0) return;
      if (instance.life.state !== LIFE.draining) continue;
      instance.life.enter(LIFE.active, this.host.events.now);
      this.host.activate(instance);
      missing--;
    }
    for (const instance of pool.instances) {
      if (missing === 0) return;
      if (instance.life.state !== LIFE.off) continue;
      this.start(instance, pool.scaling.startupSeconds);
      missing--;
    }
  }

  /** Whoever does not serve yet goes first, then those with the least to finish. */
  private shrink(pool: PoolSlots, replicas: number): void {
    let surplus = replicas;
    for (let slot = pool.instances.length - 1; slot >= 0 && surplus > 0; slot--) {
      const instance = pool.instances[slot];
      if (instance.life.state !== LIFE.starting) continue;
      this.cancelStart(instance);
      instance.life.enter(LIFE.off, this.host.events.now);
      surplus--;
    }
    for (; surplus > 0; surplus--) this.drain(this.leastLoaded(pool));
  }

  /**
   * The active replica of `pool` with the fewest requests; among equals the last. Where roles change, whoever is the last in its
   * role is spared if another can go.
   */
  private leastLoaded(pool: PoolSlots): Instance {
    const serving = new Map<string, number>();
    for (const { isActive, role } of this.instances) if (isActive) serving.set(role, (serving.get(role) ?? 0) + 1);
    const loss = ({ isActive, role, load }: Instance) =>
      isActive && serving.get(role) === 1 ? Number.POSITIVE_INFINITY : load;
    let best: Instance | undefined;
    for (const instance of pool.instances) {
      if (instance.life.state !== LIFE.active) continue;
      if (best === undefined || loss(instance) <= loss(best)) best = instance;
    }
    if (best === undefined) throw new Error('no active replica to drain');
    return best;
  }

  private drain(instance: Instance): void {
    instance.life.enter(LIFE.draining, this.host.events.now);
    this.host.retire(instance);
    if (instance.isEmpty) this.emptied(instance);
  }

  private start(instance: Instance, seconds: number): void {
    const { now } = this.host.events;
    instance.life.enter(LIFE.starting, now);
    this.starting.set(instance.index, now + seconds, instance.index);
    this.schedule();
  }

  private cancelStart(instance: Instance): void {
    this.starting.remove(instance.index);
    this.schedule();
  }

  private schedule(): void {
    const { events } = this.host;
    if (this.starting.size > 0) events.set(this.timer, this.starting.topKey);
    else events.off(this.timer);
  }
}
