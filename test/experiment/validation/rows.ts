import type { Measurement } from '../../../src/experiment/validation/measurements.js';

/** A plausible run, with `changes`. */
export function measurement(changes: Partial<Measurement> = {}): Measurement {
  return {
    id: 'row',
    line: 2,
    measuredOn: '2026-01-15',
    gpu: 'h200-sxm',
    stack: 'vllm',
    stackVersion: '',
    model: 'llama-3.1-8b',
    precision: 'fp8',
    mode: 'aggregated',
    inputTokens: 512,
    outputTokens: 64,
    concurrency: 8,
    parallelism: { tp: 1, pp: null, attentionDp: null, moeTp: null, moeEp: null },
    prefill: null,
    decode: null,
    multiTokenPrediction: false,
    ttftMs: 100,
    tpotMs: 10,
    percentiles: { ttftP50Ms: null, ttftP99Ms: null, tpotP50Ms: null, tpotP99Ms: null },
    source: 'test',
    ...changes,
  };
}

/** Runs over models, GPUs of tensor parallelism and loads. */
export function grid(): Measurement[] {
  const rows: Measurement[] = [];
  for (const [model, tps] of [
    ['llama-3.1-8b', [1, 2]],
    ['qwen3-32b', [1, 4]],
    ['qwen3-30b-a3b', [1]],
    ['llama-3.1-70b', [4]],
  ] as const) {
    for (const tp of tps) {
      for (const concurrency of [2, 8, 32]) {
        for (const inputTokens of [256, 2048]) {
          const parallelism = { tp, pp: null, attentionDp: null, moeTp: null, moeEp: null };
          const id = `${model}-${tp}-${concurrency}-${inputTokens}`;
          rows.push(measurement({ id, model, parallelism, concurrency, inputTokens }));
        }
      }
    }
  }
  return rows;
}
