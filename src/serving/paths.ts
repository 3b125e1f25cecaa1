import type { Instance } from './instance.js';
import { requestsPerSecond } from './routers/weights.js';

/** When prompts are not worth the way to a prefill instance. */
export interface PathOptions {
  /** Prompts with at most so many tokens to compute are computed where they are decoded. */
  readonly localPrefillTokens: number;
  /** So are all, while more prompts than this wait per prefill instance. */
  readonly maxPrefillQueue?: number | undefined;
}

const AGGREGATED = ['aggregated'];
const PREFILL = ['prefill'];
/** Roles that can serve a request from prompt to end. */
const WHOLE = ['aggregated', 'decode'];

/**
 * The ways through a fleet that has prefill and decode pools: prefill here and decode there, or both at one place. Short prompts
 * stay on the decode side, since moving their cache and waiting twice costs more than it saves; and so do all while prefill is
 * swamped (conditional disaggregation, as the router of NVIDIA Dynamo does it). Where the fleet has aggregated replicas too,
 * the others go whichever way has fewer requests for what it can take, which by Little's law evens out the time they spend.
 */
export class Paths {
  private readonly hasAggregated: boolean;
  /** Requests per second that each instance can take. */
  private readonly rates: Float64Array;

  /**
   * @param canServe whether an instance, with those that take over from it, could serve a request if it were alone
   * @param options undefined where every prompt that can goes to a prefill instance
   */
  constructor(
    private readonly instances: readonly Instance[],
    private readonly canServe: (row: number, instance: Instance) => boolean,
    private readonly options: PathOptions | undefined,
  ) {
    const rateOf = new Map(instances.map(({ pool }) => [pool, requestsPerSecond(pool)]));
    this.rates = Float64Array.from(instances, ({ pool }) => rateOf.get(pool) as number);
    this.hasAggregated = instances.some(({ role }) => role === 'aggregated');
  }

  /** The instance that serves `row` from prompt to end because its prompt is short, or prefill swamped; undefined: none does. */
  local(row: number): Instance | undefined {
    const { options } = this;
    if (options === undefined) return undefined;
    const instance = this.leastLoaded(WHOLE, row);
    if (instance === undefined || instance.admission.uncachedTokens(row) <= options.localPrefillTokens) return instance;
    return this.isSwamped(options) ? instance : undefined;
  }

  /** The instance that `row` goes to where the ways compete; undefined where there is only one. */
  balanced(row: number): Instance | undefined {
    if (!this.hasAggregated) return undefined;
    const [first, second] = this.aggregatedIsFreer() ? [AGGREGATED, PREFILL] : [PREFILL, AGGREGATED];
    return this.leastLoaded(first, row) ?? this.leastLoaded(second, row);
  }

  private isSwamped({ maxPrefillQueue }: PathOptions): boolean {
    if (maxPrefillQueue === undefined) return false;
    let waiting = 0;
    let active = 0;
    for (const instance of this.instances) {
      if (instance.role !== 'prefill' || !instance.isActive) continue;
      waiting += instance.waiting;
      active++;
    }
    return waiting > maxPrefillQueue * active;
  }

  private aggregatedIsFreer(): boolean {
    const alone = this.total('aggregated');
    const first = this.total('prefill');
    const second = this.total('decode');
    if (alone.rate === 0 || first.rate === 0) return alone.rate > 0;
    return (alone.load + 1) / alone.rate < (first.load + second.load + 1) / Math.min(first.rate, second.rate);
  }

  /** Requests at the active ones of a role, and how many of them they serve per second. */
  private total(role: string): { load: number; rate: number } {
    let load = 0;
    let rate = 0;
    for (const instance of this.instances) {
      if (instance.role !== role || !instance.isActive) continue;
      load += instance.load;
      rate += this.rates[instance.index];
    }
    return { load, rate };
  }

  /** The active one that would have the fewest requests for its size among those that could serve `row`. */
  private leastLoaded(roles: readonly string[], row: number): Instance | undefined {
    let best: Instance | undefined;
    let bestShare = Number.POSITIVE_INFINITY;
    for (const instance of this.instances) {
      if (!roles.includes(instance.role)) continue;
      const share = (instance.load + 1) / this.rates[instance.index];
      if (share >= bestShare || !instance.isActive || !this.canServe(row, instance)) continue;
      best = instance;
      bestShare = share;
    }
    return best;
  }
}
