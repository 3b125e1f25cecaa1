import { attendedPairs, boundedPairs, type StepModel } from '../perf/step-model.js';
import type { PrefixChains } from './prefix-chains.js';
import type { RequestStore } from './request-store.js';
import { Tier, type TierSpec } from './tier.js';

/**
 * Where prefix units go that the GPUs of an instance have no room for: host memory, then disks, then a pool that all replicas
 * share. What is evicted from one goes to the next; writing is free, since it is not waited for. A prompt whose units are below
 * loads them while its first step computes the rest, layer by layer, so that this step lasts at least as long as the load;
 * where it would take longer than to compute them, they are computed.
 *
 * Source: layer-wise loading as in SGLang's HiCache and LMCache; tiers as in NVIDIA Dynamo's KV block manager.
 */
export class Tiers {
  /** Results of {@link find}: units, blocks and tokens to load. */
  units = 0;
  tokens = 0;
  /** Until when the present step has to wait for loads. */
  loadedAt = 0;
  private readonly tiers: Tier[];
  /** Blocks to load from each tier. */
  private readonly wanted: Float64Array;

  /** @param shared the tiers that several instances share, by their specification; filled here */
  constructor(
    specs: readonly TierSpec[],
    shared: Map<TierSpec, Tier>,
    private readonly steps: StepModel,
    private readonly store: RequestStore,
    private readonly chains: PrefixChains,
    private readonly blockTokens: number,
  ) {
    this.tiers = specs.map((spec) => {
      const tier = shared.get(spec) ?? new Tier(spec);
      if (spec.kind === 'remote') shared.set(spec, tier);
      return tier;
    });
    this.wanted = new Float64Array(specs.length);
  }

  /** A unit has lost its place above the tier `from`. */
  offload(id: number, blocks: number, from = 0): void {
    if (from < this.tiers.length) {
      this.tiers[from].put(id, blocks, (gone, size) => {
        this.offload(gone, size, from + 1);
      });
    }
  }

  /** Finds what of `row` is worth loading behind its first `above` units and `done` tokens, which are with the GPUs. */
  find(row: number, above: number, done: number, now: number): void {
    const { store, chains, wanted } = this;
    const start = store.chainStart[row];
    wanted.fill(0);
    let blocks = 0;
    let i = above;
    for (; i < store.chainUnits[row] && chains.end(row, i) <= store.prefillTokens[row]; i++) {
      const size = this.locate(chains.ids[start + i], this.blocksOf(row, i));
      if (size < 0) break;
      blocks += size;
    }
    this.units = i - above;
    this.tokens = Math.min(blocks * this.blockTokens, store.prefillTokens[row] - 1 - done);
    if (this.tokens <= 0 || this.loadSeconds(now) > this.computeSeconds(done, this.tokens)) {
      this.units = 0;
      this.tokens = 0;
    }
  }

  /** `row` loads what {@link find} has just found for it. */
  load(row: number, above: number, now: number): void {
    const { store, chains, tiers, wanted } = this;
    if (this.units === 0) return;
    this.loadedAt = Math.max(this.loadedAt, now + this.loadSeconds(now));
    tiers.forEach((tier, at) => {
      if (wanted[at] > 0) tier.load(wanted[at], now);
    });
    // The end of a chain should go before its beginning.
    const start = store.chainStart[row] + above;
    for (let i = start + this.units - 1; i >= start; i--) for (const tier of tiers) tier.touch(chains.ids[i]);
  }

  /** The machine has failed: only what is remote stays. */
  clear(): void {
    for (const tier of this.tiers) if (tier.spec.kind !== 'remote') tier.clear();
  }

  /** Blocks of a unit in the nearest tier that holds all of it, and notes them as wanted; -1 where none does. */
  private locate(id: number, blocks: number): number {
    for (let at = 0; at < this.tiers.length; at++) {
      if (this.tiers[at].sizeOf(id) !== blocks) continue;
      this.wanted[at] += blocks;
      return blocks;
    }
    return -1;
  }

  private blocksOf(row: number, i: number): number {
    const from = i * this.chains.unitTokens[this.store.classIndex[row]];
    return Math.floor((this.chains.end(row, i) - from) / this.blockTokens);
  }

  /** Seconds until all that is wanted is loaded; the tiers have links of their own. */
  private loadSeconds(now: number): number {
    let until = now;
    for (let at = 0; at < this.tiers.length; at++) {
      if (this.wanted[at] > 0) until = Math.max(until, this.tiers[at].loadedAt(this.wanted[at], now));
    }
    return until - now;
  }

  private computeSeconds(done: number, tokens: number): number {
    const { steps } = this;
    const { pairBound } = steps.tables;
    const bounded = pairBound === Number.POSITIVE_INFINITY ? 0 : boundedPairs(done, tokens, pairBound);
    return steps.stepSeconds(0, 0, tokens, attendedPairs(done, tokens), bounded, 0, 1);
  }
}
