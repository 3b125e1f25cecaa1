import type { EventQueue } from '../engine/event-queue.js';
import type { Random } from '../engine/random.js';
import {
  components,
  Faults,
  type HardwareOptions,
  Recovery,
  type RecoveryHost,
  type RecoveryOptions,
} from './faults/index.js';
import { Fleet, type FleetHost, type PoolScaling } from './fleet.js';
import { type DeadlineHost, Deadlines, type Patience } from './gate/deadlines.js';
import type { Instance } from './instance.js';
import { FrontCounters, Planner, type PoolPlan } from './planner/index.js';
import type { Pool } from './pool.js';

/** Events of the control plane alone after which a run is given up: nothing will ever be served again. */
const STALLED_EVENTS = 1_000_000;

/** What changes a fleet while it serves. */
export interface ControlOptions {
  /** By pool, as in the scenario. */
  scaling: readonly PoolScaling[];
  planner: { intervalSeconds: number; plans: readonly (PoolPlan | undefined)[] } | undefined;
  faults: (HardwareOptions & RecoveryOptions) | undefined;
  /** By class; undefined where all users wait for ever. */
  patience: readonly Patience[] | undefined;
  /** Makes the random stream of a name. */
  random: (name: string) => Random;
}

export interface ControlHost extends FleetHost, DeadlineHost, RecoveryHost {
  readonly events: EventQueue;
  queuedFor(pool: number): number;
}

/** The control plane of a factory: its fleet, its planner, what breaks, and who leaves. */
export class Control {
  readonly fleet: Fleet;
  readonly recovery: Recovery;
  private readonly counters: FrontCounters | undefined;
  readonly deadlines: Deadlines | undefined;
  private readonly planner: Planner | undefined;
  private readonly faults: Faults | undefined;
  private readonly starts: number;
  /** Events of the control plane since the last one of anybody else. */
  private idle = 0;
  private seen = 0;

  /**
   * @param timer makes a new timer
   * @param pools with their replicas, in the order of the scenario
   */
  constructor(
    private readonly host: ControlHost,
    options: ControlOptions,
    timer: () => number,
    pools: readonly { pool: Pool; instances: readonly Instance[] }[],
  ) {
    const { scaling, planner, faults, patience, random } = options;
    this.starts = timer();
    this.fleet = new Fleet(
      host,
      this.starts,
      pools.map(({ instances }, index) => ({ instances, scaling: scaling[index] })),
    );
    this.recovery = new Recovery(host, faults ?? { retries: 0, recovery: 'resume' });
    if (patience !== undefined) this.deadlines = new Deadlines(host, timer(), patience);
    if (faults !== undefined) {
      const placed = pools.map(({ pool, instances }) => ({ ...pool, instances }));
      this.faults = new Faults(host.events, timer(), this.fleet, components(faults, placed, random));
    }
    if (planner !== undefined) {
      this.counters = new FrontCounters();
      const { intervalSeconds, plans } = planner;
      this.planner = new Planner(host, timer(), intervalSeconds, this.fleet, plans, this.counters);
    }
  }

  arrived(row: number): void {
    this.counters?.arrive(this.host.store.inputTokens[row]);
    this.deadlines?.arrived(row);
  }

  /** `row` has left an instance for good; if its answer is complete, its latencies are known. */
  ended(row: number): void {
    const { store, events } = this.host;
    if (this.counters === undefined || store.producedTokens[row] < store.outputTokens[row]) return;
    const firstToken = store.firstTokenSeconds[row];
    this.counters.complete(firstToken - store.arrivalSeconds[row], events.now - firstToken, store.outputTokens[row]);
  }

  /** One of the timers of the control plane went off. */
  onTimer(timer: number): void {
    this.tick();
    if (timer === this.starts) this.fleet.ready();
    else if (timer === this.planner?.timer) this.planner.look();
    else if (timer === this.faults?.timer) this.faults.next();
    else this.deadlines?.expire();
  }

  /** The present event is one of the control plane, here or elsewhere. */
  tick(): void {
    const { events } = this.host.events;
    this.idle = events === this.seen + 1 ? this.idle + 1 : 0;
    this.seen = events;
  }

  /** Whether replicas have come and gone for so long without serving anybody that none ever will. */
  get isStalled(): boolean {
    return this.idle > STALLED_EVENTS;
  }
}
