import type { StepModel } from '../perf/step-model.js';

/** What a pool's replicas have in common: everything an instance needs to know to serve. */
export interface Pool {
  readonly name: string;
  readonly replicas: number;
  readonly gpusPerReplica: number;
  readonly steps: StepModel;
  /** `chunked-prefill`: decodes first, prompts fill the token budget; `continuous`: whole prompts first, decodes wait. */
  readonly batching: 'chunked-prefill' | 'continuous';
  /** Tokens (decodes and prompt tokens together) of one step. */
  readonly maxBatchedTokens: number;
  /** Requests that run at the same time, prefilling ones included. */
  readonly maxSequences: number;
  readonly kvCapacityTokens: number;
  readonly blockTokens: number;
  /** `no-evict` reserves the longest possible answer at admission; `preempt` recomputes the youngest when memory ends. */
  readonly eviction: 'preempt' | 'no-evict';
  /** Share of the blocks that an admission must leave free under `preempt`, so that running answers can grow. */
  readonly watermark: number;
  /** Shortest time in which the chips could do a step at their peak rates; checked where it is given. */
  readonly floorSeconds?: (decoding: number, contextTokens: number, prefillTokens: number) => number;
}
