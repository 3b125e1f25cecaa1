import { expertsTouched } from '../architecture.js';

/**
 * How tokens spread over experts: `balanced` deals them out evenly (a benchmark's ideal), `random` lets every token choose
 * its experts independently, the power laws give the experts of one step loads drawn from `load^-exponent`.
 */
export type ExpertDistribution = 'balanced' | 'random' | 'power_law_1.01' | 'power_law_1.2';

export interface ExpertDemand {
  readonly tokens: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  /** GPUs the experts are spread over. */
  readonly expertParallel: number;
}

/** Work of the busiest GPU. */
export interface ExpertLoad {
  /** (token, expert) pairs it computes. */
  readonly rows: number;
  /** Experts it holds that at least one token chose. */
  readonly touched: number;
}

interface Skew {
  /** Standard deviation of an expert's load over its mean. */
  readonly dispersion: number;
  /** Share of a step's tokens that choose independently, for the number of experts touched. */
  readonly diversity: number;
}

/** Medians of fits to all expert tables that have both distributions. */
const SKEWS: Readonly<Record<'power_law_1.01' | 'power_law_1.2', Skew>> = {
  'power_law_1.01': { dispersion: 2, diversity: 0.7 },
  'power_law_1.2': { dispersion: 3, diversity: 0.6 },
};

/**
 * Rows and touched experts of the busiest of `expertParallel` GPUs. The load of a GPU is a sum over
 * `experts / expertParallel` experts, so its dispersion shrinks with their root; the largest of `r` normal variables is
 * about `sqrt(2 ln r)` deviations above the mean:
 *
 *     rows = tokens * perToken / r * min(r, 1 + dispersion * sqrt(r / experts) * sqrt(2 ln r))
 */
export function expertLoad(
  demand: ExpertDemand,
  distribution: ExpertDistribution,
  skew: Skew = skewOf(distribution),
): ExpertLoad {
  const { tokens, experts, expertsPerToken, expertParallel: ranks } = demand;
  const held = experts / ranks;
  const rows = (tokens * expertsPerToken) / ranks;
  if (distribution === 'balanced') return { rows, touched: Math.min(held, Math.max(rows, 1)) };
  const imbalance = expertImbalance(ranks, experts, skew.dispersion);
  const independent = 1 + Math.max(0, tokens - 1) * skew.diversity;
  const touched = (expertsTouched(experts, expertsPerToken, independent) / ranks) * imbalance;
  return { rows: rows * imbalance, touched: Math.min(held, Math.max(touched, Math.min(1, rows * imbalance))) };
}

/** Load of the busiest of `ranks` GPUs over the mean; `dispersion` is that of one expert's load. */
export function expertImbalance(ranks: number, experts: number, dispersion: number): number {
  return Math.min(ranks, 1 + dispersion * Math.sqrt((ranks / experts) * 2 * Math.log(ranks)));
}

function skewOf(distribution: ExpertDistribution): Skew {
  if (distribution === 'power_law_1.01' || distribution === 'power_law_1.2') return SKEWS[distribution];
  return { dispersion: 0, diversity: 1 };
}
