/** Limits an engine was started with, as far as a measured run depends on them. */
export interface Recipe {
  readonly batching: 'continuous' | 'chunked-prefill';
  readonly maxBatchedTokens: number;
  /** Sequences of one attention rank. */
  readonly maxSequences: number;
  /** Share of the memory for everything, or of what weights and runtime leave free for the KV cache alone. */
  readonly memory: { readonly share: number; readonly of: 'all' | 'free' };
  /** Decode steps that a request waits on average before the scheduler looks at it, by configuration. */
  readonly pollSteps: number;
}

/** What decides how the public benchmark scripts start an engine. */
export interface RecipeInput {
  readonly inputTokens: number;
  readonly concurrency: number;
  readonly attentionDp: number;
}

/**
 * How the engines of public measurements were started: the launch scripts of InferenceX (github.com/SemiAnalysisAI,
 * `benchmarks/`), looked up 2026-08, and the engines' defaults where the scripts say nothing.
 *
 * - vLLM: `--max-num-batched-tokens 8192`, `--gpu-memory-utilization 0.9`, chunked prefill.
 * - SGLang: `--chunked-prefill-size 16384`, `--mem-fraction-static 0.85`, prefill first; the scheduler looks for new
 *   requests every 10 steps, every 30 from concurrency 16 on (`--scheduler-recv-interval`), so half of that on average.
 * - TensorRT-LLM: `free_gpu_memory_fraction: 0.8`, `--max_num_tokens` the larger of 8192 and prompt + concurrency rounded up to 64, in-flight batching
 *   (prompts and answers share a step); with data-parallel attention it holds prompts back until every rank has
 *   one, for at most 60 steps (`attention_dp_config`).
 */
export function recipe(stack: string, { inputTokens, concurrency, attentionDp }: RecipeInput): Recipe {
  switch (stack) {
    case 'sglang':
      return {
        batching: 'continuous',
        maxBatchedTokens: 16384,
        maxSequences: Math.max(256, concurrency),
        memory: { share: 0.85, of: 'all' },
        pollSteps: concurrency >= 16 ? 15 : 5,
      };
    case 'trtllm':
      return {
        batching: 'chunked-prefill',
        maxBatchedTokens: Math.max(8192, Math.ceil((inputTokens + concurrency + 64) / 64) * 64),
        maxSequences: Math.max(256, concurrency),
        memory: { share: 0.8, of: 'free' },
        pollSteps: attentionDp > 1 ? 30 : 0,
      };
    default:
      return {
        batching: 'chunked-prefill',
        maxBatchedTokens: Math.max(8192, concurrency),
        maxSequences: Math.max(16, concurrency),
        memory: { share: 0.9, of: 'all' },
        pollSteps: 0,
      };
  }
}
