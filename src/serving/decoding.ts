import { FinishHeap } from './finish-heap.js';
import type { KvCache } from './kv-cache.js';
import type { RequestStore } from './request-store.js';
import { TokenGaps } from './token-gaps.js';

/** The decoding sequences of one instance: how many tokens they hold, when they end, when each had its last token. */
export class Decoding {
  /** Sequences, and the tokens in their KV caches, at the last boundary. */
  sequences = 0;
  contextTokens = 0;
  /** Decode steps taken so far. */
  step = 0;
  readonly gaps = new TokenGaps();
  private readonly finishes: FinishHeap;

  constructor(
    private readonly store: RequestStore,
    private readonly kv: KvCache,
  ) {
    this.finishes = new FinishHeap(store);
  }

  /** `row`, whose prompt is in the cache, decodes from the next step on; its last token came at `lastTokenSeconds`. */
  start(row: number, lastTokenSeconds: number): void {
    const { store } = this;
    const context = store.prefillTokens[row];
    store.joinStep[row] = this.step;
    store.joinContext[row] = context;
    store.finishStep[row] = this.step + store.outputTokens[row] - store.producedTokens[row];
    this.finishes.push(row);
    this.kv.join(this.step, context);
    this.sequences++;
    this.contextTokens += context;
    this.gaps.join(lastTokenSeconds);
  }

  /** `row` decodes no more and gives back the memory it holds. */
  stop(row: number): void {
    const { store, kv } = this;
    const context = store.joinContext[row] + (this.step - store.joinStep[row]);
    this.finishes.remove(row);
    kv.leave(store.joinStep[row], store.joinContext[row]);
    kv.give(kv.reserves ? store.reservedBlocks[row] : kv.blocksFor(context));
    this.sequences--;
    this.contextTokens -= context;
  }

  /** `steps` steps have been taken in which all sequences decoded. */
  advance(steps: number): void {
    this.kv.take(this.kv.blocksForSteps(this.step, steps, this.sequences));
    this.step += steps;
    this.contextTokens += this.sequences * steps;
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

  /** Answer tokens that `row` has produced, decoding or not. */
  produced(row: number): number {
    const { store } = this;
    if (!this.has(row)) return store.producedTokens[row];
    return store.outputTokens[row] - (store.finishStep[row] - this.step);
  }
}
