import { gpus, priceBooks } from '../catalog/index.js';
import { perMegawatt } from './energy.js';
import type { FleetUsage } from './fleet-usage.js';
import { provisionedGpus } from './fleet-usage.js';
import { usdPerMillion } from './unit-cost.js';

/** Figures as one benchmark counts them. */
export interface ConventionFigures {
  tokensPerSecondPerGpu: number | null;
  usdPerMillionTokens: number | null;
  tokensPerSecondPerMegawatt: number | null;
}

/** The same run in the units of those who publish such figures. */
export interface Conventions {
  /**
   * InferenceX: prompt tokens, cached ones included, and answer tokens together, over all GPUs of the fleet, prefill and decode; power is what a
   * utility provisions per GPU (catalog, of the year of the price book), not what was drawn.
   */
  inferencex: ConventionFigures;
  /**
   * As InferenceX, without prompt tokens that a prefix cache already held: what the GPUs computed. Power is what the servers
   * drew, without the building.
   */
  computed: ConventionFigures;
  /** MLPerf Inference: answer tokens alone, over all GPUs; power is what the servers drew, without the building. */
  mlperf: ConventionFigures;
}

export interface Delivered {
  /** Of prompts, cached tokens included. */
  inputTokensPerSecond: number;
  /** Share of prompt tokens that were cached. */
  cachedShare: number;
  outputTokensPerSecond: number;
}

/**
 * @param itKilowatts average power of the servers; null where it is unknown
 * @example conventions(usage, { inputTokensPerSecond: 8000, cachedShare: 0, outputTokensPerSecond: 1000 }, 16.4, 8, 'rental-2026').inferencex.tokensPerSecondPerGpu // 1125
 */
export function conventions(
  usage: FleetUsage,
  { inputTokensPerSecond, cachedShare, outputTokensPerSecond }: Delivered,
  usdPerHour: number | null,
  itKilowatts: number | null,
  priceBook: string,
): Conventions {
  const count = usage.pools.reduce((sum, pool) => sum + provisionedGpus(pool, usage.seconds), 0);
  const total = inputTokensPerSecond + outputTokensPerSecond;
  const computed = inputTokensPerSecond * (1 - cachedShare) + outputTokensPerSecond;
  const perGpu = (tokens: number) => (count > 0 ? tokens / count : null);
  return {
    inferencex: {
      tokensPerSecondPerGpu: perGpu(total),
      usdPerMillionTokens: usdPerMillion(usdPerHour, total),
      tokensPerSecondPerMegawatt: perMegawatt(total, utilityKilowatts(usage, priceBook)),
    },
    computed: {
      tokensPerSecondPerGpu: perGpu(computed),
      usdPerMillionTokens: usdPerMillion(usdPerHour, computed),
      tokensPerSecondPerMegawatt: perMegawatt(computed, itKilowatts),
    },
    mlperf: {
      tokensPerSecondPerGpu: perGpu(outputTokensPerSecond),
      usdPerMillionTokens: usdPerMillion(usdPerHour, outputTokensPerSecond),
      tokensPerSecondPerMegawatt: perMegawatt(outputTokensPerSecond, itKilowatts),
    },
  };
}

/** Provisioned power by the accounting of the year that the price book is of; null where a GPU has no such figure. */
function utilityKilowatts({ pools, seconds }: FleetUsage, priceBook: string): number | null {
  const of2025 = priceBooks[priceBook]?.asOf.startsWith('2025') ?? false;
  let kilowatts = 0;
  for (const pool of pools) {
    const entry = pool.gpu === null ? undefined : gpus[pool.gpu];
    const each = of2025 ? entry?.allInKilowatts2025 : entry?.allInKilowatts2026;
    if (each === null || each === undefined) return null;
    kilowatts += each * provisionedGpus(pool, seconds);
  }
  return kilowatts;
}
