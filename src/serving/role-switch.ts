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
  /** Computed prompts that no decode instance has room for. */
  readonly computedPrompts: number;
}

/**
 * Lets replicas change between prefill and decode under load. Every interval it looks at both sides; where only one is short of
 * replicas, the least loaded of the other is told to change: it takes nothing new, serves what it has to the end, and then
 * begins to work on the other side. One at a time, and each side keeps at least one.
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

  /** Whether `instance` was told to change and has nothing left to do. */
  isReady(instance: Instance): boolean {
    return this.leaving === instance && instance.isEmpty;
  }

  /** `instance` changes sides. */
  change(instance: Instance): void {
    instance.role = instance.role === 'prefill' ? 'decode' : 'prefill';
    instance.isLeaving = false;
    this.leaving = undefined;
    this.onSwitched(instance, this.leavingSince);
    // One that has failed meanwhile comes back on its new side.
    if (instance.isActive) this.host.activate(instance);
  }

  /** The timer went off. */
  look(): void {
    const { events } = this.host;
    events.set(this.timer, events.now + this.options.interval);
    if (this.leaving !== undefined) return;
    const prefillIsShort = this.isPrefillShort();
    if (prefillIsShort === this.isDecodeShort()) return;
    const from = prefillIsShort ? 'decode' : 'prefill';
    const instance = this.leastLoaded(from);
    if (instance === undefined) return;
    this.host.retire(instance);
    instance.isLeaving = true;
    this.leaving = instance;
    this.leavingSince = events.now;
    if (instance.isEmpty) this.change(instance);
  }

  private isPrefillShort(): boolean {
    let waiting = 0;
    let active = 0;
    for (const instance of this.instances) {
      if (instance.role !== 'prefill' || !instance.isActive) continue;
      waiting += instance.waiting;
      active++;
    }
    return waiting > this.options.prefillQueue * active;
  }

  private isDecodeShort(): boolean {
    if (this.host.computedPrompts > 0) return true;
    let use = 0;
    let active = 0;
    for (const instance of this.instances) {
      if (instance.role !== 'decode' || !instance.isActive) continue;
      use += Math.max(instance.admission.kvUse, instance.load / instance.pool.maxSequences);
      active++;
    }
    return use > this.options.decodeUse * active;
  }

  /** The one that has least to do before it can change; undefined where it is the last of its side. */
  private leastLoaded(role: string): Instance | undefined {
    let best: Instance | undefined;
    let active = 0;
    for (const instance of this.instances) {
      if (instance.role !== role || !instance.isActive) continue;
      active++;
      if (best === undefined || instance.load < best.load) best = instance;
    }
    return active > 1 ? best : undefined;
  }
}
