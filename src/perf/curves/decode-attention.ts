import {
  type CoefficientValues,
  type CurveForm,
  fixedTime,
  type KernelLimits,
  share,
  size,
  smoothMax,
} from './curve-form.js';

/**
 * Heads of one layer on one GPU. Grouped-query attention has `groups` KV heads with `heads / groups` queries each; latent
 * attention is one group that all heads share.
 */
export interface DecodeHeads {
  readonly groups: number;
  readonly queriesPerGroup: number;
  /** FLOPs per query head and context token. */
  readonly flopsPerPair: number;
  /** Cache bytes per group and context token. */
  readonly bytesPerGroupToken: number;
}

export interface DecodeShape extends DecodeHeads {
  readonly sequences: number;
  /** Tokens of all sequences that are attended to (a sliding window bounds each). */
  readonly contextTokens: number;
}

export const decodeSpecs = {
  fixedSeconds: fixedTime(8e-6, 200e-6),
  secondsPerSequence: size('s/sequence', 1e-8, 1e-12, 1e-5),
  bandwidth: share(0.8),
  compute: share(0.3, 0.005),
  /** Queries of a group that pad a tile of the tensor cores. */
  halfQueries: size('rows', 8, 0.01, 128),
  /** (sequence, group) pairs at which the SMs are half busy. */
  halfGroups: size('groups', 4, 0.01, 500),
  /** Context tokens of a sequence that pad its blocks. */
  halfContext: size('tokens', 100, 1, 4000),
};

const RIDGE = 4;

/** Seconds of decode attention in one layer, affine in the context at a fixed number of sequences. */
export interface DecodeRates {
  readonly fixedSeconds: number;
  /** Per context token, summed over the sequences. */
  readonly secondsPerContextToken: number;
}

/**
 * Affine in the context `S` of `B` sequences over `G` groups:
 *
 *     t = fixed + B t_seq + r (S + B s_half) (1 + g_half / (B G))
 *     r = G max~(bytes / (bandwidth e_m), FLOPs (q + q_half) / q / (peak e_c))   seconds per context token
 */
export function decodeAttentionRates(
  c: CoefficientValues<typeof decodeSpecs>,
  sequences: number,
  heads: DecodeHeads,
  limits: KernelLimits,
): DecodeRates {
  const memory = heads.bytesPerGroupToken / (limits.bytesPerSecond * c.bandwidth);
  const compute = (heads.flopsPerPair * (heads.queriesPerGroup + c.halfQueries)) / (limits.flopsPerSecond * c.compute);
  const slope = smoothMax(memory, compute, RIDGE) * (heads.groups + c.halfGroups / sequences);
  return {
    fixedSeconds: c.fixedSeconds + sequences * (c.secondsPerSequence + slope * c.halfContext),
    secondsPerContextToken: slope,
  };
}

export const decodeForm: CurveForm<DecodeShape, typeof decodeSpecs> = {
  specs: decodeSpecs,
  seconds(c, shape, limits) {
    const rates = decodeAttentionRates(c, shape.sequences, shape, limits);
    return rates.fixedSeconds + rates.secondsPerContextToken * shape.contextTokens;
  },
  floorSeconds(shape, limits) {
    const tokens = shape.contextTokens * shape.groups;
    return Math.max(
      (tokens * shape.bytesPerGroupToken) / limits.bytesPerSecond,
      (tokens * shape.queriesPerGroup * shape.flopsPerPair) / limits.flopsPerSecond,
    );
  },
};
