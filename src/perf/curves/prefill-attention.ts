import { type CoefficientValues, type CurveForm, fixedTime, type KernelLimits, share, size } from './curve-form.js';

/** Heads of one layer on one GPU, over a prompt. */
export interface PrefillHeads {
  readonly heads: number;
  /** FLOPs per query head and (query, key) pair: 4 x head size for grouped-query attention. */
  readonly flopsPerPair: number;
  /** Bytes of queries, keys, values and results per prompt token, all heads together. */
  readonly bytesPerToken: number;
}

export interface PrefillShape extends PrefillHeads {
  readonly sequences: number;
  /** Prompt tokens of all sequences. */
  readonly tokens: number;
  /** Attended (query, key) pairs of all sequences: causal, bounded by a sliding window. */
  readonly pairs: number;
}

export const prefillSpecs = {
  fixedSeconds: fixedTime(12e-6, 3e-3),
  bandwidth: share(0.4),
  compute: share(0.6),
  /** Key tokens per query token that tiles on the causal diagonal and at block edges compute in vain. */
  halfPairs: size('tokens', 100, 1, 4000),
  /** Head size (FLOPs per pair / 4) at which the softmax costs as much as the products. */
  halfHeadSize: size('elements', 30, 0.1, 500),
  /** (sequence, head) pairs at which the SMs are half busy. */
  halfHeads: size('groups', 2, 0.01, 500),
};

/** Seconds of prefill attention in one layer, affine in tokens and pairs. */
export interface PrefillRates {
  readonly fixedSeconds: number;
  readonly secondsPerToken: number;
  readonly secondsPerPair: number;
}

/**
 * Affine in tokens `P` and pairs `A` of a step with `n` prompts and `h` heads:
 *
 *     t = fixed + P bytes / (bandwidth e_m) + r (A + P p_half)
 *     r = (h + h_half / n) (FLOPs + 4 d_half) / (peak e_c)   seconds per pair
 */
export function prefillAttentionRates(
  c: CoefficientValues<typeof prefillSpecs>,
  sequences: number,
  heads: PrefillHeads,
  limits: KernelLimits,
): PrefillRates {
  const secondsPerPair =
    ((heads.heads + c.halfHeads / sequences) * (heads.flopsPerPair + 4 * c.halfHeadSize)) /
    (limits.flopsPerSecond * c.compute);
  return {
    fixedSeconds: c.fixedSeconds,
    secondsPerToken: heads.bytesPerToken / (limits.bytesPerSecond * c.bandwidth) + secondsPerPair * c.halfPairs,
    secondsPerPair,
  };
}

export const prefillForm: CurveForm<PrefillShape, typeof prefillSpecs> = {
  specs: prefillSpecs,
  seconds(c, shape, limits) {
    const rates = prefillAttentionRates(c, shape.sequences, shape, limits);
    return rates.fixedSeconds + rates.secondsPerToken * shape.tokens + rates.secondsPerPair * shape.pairs;
  },
  floorSeconds: (shape, limits) =>
    Math.max(
      (shape.tokens * shape.bytesPerToken) / limits.bytesPerSecond,
      (shape.pairs * shape.heads * shape.flopsPerPair) / limits.flopsPerSecond,
    ),
};
