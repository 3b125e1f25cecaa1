import type { StepModel } from '../perf/step-model.js';
import type { TierSpec } from './tier.js';
import type { WaitingOrder } from './waiting-order.js';

/** Seconds of a request in the front end: `baseSeconds + perInputTokenSeconds * input tokens`. */
export interface FrontendLatency {
  readonly baseSeconds: number;
  readonly perInputTokenSeconds: number;
}

/** What a pool's replicas have in common: everything an instance needs to know to serve. */
export interface Pool {
  readonly name: string;
  /** `prefill` hands requests over after their first token; `decode` takes them with their KV cache. */
  readonly role: 'aggregated' | 'prefill' | 'decode';
  readonly replicas: number;
  readonly gpusPerReplica: number;
  readonly steps: StepModel;
  /**
   * `chunked-prefill`: decodes first, prompts fill the token budget; `continuous`: whole prompts first, decodes wait; `static`: a
   * batch is formed and run to its end.
   */
  readonly batching: 'chunked-prefill' | 'continuous' | 'static';
  /** Which of the waiting requests is admitted first; default fcfs. */
  readonly order?: WaitingOrder;
  /** How long an idle instance waits for a batch to fill, under static batching; default 0. */
  readonly maxWaitSeconds?: number;
  /** Probability that each guess is right, given that all before it are; none without speculative decoding. */
  readonly acceptance?: readonly number[];
  /** Tokens (decodes and prompt tokens together) of one step. */
  readonly maxBatchedTokens: number;
  /** Requests that run at the same time, prefilling ones included. */
  readonly maxSequences: number;
  readonly kvCapacityTokens: number;
  readonly blockTokens: number;
  /** `no-evict` reserves the longest possible answer at admission; `preempt` recomputes the youngest when memory ends. */
  readonly eviction: 'preempt' | 'no-evict';
  /** Whether prompts find the beginnings that they share with earlier ones in the cache. */
  readonly prefixCaching?: boolean | undefined;
  /** Where evicted prefixes go, nearest first. */
  readonly tiers?: readonly TierSpec[] | undefined;
  /** Share of the blocks that an admission must leave free under `preempt`, so that running answers can grow. */
  readonly watermark: number;
  /** What a request spends in the front end (tokenizer, HTTP, hand-over) before it can be queued. */
  readonly frontend: FrontendLatency;
  /**
   * Step boundaries that a busy engine lets pass before it looks at a new request, after the one at which the present
   * step ends: engines that schedule ahead of the GPU have the next batch ready by then. Whole, at least 0; workers that only compute
   * prompts let none pass.
   */
  readonly admissionSteps: number;
  /** Bytes of KV cache that a replica has to get for each token of a prompt that was computed elsewhere. */
  readonly kvBytesPerToken: number;
  /** Bytes that it has to get for such a prompt whatever its length; default 0. */
  readonly kvBytesPerRequest?: number;
  /** Bytes per second that one replica sends or receives, all its GPUs together. */
  readonly portBytesPerSecond: number;
  /** Bytes per second of which one request gets at most: its cache is with some of the GPUs only; default: all of them. */
  readonly flowBytesPerSecond?: number;
  /** Shortest time in which the chips could do a step at their peak rates; checked where it is given. */
  readonly floorSeconds?: (decoding: number, contextTokens: number, prefillTokens: number) => number;
}
