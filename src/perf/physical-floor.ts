import { attentionViews, expertsTouched, matrices, stateElementsPerSequence } from './architecture.js';
import type { InstanceSpec } from './operations.js';
import { BYTES_PER_STATE_ELEMENT, bytesPerKvElement, bytesPerWeight, computePeak, weightFormat } from './precision.js';
import { attendedPairs, boundedPairs } from './step-model.js';

/**
 * Seconds that no step can beat: all its FLOPs at the dense peak of all its GPUs, or all bytes it must read at their full
 * bandwidth, whichever is longer. Nothing is replicated, nothing waits, every GPU has its perfect share. The prompt
 * tokens are those of one fresh prompt.
 *
 * Kept apart from the step time on purpose: it shares the architecture with it and none of its formulas, so a
 * comparison of the two finds mistakes in either.
 */
export function physicalFloorSeconds(
  spec: Omit<InstanceSpec, 'coefficients' | 'stack'>,
  sequences: number,
  contextTokens: number,
  prefillTokens: number,
  routingDiversity = 1,
): number {
  const { model, gpu, precision, kvPrecision, parallelism } = spec;
  const tokens = sequences + prefillTokens;
  let bytes = 0;
  let computeSeconds = 0;

  for (const m of matrices(model)) {
    if (m.role === 'embedding') continue;
    const format = weightFormat(model, precision, m.role);
    const one = m.inputs * m.outputs * m.layers;
    let read = 1;
    let rows = tokens;
    if (m.role === 'expert' && model.moe !== null) {
      read = expertsTouched(m.copies, model.moe.expertsPerToken, 1 + (tokens - 1) * routingDiversity);
      rows = tokens * model.moe.expertsPerToken;
    } else if (m.role === 'lm-head') {
      rows = sequences;
      read = sequences > 0 ? 1 : 0;
    }
    bytes += one * read * bytesPerWeight[format];
    computeSeconds += (2 * one * rows) / computePeak(gpu, format);
  }
  for (const view of attentionViews(model)) {
    const attended = sequences === 0 ? 0 : Math.min(contextTokens, view.bound * sequences);
    const pairs = Number.isFinite(view.bound)
      ? boundedPairs(0, prefillTokens, view.bound)
      : attendedPairs(0, prefillTokens);
    bytes +=
      attended * view.layers * view.elementsPerToken * (view.name === 'indexer' ? 1 : bytesPerKvElement[kvPrecision]);
    const flops = attended * view.decodeFlopsPerPair + pairs * view.prefillFlopsPerPair;
    computeSeconds += (view.layers * flops) / gpu.bf16DenseFlops;
  }
  bytes += 2 * sequences * stateElementsPerSequence(model) * BYTES_PER_STATE_ELEMENT;
  return Math.max(bytes / gpu.hbmBytesPerSecond, computeSeconds) / parallelism.gpus;
}
