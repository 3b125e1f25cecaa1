import type { Acceptance } from './acceptance.js';
import { FinishHeap } from './finish-heap.js';
import type { KvCache } from './kv-cache.js';
import type { RequestStore } from './request-store.js';
import { TokenGaps } from './token-gaps.js';

/**
 * The decoding sequences of one instance: how many tokens they hold, when they end, when each had its last token. After `k`
 * steps of the instance a sequence that was there all the time has gained `floor(k * tokensPerStep)` tokens, which is `k`
 * without speculative decoding.
 */
export class Decoding {
  /** Sequences, and the tokens in their KV caches, at the last boundary. With speculation the latter is a mean. */
  sequences = 0;
  contextTokens = 0;
  /** Decode steps taken so far. */
  step = 0;
  /** Tokens that a sequence gains per step, on average. */
  readonly tokensPerStep: number;
  /** Tokens of a sequence that a step computes: the last one, and the guesses that it verifies. */
  readonly queryTokens: number;
  readonly gaps = new TokenGaps();
  private readonly finishes: FinishHeap;

  constructor(
    private readonly store: RequestStore,
    private readonly kv: KvCache,
    private readonly acceptance: Acceptance | undefined,
  ) {
    this.finishes = new FinishHeap(store);
    this.tokensPerStep = acceptance?.tokensPerStep ?? 1;
    this.queryTokens = 1 + (acceptance?.guesses ?? 0);
  }

  /** `row`, whose prompt is in the cache, decodes from the next step on; its last token came at `lastTokenSeconds`. */
  start(row: number, lastTokenSeconds: number): void {
    const { store, acceptance } = this;
    const context = store.prefillTokens[row];
    const tokens = store.outputTokens[row] - store.producedTokens[row];
    store.joinStep[row] = this.step;
    store.joinContext[row] = context;
    store.finishStep[row] = this.step + (acceptance === undefined ? tokens : acceptance.drawSteps(tokens));
    this.finishes.push(row);
    this.kv.join(this.tokensAt(this.step), context);
    this.sequences++;
    this.contextTokens += context;
    this.gaps.join(lastTokenSeconds);
  }

  /** `row` decodes no more and gives back the memory it holds. */
  stop(row: number): void {
    const { store, kv } = this;
    const joined = store.joinStep[row];
    const context = store.joinContext[row];
    this.finishes.remove(row);
    kv.leave(this.tokensAt(joined), context);
    const held = context + this.gained(row);
    // The answer can be the beginning of a later prompt. Its last token is never fed back, wherever the mean has got to.
    kv.prefixes?.computed(row, Math.min(held, store.inputTokens[row] + store.outputTokens[row] - 1));
    kv.give(kv.reserves ? store.reservedBlocks[row] : kv.blocksFor(held) - store.sharedBlocks[row]);
    kv.prefixes?.leave(row);
    this.sequences--;
    this.contextTokens -= context + (this.step - joined) * this.tokensPerStep;
    // Means are no whole numbers, and leave crumbs.
    if (this.sequences === 0) this.contextTokens = 0;
  }

  /** `steps` steps have been taken in which all sequences decoded. */
  advance(steps: number): void {
    this.kv.take(this.blocksOver(this.step, steps, this.sequences));
    this.step += steps;
    this.contextTokens += this.sequences * steps * this.tokensPerStep;
  }

  /** Tokens that each sequence gains over `steps` steps from the `from`-th on. */
  tokensOver(from: number, steps: number): number {
    return this.tokensAt(from + steps) - this.tokensAt(from);
  }

  /** Blocks that `sequences` sequences take over `steps` steps from the `from`-th on. */
  blocksOver(from: number, steps: number, sequences: number): number {
    return this.kv.blocksForSteps(this.tokensAt(from), this.tokensOver(from, steps), sequences);
  }

  /** How many of the next `limit` steps the free blocks allow, with `sequences` that decode. */
  stepsThatFit(limit: number, sequences: number): number {
    const before = this.tokensAt(this.step);
    const tokens = this.tokensOver(this.step, limit);
    const fit = this.kv.stepsThatFit(before, tokens, sequences);
    if (fit >= tokens) return limit;
    let steps = Math.floor(fit / this.tokensPerStep);
    while (this.tokensOver(this.step, steps + 1) <= fit) steps++;
    return steps;
  }

  /** Steps until the next sequence ends; only valid where there is one. */
  get stepsToFinish(): number {
    return this.store.finishStep[this.finishes.top] - this.step;
  }

  /** A sequence that has reached its last token, or -1 when there is none. */
  get finished(): number {
    return this.finishes.size > 0 && this.stepsToFinish <= 0 ? this.finishes.top : -1;
  }

  /** Whether `row` decodes here. */
  has(row: number): boolean {
    return this.store.heapPosition[row] >= 0;
  }

  /** Answer tokens that `row` has produced, decoding or not: whoever decodes has not had the last one. */
  produced(row: number): number {
    const { producedTokens, outputTokens } = this.store;
    return this.has(row) ? Math.min(this.booked(row), outputTokens[row] - 1) : producedTokens[row];
  }

  /** Answer tokens of `row`, which decodes, at the average rate; with speculation it may be ahead of that, or behind. */
  booked(row: number): number {
    return this.store.producedTokens[row] + this.gained(row);
  }

  /** Tokens that `row`, which decodes, holds in the KV cache. */
  heldTokens(row: number): number {
    return this.store.joinContext[row] + this.gained(row);
  }

  private gained(row: number): number {
    return this.tokensAt(this.step) - this.tokensAt(this.store.joinStep[row]);
  }

  private tokensAt(step: number): number {
    // Whole numbers stay whole for the compiler where nothing is speculated.
    return this.tokensPerStep === 1 ? step : Math.floor(step * this.tokensPerStep);
  }
}
