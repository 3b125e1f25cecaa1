import { fleetCost } from '../../economics/cost.js';
import { fleetPower } from '../../economics/energy.js';
import type { FleetUsage } from '../../economics/fleet-usage.js';
import type { Economics } from '../../scenario/schema.js';

/** GPUs of one pool. */
export interface GpuCount {
  /** Name in the catalog; null where a pool has step times but no GPU. */
  gpu: string | null;
  count: number;
  /** How many of them are provisioned on average; default: all. */
  provisioned?: number | undefined;
}

/**
 * What a fleet costs while it idles, dollars per hour: all of it but the electricity of the work, where that is paid apart.
 * It is known before anything is simulated, which is what a search needs.
 *
 * @returns null where a price is unknown
 * @example standingUsdPerHour([{ gpu: 'h200-sxm', count: 8 }], economics) // 16.4
 */
export function standingUsdPerHour(pools: readonly GpuCount[], economics: Economics): number | null {
  const nothing = {
    prefillGpuSeconds: 0,
    decodeGpuSeconds: 0,
    decodingPerGpu: 0,
    startingGpuSeconds: 0,
    failedGpuSeconds: 0,
  };
  const usage: FleetUsage = {
    seconds: 1,
    pools: pools.map(({ gpu, count, provisioned = count }) => ({
      gpu,
      installedGpus: count,
      provisionedGpuSeconds: provisioned,
      ...nothing,
    })),
  };
  return fleetCost(usage, economics, fleetPower(usage, economics.pue))?.usdPerHour ?? null;
}
