/** A serving engine: what it is called, and what it does when a scenario does not say. */
export interface Stack {
  readonly name: string;
  readonly title: string;
  /** Batching policy of its default configuration. */
  readonly batching: 'continuous' | 'chunked-prefill';
  /** What it does when the KV cache is full: hold back admissions, or evict and recompute. */
  readonly kvCachePolicy: 'no-evict' | 'preempt';
  /** Tokens per KV block. */
  readonly blockTokens: number;
  readonly source: string;
  /** Month the defaults were looked up. */
  readonly asOf: string;
}

/** The serving engines goodput has coefficients for (`perf/coefficients.ts`). */
export const stacks: Readonly<Record<string, Stack>> = {
  vllm: {
    name: 'vllm',
    title: 'vLLM (V1 engine)',
    batching: 'chunked-prefill',
    kvCachePolicy: 'preempt',
    blockTokens: 16,
    source: 'vLLM documentation: V1 guide, engine arguments (chunked prefill on, recompute preemption, block size 16)',
    asOf: '2026-08',
  },
  trtllm: {
    name: 'trtllm',
    title: 'TensorRT-LLM (PyTorch backend)',
    // In-flight batching: prompts and answers share a step. It cuts no prompt unless told to, which the budget rarely asks for.
    batching: 'chunked-prefill',
    kvCachePolicy: 'no-evict',
    blockTokens: 32,
    source: 'TensorRT-LLM documentation: GUARANTEED_NO_EVICT scheduler policy, tokens_per_block 32, in-flight batching',
    asOf: '2026-08',
  },
  sglang: {
    name: 'sglang',
    title: 'SGLang',
    batching: 'continuous',
    kvCachePolicy: 'preempt',
    blockTokens: 1,
    source: 'SGLang documentation: server arguments (prefill first, retraction when memory is full, page size 1)',
    asOf: '2026-08',
  },
};
