import type { PrefixChains } from '../prefix-chains.js';
import type { RequestStore } from '../request-store.js';
import { ActiveSet } from './active-set.js';
import type { PrefixIndex } from './prefix-index.js';
import type { RefreshClock } from './refresh-clock.js';
import type { Router, RouterFleet } from './router.js';

/** How prefixes count against load. */
export interface KvAwareOptions {
  /** Weight of prompt tokens that have to be computed against tokens that are held; 0 looks at load alone. */
  overlapWeight: number;
  /** 0 takes the cheapest instance; otherwise one is drawn, more evenly the higher it is. */
  temperature: number;
}

/** What it sees of requests and caches. */
export interface KvAwareViews {
  store: RequestStore;
  chains: PrefixChains | undefined;
  index: PrefixIndex;
  clock: RefreshClock | undefined;
}

/**
 * Sends a request where it costs least: `overlapWeight` times the prompt tokens that the instance would have to compute, those
 * of requests under way there included and those that its cache holds left out, plus the prompt tokens of all requests there. The
 * router keeps its own account of what it has sent where; caches report to {@link PrefixIndex}. With a temperature an instance is
 * drawn with a probability of `exp(-cost / range / temperature)`, where the range is that of the costs.
 *
 * Source: NVIDIA Dynamo, "Router Design" and "Routing Concepts", https://docs.nvidia.com/dynamo (there in blocks).
 */
export class KvAware implements Router {
  private readonly active: ActiveSet;
  /** By instance: prompt tokens sent there and not computed yet, and of all requests there; now, and as seen. */
  private readonly toCompute: Float64Array;
  private readonly held: Float64Array;
  private readonly seenToCompute: Float64Array;
  private readonly seenHeld: Float64Array;
  private readonly lastDelivery: Float64Array;
  private readonly costs: Float64Array;
  private deliveries = 0;
  /** Request that `overlap` of the index was found for; -1 once that may have changed. */
  private lookedUp = -1;
  /** By request: where it was sent (-1: nowhere) and how much of it is in the sums. */
  private sentTo = new Int32Array(0);
  private uncached = new Float64Array(0);
  private tokens = new Float64Array(0);

  constructor(
    private readonly fleet: RouterFleet,
    private readonly options: KvAwareOptions,
    private readonly views: KvAwareViews,
  ) {
    const instances = fleet.weights.length;
    this.active = new ActiveSet(instances);
    this.toCompute = new Float64Array(instances);
    this.held = new Float64Array(instances);
    // Without a clock what is seen is what there is.
    this.seenToCompute = views.clock === undefined ? this.toCompute : new Float64Array(instances);
    this.seenHeld = views.clock === undefined ? this.held : new Float64Array(instances);
    this.lastDelivery = Float64Array.from({ length: instances }, (_, index) => index - instances);
    this.costs = new Float64Array(instances);
  }

  pick(row: number): number {
    this.refresh();
    const { active, costs, options, fleet } = this;
    if (active.size < 2) return active.size === 0 ? -1 : active.at(0);
    this.lookedUp = -1;
    this.lookUp(row);
    const prompt = this.views.store.prefillTokens[row];
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < active.size; i++) {
      const instance = active.at(i);
      const toCompute = this.seenToCompute[instance] + prompt - this.overlapTokens(row, instance);
      const cost = (options.overlapWeight * toCompute + this.seenHeld[instance] + prompt) / fleet.weights[instance];
      costs[instance] = cost;
      if (cost > most) most = cost;
      if (best < 0 || cost < costs[best]) best = instance;
      else if (cost === costs[best] && this.lastDelivery[instance] < this.lastDelivery[best]) best = instance;
    }
    return options.temperature > 0 && most > costs[best] ? this.draw(costs[best], most - costs[best]) : best;
  }

  /** `row` goes to `instance`. */
  sent(row: number, instance: number): void {
    this.refresh();
    this.gone(row);
    if (row >= this.sentTo.length) this.grow(row);
    const prompt = this.views.store.prefillTokens[row];
    this.lookUp(row);
    this.lastDelivery[instance] = this.deliveries++;
    this.sentTo[row] = instance;
    this.uncached[row] = prompt - this.overlapTokens(row, instance);
    this.tokens[row] = prompt;
    this.toCompute[instance] += this.uncached[row];
    this.held[instance] += prompt;
  }

  /** The prompt of `row` has been computed. */
  computed(row: number): void {
    if (row >= this.sentTo.length || this.sentTo[row] < 0) return;
    this.refresh();
    this.toCompute[this.sentTo[row]] -= this.uncached[row];
    this.uncached[row] = 0;
  }

  /** `row` has left the instance that it was sent to. */
  gone(row: number): void {
    if (row >= this.sentTo.length || this.sentTo[row] < 0) return;
    this.computed(row);
    this.held[this.sentTo[row]] -= this.tokens[row];
    this.sentTo[row] = -1;
  }

  /** What the cache of `instance` holds has changed. */
  report(id: number, instance: number, stored: boolean): void {
    this.refresh();
    this.lookedUp = -1;
    this.views.index.report(id, instance, stored);
  }

  delivered(): void {}

  ended(): void {}

  add(instance: number): void {
    this.active.add(instance);
  }

  remove(instance: number): void {
    this.active.remove(instance);
  }

  private lookUp(row: number): void {
    const { index, store, chains } = this.views;
    if (chains === undefined || this.lookedUp === row) return;
    index.lookUp(row, store, chains);
    this.lookedUp = row;
  }

  /** Tokens of `row` that `instance` holds, after {@link lookUp}; the last one of a prompt is always computed. */
  private overlapTokens(row: number, instance: number): number {
    const { index, store, chains } = this.views;
    const units = index.overlap[instance];
    if (chains === undefined || units === 0) return 0;
    return Math.min(chains.end(row, units - 1), store.prefillTokens[row] - 1);
  }

  private draw(least: number, range: number): number {
    const { active, costs, fleet, options } = this;
    let sum = 0;
    for (let i = 0; i < active.size; i++) {
      const instance = active.at(i);
      costs[instance] = Math.exp((least - costs[instance]) / (range * options.temperature));
      sum += costs[instance];
    }
    let left = fleet.random() * sum;
    let instance = active.at(0);
    for (let i = 0; i < active.size && left >= 0; i++) {
      instance = active.at(i);
      left -= costs[instance];
    }
    return instance;
  }

  /** Takes what is seen anew, where that is due. */
  private refresh(): void {
    const { clock, index } = this.views;
    if (clock === undefined || !clock.isDue()) return;
    this.lookedUp = -1;
    this.seenToCompute.set(this.toCompute);
    this.seenHeld.set(this.held);
    index.refresh();
  }

  private grow(row: number): void {
    const length = Math.max(1024, 2 * row);
    const sentTo = new Int32Array(length).fill(-1);
    sentTo.set(this.sentTo);
    this.sentTo = sentTo;
    const uncached = new Float64Array(length);
    uncached.set(this.uncached);
    this.uncached = uncached;
    const tokens = new Float64Array(length);
    tokens.set(this.tokens);
    this.tokens = tokens;
  }
}
