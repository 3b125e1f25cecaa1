import type { EventQueue } from '../engine/event-queue.js';
import type { Instance } from './instance.js';

/** When replicas of prefill and decode pools change places. */
export interface SwitchOptions {
  /** Seconds from look to look. */
  readonly interval: number;
  /** Waiting prompts per prefill replica above which prefill is short of replicas. */
  readonly prefillQueue: number;
  /** Share of KV blocks or places in use above which decode is. */
  readonly decodeUse: number;
}

/** What the switch needs of the factory around it. */
export interface SwitchHost {
  readonly events: EventQueue;
  /** `instance` takes requests of its role from now on. */
  activate(instance: Instance): void;
  /** `instance` takes no further requests of its role. */
  retire(instance: Instance): void;
  /** Requests that wait for any instance that computes prompts. */
  readonly waitingPrompts: number;
  /** Computed prompts that no decode instance has room for. */
  readonly computedPrompts: number;
  /** Those of them that `instance` keeps are computed anew, elsewhere. */
  abandon(instance: Instance): void;
}

/**
 * Lets replicas change between prefill and decode under load. Every interval it looks at both sides; where only one is short of
 * replicas, the least loaded of the other is told to change: it takes nothing new, serves what it has to the end, and then
 * begins to work on the other side. One at a time, and each side keeps at least one.
 *
 * Faults and a planner may take the last of a side all the same. That side is then short whatever the other has to do, and
 * whoever starts next works there; without this nobody would ever take over from the other side.
 */
export class RoleSwitch {
  private leaving: Instance | undefined;
  private leavingSince = 0;

  /**
   * @param timer goes off when it is time to look
   * @param instances those of prefill and decode pools
   * @param onSwitched called when an instance has changed, with the time at which it was told to
   */
  constructor(
    private readonly host: SwitchHost,
    private readonly timer: number,
    private readonly instances: readonly Instance[],
    private readonly options: SwitchOptions,
    private readonly onSwitched: (instance: Instance, since: number) => void,
  ) {
    host.events.set(timer, options.interval);
  }

  /** Requests have left their instances, none of which is in the middle of a step: who leaves may have nothing left to do. */
  settle(): void {
    if (this.leaving?.isEmpty) this.change(this.leaving);
  }

  /** `instance`, which may have been told to change, stops or has failed: it will not. */
  stopped(instance: Instance): void {
    if (this.leaving !== instance) return;
    instance.isLeaving = false;
    this.leaving = undefined;
  }

  /** `instance`, which is empty and none of the active ones yet, starts: on the side of its pool, or where nobody is left. */
  starts(instance: Instance): void {
    if (instance.pool.role === 'aggregated') return;
    const own = instance.pool.role;
    const other = opposite(own);
    instance.role = this.active(other) === 0 && this.active(own) > 0 ? other : own;
  }

  /** The timer went off. */
  look(): void {
    const { events } = this.host;
    events.set(this.timer, events.now + this.options.interval);
    if (this.leaving !== undefined) {
      if (this.active(this.leaving.role as Side) === 0) this.recall(this.leaving);
      else this.hurry(this.leaving);
      return;
    }
    const short = this.shortSide();
    const instance = short && this.leastLoaded(opposite(short));
    if (instance === undefined) return;
    this.host.retire(instance);
    instance.isLeaving = true;
    this.leaving = instance;
    this.leavingSince = events.now;
    if (instance.isEmpty) this.change(instance);
    else this.hurry(instance);
  }

  /** The side that needs a replica of the other; undefined where neither does, or both. */
  private shortSide(): Side | undefined {
    const prefill = this.active('prefill');
    const decode = this.active('decode');
    const isEmpty = prefill === 0 || decode === 0;
    const prefillIsShort = isEmpty ? prefill === 0 : this.isPrefillShort(prefill);
    const decodeIsShort = isEmpty ? decode === 0 : this.isDecodeShort(decode);
    if (prefillIsShort === decodeIsShort) return undefined;
    return prefillIsShort ? 'prefill' : 'decode';
  }

  /**
   * `instance` is leaving. If it is needed to decode where nobody does, nobody will fetch the prompts that it has computed: once
   * it has nothing else left it gives them up.
   */
  private hurry(instance: Instance): void {
    if (instance.role === 'prefill' && instance.load === 0 && this.active('decode') === 0) this.host.abandon(instance);
  }

  /** The others of its side are gone since `instance` was told to leave it: it stays. */
  private recall(instance: Instance): void {
    this.stopped(instance);
    this.host.activate(instance);
  }

  private change(instance: Instance): void {
    instance.role = opposite(instance.role as Side);
    instance.isLeaving = false;
    this.leaving = undefined;
    this.onSwitched(instance, this.leavingSince);
    this.host.activate(instance);
  }

  private isPrefillShort(active: number): boolean {
    let waiting = this.host.waitingPrompts;
    for (const instance of this.instances) {
      if (instance.role === 'prefill' && instance.isActive) waiting += instance.waiting;
    }
    return waiting > this.options.prefillQueue * active;
  }

  private isDecodeShort(active: number): boolean {
    if (this.host.computedPrompts > 0) return true;
    let use = 0;
    for (const instance of this.instances) {
      if (instance.role !== 'decode' || !instance.isActive) continue;
      use += Math.max(instance.admission.kvUse, instance.load / instance.pool.maxSequences);
    }
    return use > this.options.decodeUse * active;
  }

  /** Replicas that take requests on a side. */
  private active(side: Side): number {
    let count = 0;
    for (const { role, isActive } of this.instances) if (role === side && isActive) count++;
    return count;
  }

  /** The one that has least to do before it can change; undefined where it is the last of its side. */
  private leastLoaded(side: Side): Instance | undefined {
    let best: Instance | undefined;
    for (const instance of this.instances) {
      if (instance.role !== side || !instance.isActive) continue;
      if (best === undefined || instance.load < best.load) best = instance;
    }
    return this.active(side) > 1 ? best : undefined;
  }
}

type Side = 'prefill' | 'decode';

function opposite(side: Side): Side {
  return side === 'prefill' ? 'decode' : 'prefill';
}
