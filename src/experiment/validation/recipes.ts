import type { Measurement } from './measurements.js';

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
  readonly stack: string;
  readonly gpu: string;
  readonly model: string;
  readonly precision: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly concurrency: number;
  readonly tp: number;
  readonly attentionDp: number;
  /** Who measured: only the scripts of InferenceX are known, other sources get the engines' defaults. */
  readonly source: string;
}

/**
 * How the engines of public measurements were started: the launch scripts of InferenceX (github.com/SemiAnalysisAI/InferenceX,
 * `benchmarks/`), looked up 2026-08, and the engines' defaults where the scripts say nothing. Sources other than InferenceX
 * get the defaults throughout.
 */
export function recipe(input: RecipeInput): Recipe {
  switch (input.stack) {
    case 'sglang':
      return sglang(input);
    case 'trtllm':
      return trtllm(input);
    default:
      return vllm(input);
  }
}

/** `--max-num-batched-tokens 8192`, `--gpu-memory-utilization 0.9`, `--max-num-seqs` the users, chunked prefill. */
function vllm({ concurrency }: RecipeInput): Recipe {
  return {
    batching: 'chunked-prefill',
    maxBatchedTokens: Math.max(8192, concurrency),
    maxSequences: Math.max(16, concurrency),
    memory: { share: 0.9, of: 'all' },
    pollSteps: 0,
  };
}

/**
 * Prefill first. On Blackwell the scheduler looks for new requests every 10 steps, every 30 from 16 users on
 * (`--scheduler-recv-interval`), which is half of that on average; an idle one looks at once. `--chunked-prefill-size` is 16384
 * for NVFP4 and 32768 for FP8 checkpoints, `--mem-fraction-static` 0.85 and 0.82; FP8 on four GPUs has 8192, 0.95 and 10 steps.
 */
function sglang({ source, gpu, precision, concurrency, tp }: RecipeInput): Recipe {
  const base = { batching: 'continuous' as const, maxSequences: Math.max(256, concurrency) };
  if (source !== INFERENCE_X) {
    return { ...base, maxBatchedTokens: 8192, memory: { share: 0.88, of: 'all' }, pollSteps: 0 };
  }
  const fp4 = precision === 'fp4';
  const narrow = !fp4 && tp === 4;
  const interval = gpu.startsWith('h') ? 1 : concurrency >= 16 && !narrow ? 30 : 10;
  return {
    ...base,
    maxBatchedTokens: fp4 ? 16384 : narrow ? 8192 : 32768,
    memory: { share: fp4 ? 0.85 : narrow ? 0.9 : 0.82, of: 'all' },
    pollSteps: Math.floor(interval / 2),
  };
}

/**
 * In-flight batching: prompts and answers share a step. `--max_num_tokens` is 16384 for dense models, 20000 for gpt-oss, else the
 * larger of 8192 and what prompt and users need; `free_gpu_memory_fraction` 0.9 (default), 0.85, 0.8. Dense models on fewer
 * than eight GPUs at 1024/1024 hold prompts back until they fill 90 % of a step, for at most 20 steps
 * (`batch_wait_timeout_iters`); data-parallel attention does until every rank has one, for at most 60 (`timeout_iters`; 50 by
 * default).
 */
function trtllm(input: RecipeInput): Recipe {
  const { source, model, inputTokens, outputTokens, concurrency, tp, attentionDp } = input;
  const base = { batching: 'chunked-prefill' as const, maxSequences: Math.max(256, concurrency) };
  const roomy = Math.max(8192, Math.ceil((inputTokens + concurrency + 64) / 64) * 64);
  // Requests that end, and so come, per decode step.
  const arrivals = concurrency / (0.9 * outputTokens);
  const balance = attentionDp > 1 ? (attentionDp - 1) / arrivals : 0;
  if (source !== INFERENCE_X) {
    const wait = Math.min(50, balance);
    return {
      ...base,
      maxBatchedTokens: roomy,
      memory: { share: 0.9, of: 'free' },
      pollSteps: batchWait(wait, arrivals),
    };
  }
  if (model.startsWith('llama')) {
    const holds = inputTokens === 1024 && outputTokens === 1024 && tp < 8;
    return {
      ...base,
      maxSequences: Math.max(2048, concurrency),
      maxBatchedTokens: Math.max(16384, roomy),
      memory: { share: 0.9, of: 'free' },
      pollSteps: holds ? batchWait(20, arrivals) : 0,
    };
  }
  const oss = model.startsWith('gpt-oss');
  return {
    ...base,
    maxSequences: Math.max(oss ? 512 : 256, concurrency),
    maxBatchedTokens: oss ? 20000 : roomy,
    memory: { share: oss ? 0.85 : 0.8, of: 'free' },
    pollSteps: batchWait(Math.min(oss ? 50 : 60, balance), arrivals),
  };
}

/**
 * Guesses of multi-token prediction that a step verifies; 0 without it. The public recipes (InferenceX
 * `.github/configs/nvidia-master.yaml`, whose file names say `mtp0` to `mtp3`) take three with TensorRT-LLM, one where guesses cost as
 * much as they bring, and two with SGLang.
 *
 * @param crowded whether every rank decodes many sequences
 */
export function guesses(row: Measurement, crowded: boolean): number {
  if (!row.multiTokenPrediction && !unlabelledPrediction(row)) return 0;
  if (row.stack !== 'trtllm') return 2;
  return crowded ? 1 : 3;
}

/**
 * Runs that predicted several tokens although their file does not say so: the DeepSeek-R1 runs of one TensorRT-LLM image, and of
 * one day with another. At one configuration their answers come 1.7 to 2.4 times as fast as with the image before or after,
 * while their prompts take longer; and of the same runs listed as DeepSeek-V3, where predicting ones are left out, none is among them.
 */
function unlabelledPrediction({ source, stack, model, mode, stackVersion, measuredOn }: Measurement): boolean {
  if (source !== INFERENCE_X || stack !== 'trtllm' || model !== 'deepseek-r1' || mode !== 'aggregated') return false;
  return stackVersion === '1.2.0rc6.post3' || (stackVersion === '1.1.0rc2.post2' && measuredOn === '2026-01-14');
}

/**
 * Prompt tokens that one attention rank of a prefill worker computes in a step. SGLang shares `--chunked-prefill-size` out among the
 * ranks, and the public recipes (NVIDIA Dynamo, `--chunked-prefill-size 65536` on four GPUs) come to 16384 for each.
 */
export function prefillTokens(stack: string, aggregated: number): number {
  return stack === 'sglang' ? 16384 : aggregated;
}

/**
 * Mean steps a request waits when the first to come waits `steps` and all who come meanwhile go along, `arrivals` of them per
 * step: with `n = steps * arrivals`, `steps * (1 + n / 2) / (1 + n)`.
 */
function batchWait(steps: number, arrivals: number): number {
  const others = steps * arrivals;
  return (steps * (1 + others / 2)) / (1 + others);
}

/** The source whose launch scripts are known. */
export const INFERENCE_X = 'InferenceX';
