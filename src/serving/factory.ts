import { EventQueue } from '../engine/event-queue.js';
import { IndexedHeap } from '../engine/indexed-heap.js';
import { type Random, randomStream } from '../engine/random.js';
import type { Outcome, Recorder } from '../metrics/recorder.js';
import type { TotalsSource } from '../metrics/series/series-collector.js';
import type { ClassDemand } from '../traffic/demand.js';
import { Acceptance } from './acceptance.js';
import { type ArrivalFeed, arrivalFeed } from './arrivals.js';
import { Control, type ControlHost, type ControlOptions } from './control.js';
import { readFleetTotals } from './fleet-totals.js';
import { Gate, type GateOptions } from './gate/gate.js';
import { Handover } from './handover.js';
import { Instance, type InstanceHost } from './instance.js';
import { WAITING_FOR } from './instance-usage.js';
import type { InvariantChecker } from './invariants.js';
import { LIFE } from './life-cycle.js';
import { type PathOptions, Paths } from './paths.js';
import type { FrontendLatency, Pool } from './pool.js';
import type { PrefixListener } from './prefix-cache.js';
import { PrefixChains, unitTokens } from './prefix-chains.js';
import { PLACE, RequestStore } from './request-store.js';
import { RoleSwitch, type SwitchHost, type SwitchOptions } from './role-switch.js';
import { isFair, KvAware, type Router, type RoutingOptions, router } from './routers/index.js';
import { routingWeights } from './routers/weights.js';
import type { Tier, TierSpec } from './tier.js';
import type { Timeline } from './timeline.js';
import type { TransferOptions } from './transfers.js';
import { type WaitingLine, waitingLine } from './waiting-order.js';

/** At the same time arrivals come before step boundaries, so that whoever arrives can be seen there. */
const ARRIVAL = 1;
/** What changes the fleet comes before the steps it changes. */
const CONTROL = 2;
const BOUNDARY = 3;
const END = 4;

/** Events between two calls of `onProgress`. */
const PROGRESS_EVENTS = 1 << 16;

/** A request as it arrives. */
export type ArrivingRequest = Pick<ArrivalFeed, 'inputTokens' | 'outputTokens' | 'session' | 'prefix'>;

export interface FactoryOptions {
  pools: readonly Pool[];
  demand: readonly ClassDemand[];
  routing: RoutingOptions;
  /** Stop here, whatever is in flight; Infinity to run until all requests have ended. */
  endSeconds: number;
  /** Stop the arrivals after this many; Infinity for no limit. */
  maxRequests: number;
  recorder: Recorder;
  /** How KV caches move from prefill to decode instances; default: at once. */
  transfer?: TransferOptions | undefined;
  /** When prefill and decode instances change places; default: never. */
  switching?: SwitchOptions | undefined;
  /** Which prompts stay on the decode side; default: none. */
  paths?: PathOptions | undefined;
  /** Who is turned away; undefined where nobody is. */
  gate?: GateOptions | undefined;
  /** What changes the fleet during the run; undefined where nothing does. */
  control?: ControlOptions | undefined;
  /** Random numbers of the factory, by purpose; default: those of seed 0. */
  randomStream?: ((purpose: string) => Random) | undefined;
  /** Keeps what happens in the run. */
  timeline?: Timeline | undefined;
  /** Reference mode: every decode step is an event of its own. Slow, and equal. */
  reference: boolean;
  checker?: InvariantChecker | undefined;
  onArrival?: ((seconds: number, request: ArrivingRequest, classIndex: number) => void) | undefined;
  onProgress?: ((nowSeconds: number, arrivedRequests: number) => void) | undefined;
}

/** Transfers that take no time. */
const AT_ONCE: TransferOptions = { latencySeconds: 0, layerWise: false, layers: 1, rolesChange: false };

/** The whole fleet under its demand. */
export class Factory implements InstanceHost, ControlHost, SwitchHost, TotalsSource {
  readonly events = new EventQueue();
  readonly store = new RequestStore();
  readonly recorder: Recorder;
  readonly outputLimits: Float64Array;
  readonly stepLimit: number;
  readonly instances: Instance[] = [];
  readonly chains: PrefixChains | undefined;
  readonly sharedTiers = new Map<TierSpec, Tier>();
  readonly priorities: Float64Array;
  readonly timeline: Timeline | undefined;
  readonly acceptances: ReadonlyMap<Pool, Acceptance>;
  /** Requests that wait for any instance (`central`). */
  readonly waiting: WaitingLine;
  /** Requests in the front end, by the time at which they leave it. */
  private readonly frontend = new IndexedHeap();
  private readonly frontendTimer: number;
  private readonly frontendLatency: FrontendLatency;
  /** Instances before this one take requests from the front, unless their role is decode for now. */
  private readonly frontInstances: number;
  /** Instances from this one on decode what others have computed, unless their role is prefill for now. */
  private readonly firstDecode: number;
  /** Undefined where roles stay as they are. */
  private readonly roles: RoleSwitch | undefined;
  private readonly rolesTimer: number;
  private readonly handover: Handover | undefined;
  /** Undefined where all requests go the same way. */
  private readonly paths: Paths | undefined;
  private readonly transferTimer: number;
  private readonly feeds: ArrivalFeed[];
  private readonly router: Router;
  /** The router, where it looks at prefixes. */
  readonly kvRouter: KvAware | undefined;
  private readonly central: boolean;
  /** Ways through the fleet are chosen by their load: not where the router has reasons of its own, or requests wait for room. */
  private readonly balancesPaths: boolean;
  /** Largest batch of any instance: where even the least loaded has as many requests, none has a place. */
  private readonly mostPlaces: number;
  /** A request has ended since waiting ones were last looked at. */
  private roomGrew = false;
  private readonly gate: Gate | undefined;
  /** Undefined where the fleet stays as it is. */
  readonly control: Control | undefined;
  /** Replicas of each pool of the scenario, in its order. */
  private readonly replicas: Instance[][];
  /** Whether routing gives every active instance work, whatever is drawn. */
  readonly isFair: boolean;
  /** Requests that have come. */
  arrivals = 0;
  /** True once the run has ended because nothing was left to do. */
  drained = false;

  constructor(private readonly options: FactoryOptions) {
    const { demand, pools } = options;
    this.recorder = options.recorder;
    this.outputLimits = Float64Array.from(demand, (of) => of.outputLimit);
    this.priorities = Float64Array.from(demand, (of) => of.priority ?? 0);
    this.acceptances = acceptancesOf(pools, options.randomStream ?? ((purpose) => randomStream(0, 0, purpose)));
    this.timeline = options.timeline;
    if (options.gate !== undefined) this.gate = new Gate(this.store, options.gate, this.priorities);
    this.stepLimit = options.reference ? 1 : Number.POSITIVE_INFINITY;
    // Timers of arrivals are 0 .. classes - 1, those of instances follow, then the front end and the end of the run.
    for (const { source } of demand) if (source.kind === 'sessions') source.observer = this.recorder.sessions;
    this.feeds = demand.map((of) => arrivalFeed(of, this.events, this.events.addTimer(ARRIVAL), options.endSeconds));
    const caching = pools.filter(({ prefixCaching }) => prefixCaching === true);
    if (caching.length > 0) {
      const units = unitTokens(
        demand.map(({ source }) => source.prefix?.tokensPerBlock),
        caching.map(({ blockTokens }) => blockTokens),
      );
      this.chains = new PrefixChains(this.store, units);
    }
    const { switching } = options;
    // In an order in which routers can number them: those that take requests from the front, those that may, the others.
    const front = pools.filter((pool) => pool.role !== 'decode');
    if (switching !== undefined) front.sort((a, b) => Number(a.role === 'prefill') - Number(b.role === 'prefill'));
    this.replicas = pools.map(() => []);
    const slots = pools.map(({ replicas }, index) => {
      const scaling = options.control?.scaling[index];
      return scaling === undefined ? replicas : scaling.max + scaling.spares;
    });
    for (const pool of [...front, ...pools.filter((pool) => pool.role === 'decode')]) {
      const index = pools.indexOf(pool);
      for (let i = 0; i < slots[index]; i++) {
        const instance = new Instance(this.instances.length, this.events.addTimer(BOUNDARY), pool, this);
        instance.life.enter(LIFE.active, 0);
        this.instances.push(instance);
        this.replicas[index].push(instance);
      }
    }
    this.frontendTimer = this.events.addTimer(ARRIVAL);
    this.frontendLatency = front[0].frontend;
    this.transferTimer = this.events.addTimer(ARRIVAL);
    this.rolesTimer = this.events.addTimer(CONTROL);
    const count = (of: readonly Pool[]) => of.reduce((sum, pool) => sum + slots[pools.indexOf(pool)], 0);
    this.frontInstances = switching === undefined ? count(front) : this.instances.length;
    this.firstDecode =
      switching === undefined ? this.frontInstances : count(front.filter(({ role }) => role === 'aggregated'));
    if (this.firstDecode < this.instances.length) {
      const { transfer = AT_ONCE, paths } = options;
      this.handover = new Handover(this, this.instances, this.firstDecode, this.transferTimer, transfer);
      if (paths !== undefined || front.some(({ role }) => role === 'aggregated')) {
        const canServe = (row: number, instance: Instance) => this.canServe(row, instance);
        this.paths = new Paths(this.instances, canServe, paths);
      }
    }
    this.mostPlaces = Math.max(...(switching === undefined ? front : pools).map((pool) => pool.maxSequences));
    this.waiting = waitingLine(front[0].order ?? 'fcfs', this.store, this.priorities);
    this.central = options.routing.policy === 'central';
    this.balancesPaths = !['central', 'session', 'kv-aware'].includes(options.routing.policy);
    this.isFair = isFair(options.routing);
    const inFront = this.instances.slice(0, this.frontInstances);
    this.router = router(
      options.routing,
      this.events,
      {
        weights: routingWeights(
          inFront.map(({ pool }) => (pool.role === 'decode' ? { ...pool, role: 'prefill' } : pool)),
        ),
        sessionOf: (row) => this.store.session[row],
      },
      this,
    );
    if (this.router instanceof KvAware) this.kvRouter = this.router;
    if (switching !== undefined) {
      for (const { index, role } of this.instances) if (role === 'decode') this.router.remove(index);
      const changing = this.instances.slice(this.firstDecode);
      this.roles = new RoleSwitch(this, this.rolesTimer, changing, switching, (instance, since) => {
        this.timeline?.switched(instance, since, this.events.now);
      });
    }
    if (options.control !== undefined) {
      const timer = () => this.events.addTimer(CONTROL);
      const fleet = pools.map((pool, index) => ({ pool, instances: this.replicas[index] }));
      this.control = new Control(this, options.control, timer, fleet);
    }
  }

  /** Runs to the end and returns the time at which it came, in seconds. */
  run(): number {
    const { events, feeds, instances } = this;
    const { checker, onProgress, endSeconds } = this.options;
    const { series } = this.recorder;
    const firstInstance = feeds.length;
    const end = events.addTimer(END);
    if (endSeconds < Number.POSITIVE_INFINITY) events.set(end, endSeconds);
    for (const feed of feeds) feed.start();
    this.timeline?.watch(instances);
    for (;;) {
      const timer = events.advance();
      if (timer < 0 || timer === end) break;
      if (series !== undefined && events.now >= series.nextSeconds) series.pass(events.now, this);
      if (timer < firstInstance) this.arrive(timer);
      else if (timer < this.frontendTimer) instances[timer - firstInstance].onTimer();
      else if (timer === this.frontendTimer) this.leaveFrontend();
      else if (timer === this.transferTimer) this.land();
      else if (timer === this.rolesTimer) this.lookAtRoles();
      else this.control?.onTimer(timer);
      if (this.roomGrew) this.dispatchWaiting();
      if (checker !== undefined) checker.afterEvent(this, instances[timer - firstInstance]);
      if ((this.control !== undefined || this.roles !== undefined) && this.isOver()) break;
      if (events.events % PROGRESS_EVENTS === 0) onProgress?.(events.now, this.arrivals);
    }
    this.drained = !(endSeconds < Number.POSITIVE_INFINITY) && !this.control?.isStalled;
    this.close();
    checker?.atEnd(this);
    return events.now;
  }

  private lookAtRoles(): void {
    this.control?.tick();
    this.roles?.look();
  }

  /** Timers of planner and hardware never end: with a horizon in requests the run ends with the last of these. */
  private isOver(): boolean {
    if (this.options.endSeconds < Number.POSITIVE_INFINITY) return false;
    if (this.control?.isStalled) return true;
    return this.store.inUse === 0 && this.feeds.every((_, timer) => !this.events.isSet(timer));
  }

  readTotals(seconds: number, totals: Float64Array): void {
    this.recorder.readTotals(seconds, totals);
    readFleetTotals(this.instances, seconds, this.recorder.warmupSeconds, totals);
  }

  requestEnded(row: number, instance: Instance): void {
    this.control?.ended(row);
    this.left(instance);
    this.leave(row, false);
  }

  /** A request has left `instance`, or a KV cache that it kept. */
  private left(instance: Instance): void {
    if (instance.index < this.frontInstances) this.router.ended(instance.index, instance.load);
    if (instance.index >= this.firstDecode) this.handover?.ended(instance);
    this.roomGrew = true;
    if (instance.hasDrained) this.control?.fleet.emptied(instance);
  }

  prefixListener(instance: number): PrefixListener | undefined {
    if (this.options.routing.policy !== 'kv-aware') return undefined;
    const report = (id: number, stored: boolean) => {
      if (instance < this.frontInstances) this.kvRouter?.report(id, instance, stored);
    };
    return { stored: (id) => report(id, true), removed: (id) => report(id, false) };
  }

  prefilled(row: number, instance: Instance): void {
    this.router.ended(instance.index, instance.load);
    this.kvRouter?.gone(row);
    this.roomGrew = true;
    this.handover?.add(row);
  }

  begin(instance: Instance): void {
    // Whoever was off comes back with empty memory.
    instance.prefixes?.clear();
    this.roles?.starts(instance);
    this.activate(instance);
  }

  activate(instance: Instance): void {
    if (instance.role !== 'decode') this.router.add(instance.index, instance.load);
    else this.handover?.activate(instance);
    this.roomGrew = true;
    if (this.central) return;
    // Those who came while nobody could take them.
    const rows: number[] = [];
    while (this.waiting.length > 0) rows.push(this.waiting.popFront());
    for (const row of rows) this.route(row);
  }

  retire(instance: Instance): void {
    this.roles?.stopped(instance);
    if (instance.role !== 'decode') this.router.remove(instance.index);
    else this.handover?.retire(instance);
  }

  lose(instance: Instance): void {
    const lost: number[] = [];
    const waited: boolean[] = [];
    const add = (row: number, itWaited: boolean) => {
      lost.push(row);
      waited.push(itWaited);
    };
    instance.fail(add);
    this.handover?.fail(instance, (row) => {
      add(row, false);
    });
    for (const other of this.instances) if (other.hasDrained) this.control?.fleet.emptied(other);
    this.roomGrew = true;
    lost.forEach((row, at) => {
      this.control?.recovery.recover(row, waited[at]);
    });
  }

  get waitingPrompts(): number {
    return this.waiting.length;
  }

  get computedPrompts(): number {
    return this.handover?.waiting.length ?? 0;
  }

  abandon(instance: Instance): void {
    const rows = this.handover?.abandon(instance) ?? [];
    this.left(instance);
    for (const row of rows) this.control?.recovery.computeAnew(row);
  }

  queuedFor(pool: number): number {
    const { role } = this.options.pools[pool];
    let queued = role === 'decode' ? this.computedPrompts : this.waiting.length;
    for (const instance of this.replicas[pool]) if (instance.role === role) queued += instance.waiting;
    return queued;
  }

  cancel(row: number, outcome: 'cancelled' | 'rejected' = 'cancelled'): void {
    const { store } = this;
    const place = store.instance[row];
    if (place >= 0) {
      const was = this.instances[place].cancel(row);
      if (was === 'running') {
        store.leaving[row] = 1;
        return;
      }
      this.left(this.instances[place]);
      this.endUnserved(row, outcome, was === 'waiting');
    } else if (place === PLACE.front) {
      // Whoever stood behind may fit where this one did not.
      if (this.waiting.remove(row)) this.roomGrew = true;
      else this.leaveFrontendEarly(row);
      this.endUnserved(row, outcome, true);
    } else {
      this.cancelHandover(row);
    }
  }

  cancelled(row: number): void {
    const place = this.store.instance[row];
    if (place < 0) {
      this.cancelHandover(row);
      return;
    }
    this.instances[place].takeOut(row);
    this.left(this.instances[place]);
    this.endUnserved(row, 'cancelled', false);
  }

  private cancelHandover(row: number): void {
    const { store } = this;
    const wasUnderWay = store.instance[row] === PLACE.underWay;
    this.handover?.cancel(row);
    this.left(this.instances[store.sourceInstance[row]]);
    if (wasUnderWay) this.left(this.instances[store.targetInstance[row]]);
    this.endUnserved(row, 'cancelled', false);
  }

  endUnserved(row: number, outcome: 'cancelled' | 'failed' | 'rejected', waited: boolean): void {
    if (waited) this.recorder.leaveQueue(this.events.now);
    this.recordUnfinished(row, outcome, this.store.producedTokens[row]);
    this.leave(row, outcome === 'rejected');
  }

  refill(instance: Instance): void {
    if (!this.central && this.handover === undefined) return;
    this.dispatchWaiting();
    if (this.waiting.length > 0) {
      instance.usage.blockedBy = instance.isFull ? WAITING_FOR.place : WAITING_FOR.memory;
    }
  }

  /**
   * Gives requests that wait centrally, or for a decode instance, to instances with room. Between arrivals and ends room
   * only shrinks, so there is nothing to find unless a request has left an instance.
   */
  private dispatchWaiting(): void {
    if (!this.roomGrew) return;
    this.roomGrew = false;
    this.roles?.settle();
    this.handover?.dispatch();
    while (this.central && this.waiting.length > 0) {
      const instance = this.withRoom(this.waiting.front);
      if (instance === undefined) return;
      this.deliver(this.waiting.popFront(), instance);
    }
  }

  private land(): void {
    this.handover?.land((from) => {
      this.left(from);
    });
  }

  private arrive(classIndex: number): void {
    const { store, recorder } = this;
    const feed = this.feeds[classIndex];
    const now = this.events.now;
    feed.take();
    this.options.onArrival?.(now, feed, classIndex);
    const row = store.add(this.arrivals++, classIndex, feed.user, now, feed.inputTokens, feed.outputTokens);
    if (this.chains !== undefined && feed.prefix !== undefined) this.chains.add(row, feed.prefix);
    store.session[row] = feed.session < 0 ? -1 : feed.session * this.feeds.length + classIndex;
    recorder.arrive(classIndex, now, feed.inputTokens);
    this.control?.arrived(row);
    this.timeline?.arrived(store, row, now);
    const { baseSeconds, perInputTokenSeconds } = this.frontendLatency;
    const latency = baseSeconds + perInputTokenSeconds * feed.inputTokens;
    if (this.gate !== undefined && this.turnsAway(this.gate, row)) this.refuse(row);
    else if (latency > 0) this.enterFrontend(row, now + latency);
    else this.route(row);
    if (this.arrivals < this.options.maxRequests) feed.rearm();
    else for (let timer = 0; timer < this.feeds.length; timer++) this.events.off(timer);
  }

  /** Whether `row`, which has just come, is not let in; somebody less important may have to go in its place. */
  private turnsAway(gate: Gate, row: number): boolean {
    if (!gate.takeToken(this.store.classIndex[row], this.events.now)) return true;
    const victim = gate.victim(row, this.recorder.waiting);
    if (victim >= 0 && victim !== row) this.cancel(victim, 'rejected');
    return victim === row;
  }

  private enterFrontend(row: number, until: number): void {
    this.frontend.set(row, until, this.store.id[row]);
    this.events.set(this.frontendTimer, this.frontend.topKey);
  }

  private leaveFrontend(): void {
    this.route(this.frontend.pop());
    if (this.frontend.size > 0) this.events.set(this.frontendTimer, this.frontend.topKey);
  }

  private leaveFrontendEarly(row: number): void {
    this.frontend.remove(row);
    if (this.frontend.size > 0) this.events.set(this.frontendTimer, this.frontend.topKey);
    else this.events.off(this.frontendTimer);
  }

  route(row: number): void {
    const local = this.paths?.local(row);
    if (local !== undefined) {
      this.deliver(row, local);
      return;
    }
    const picked = this.router.pick(row);
    let instance = picked < 0 ? undefined : this.instances[picked];
    if (this.balancesPaths) instance = this.paths?.balanced(row) ?? instance;
    if (instance === undefined || !this.canServe(row, instance)) {
      instance = this.leastLoaded((candidate) => this.canServe(row, candidate));
    }
    if (instance === undefined && !this.canWaitForReplica(row)) {
      this.refuse(row);
      return;
    }
    if (this.gate !== undefined && instance !== undefined && !this.central && !this.hasPlace(instance)) {
      instance = this.leastLoaded((candidate) => this.canServe(row, candidate) && this.hasPlace(candidate));
      if (instance === undefined) {
        this.refuse(row);
        return;
      }
    }
    if (this.central) instance = this.waiting.isBefore(row) ? this.withRoom(row) : undefined;
    if (instance === undefined) this.waiting.pushBack(row);
    else this.deliver(row, instance);
  }

  /** Whether one more request may wait at `instance`: behind those for whom the batch has no place. */
  private hasPlace(instance: Instance): boolean {
    const { waiting, pool, load } = instance;
    return waiting < (this.gate as Gate).maxQueuedPerReplica || load < pool.maxSequences;
  }

  /** Whether a replica that does not serve now could hold `row` if it came to do so. */
  private canWaitForReplica(row: number): boolean {
    if (this.control === undefined) return false;
    for (let index = 0; index < this.frontInstances; index++) {
      const instance = this.instances[index];
      // Whoever decodes now takes it from the front only once it has changed sides.
      const role = instance.role === 'decode' ? 'prefill' : instance.role;
      if (this.canServe(row, instance, role)) return true;
    }
    return false;
  }

  /** Whether `instance`, with those that take over from it, could serve `row` in `role` if it were alone. */
  canServe(row: number, instance: Instance, role: Pool['role'] = instance.role): boolean {
    if (!instance.admission.canEverHold(row)) return false;
    return role !== 'prefill' || this.handover?.canEverHold(row) !== false;
  }

  /** The least loaded instance that would admit `row` at its next boundary. */
  private withRoom(row: number): Instance | undefined {
    const suits = (instance: Instance) => this.canServe(row, instance) && instance.admission.hasRoom(row);
    const picked = this.router.pick(row);
    if (picked < 0) return undefined;
    const first = this.instances[picked];
    if (first.load >= this.mostPlaces) return undefined;
    return suits(first) ? first : this.leastLoaded(suits);
  }

  private deliver(row: number, instance: Instance): void {
    instance.deliver(row);
    if (instance.role !== 'decode') {
      this.router.delivered(instance.index, instance.load);
      this.kvRouter?.sent(row, instance.index);
    } else this.handover?.delivered(instance);
  }

  private leastLoaded(suits: (instance: Instance) => boolean): Instance | undefined {
    let best: Instance | undefined;
    for (let index = 0; index < this.frontInstances; index++) {
      const instance = this.instances[index];
      if (!instance.isActive || instance.role === 'decode') continue;
      if ((best === undefined || instance.load < best.load) && suits(instance)) best = instance;
    }
    return best;
  }

  /** No instance could ever hold this request. */
  private refuse(row: number): void {
    const { store } = this;
    this.recorder.leaveQueue(this.events.now);
    this.recordUnfinished(row, store.retries[row] > 0 ? 'failed' : 'rejected', store.producedTokens[row]);
    this.leave(row, true);
  }

  /** Gives the row of a request back that has ended, and lets a closed loop go on. */
  private leave(row: number, refused: boolean): void {
    const { store } = this;
    const user = store.user[row];
    const classIndex = store.classIndex[row];
    const completed = store.producedTokens[row] === store.outputTokens[row];
    this.control?.deadlines?.ended(row);
    this.timeline?.ended(store, row, store.producedTokens[row], this.events.now);
    this.kvRouter?.gone(row);
    this.chains?.release(row);
    store.release(row);
    if (user >= 0 && this.arrivals < this.options.maxRequests) this.feeds[classIndex].ended(user, refused, completed);
  }

  /** Books what is in flight when the run ends. */
  private close(): void {
    const { store, events, instances } = this;
    this.recorder.series?.finish(events.now, this);
    const produced = new Map<number, number>();
    for (const instance of instances) {
      instance.close(events.now);
      instance.forEachRunning((row, tokens) => {
        produced.set(row, tokens);
      });
    }
    this.recorder.passTime(events.now);
    this.control?.fleet.passTime(events.now);
    this.timeline?.close(instances, events.now);
    store.forEach((row) => {
      const tokens = produced.get(row) ?? store.producedTokens[row];
      this.timeline?.ended(store, row, tokens, events.now);
      this.recordUnfinished(row, 'in-flight', tokens);
    });
  }

  private recordUnfinished(row: number, outcome: Exclude<Outcome, 'completed'>, producedTokens: number): void {
    const { store } = this;
    this.recorder.unfinished(
      outcome,
      store.id[row],
      store.classIndex[row],
      -1,
      store.arrivalSeconds[row],
      store.admittedSeconds[row],
      store.firstTokenSeconds[row],
      this.events.now,
      store.inputTokens[row],
      producedTokens,
      store.preemptions[row],
    );
  }
}

/** Pools that decode speculatively, each with a random stream of its own. */
function acceptancesOf(pools: readonly Pool[], stream: (purpose: string) => Random): Map<Pool, Acceptance> {
  const found = new Map<Pool, Acceptance>();
  for (const pool of pools) {
    const { acceptance = [], name } = pool;
    if (acceptance.length > 0) found.set(pool, new Acceptance(acceptance, stream(`speculation/${name}`)));
  }
  return found;
}
