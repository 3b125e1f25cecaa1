import { gpus } from '../catalog/index.js';
import {
  type FleetUsage,
  GPU_USES,
  type GpuUse,
  gpusByUse,
  NO_USE,
  type PoolUsage,
  provisionedGpus,
} from './fleet-usage.js';
import { type Activity, fullKilowatts, gpuPower } from './power.js';

/** Power of a fleet, kilowatts. */
export interface FleetPower {
  gpuKilowatts: number;
  /** CPUs, fans, NICs and disks of the servers. */
  hostKilowatts: number;
  /** Cooling and losses of the building: `(PUE - 1) * IT power`. */
  overheadKilowatts: number;
  /** At the meter of the building: the sum of the three. */
  averageKilowatts: number;
  /** At the meter, if the fleet did nothing. */
  idleKilowatts: number;
  /** At the meter, if all installed GPUs computed prompts at once: what a breaker must carry. */
  peakKilowatts: number;
  /** At the meter, by pool and what its GPUs did; all together the average. */
  pools: readonly Readonly<Record<GpuUse, number>>[];
}

/**
 * Average, idle and peak power of a fleet; GPUs that start or are broken count as idle.
 *
 * @returns null where a GPU of the fleet is unknown
 * @example fleetPower(usage, 1.2)?.averageKilowatts // of 8 busy H200: about 8 * 0.7 * 1.25 * 1.2 = 8.4
 */
export function fleetPower({ pools, seconds }: FleetUsage, pue: number): FleetPower | null {
  let gpuWatts = 0;
  let hostWatts = 0;
  let idleWatts = 0;
  let peakKilowatts = 0;
  const byUse: FleetPower['pools'][number][] = [];
  for (const pool of pools) {
    const entry = pool.gpu === null ? undefined : gpus[pool.gpu];
    if (entry === undefined) return null;
    const count = gpusByUse(pool, seconds);
    const meterKilowatts = { ...NO_USE };
    for (const use of GPU_USES) {
      const each = gpuPower(entry.chipTdpWatts, activity(use, pool));
      gpuWatts += count[use] * each.gpuWatts;
      hostWatts += count[use] * each.hostWatts;
      meterKilowatts[use] = (count[use] * (each.gpuWatts + each.hostWatts) * pue) / 1000;
    }
    byUse.push(meterKilowatts);
    const idle = gpuPower(entry.chipTdpWatts, activity('idle', pool));
    idleWatts += provisionedGpus(pool, seconds) * (idle.gpuWatts + idle.hostWatts);
    peakKilowatts += pool.installedGpus * fullKilowatts(entry.chipTdpWatts);
  }
  const itKilowatts = (gpuWatts + hostWatts) / 1000;
  const averageKilowatts = itKilowatts * pue;
  return {
    gpuKilowatts: gpuWatts / 1000,
    hostKilowatts: hostWatts / 1000,
    overheadKilowatts: averageKilowatts - itKilowatts,
    averageKilowatts,
    idleKilowatts: (idleWatts * pue) / 1000,
    peakKilowatts: peakKilowatts * pue,
    pools: byUse,
  };
}

/** What a GPU does all the time that has one use. */
function activity(use: GpuUse, { decodingPerGpu }: PoolUsage): Activity {
  return { prefillShare: use === 'prefill' ? 1 : 0, decodeShare: use === 'decode' ? 1 : 0, decodingPerGpu };
}

/**
 * Most GPUs of one kind whose peak keeps a power cap at the meter; Infinity without a cap, or where the GPU is unknown.
 *
 * @example mostGpusUnderCap('h200-sxm', { powerCap: 8.736, pue: 1.2 }) // 8
 */
export function mostGpusUnderCap(
  gpu: string | null,
  { powerCap, pue }: { powerCap?: number | undefined; pue: number },
): number {
  const entry = gpu === null ? undefined : gpus[gpu];
  if (powerCap === undefined || entry === undefined) return Number.POSITIVE_INFINITY;
  // A fleet that meets the cap exactly must not fail by the last bit of a product.
  return Math.floor(powerCap / (fullKilowatts(entry.chipTdpWatts) * pue) + 1e-9);
}

/** Joules per unit at a rate of `perSecond`; null where nothing is produced or the power is unknown. */
export function joulesPer(kilowatts: number | null, perSecond: number): number | null {
  return kilowatts === null || perSecond <= 0 ? null : (kilowatts * 1000) / perSecond;
}

/**
 * Units per second for each megawatt at the meter.
 *
 * @example perMegawatt(3000, 10) // 300000
 */
export function perMegawatt(perSecond: number, kilowatts: number | null): number | null {
  return kilowatts === null || kilowatts <= 0 ? null : perSecond / (kilowatts / 1000);
}

/**
 * Kilograms of CO2 equivalent per hour of drawing that power from a grid; null where either is unknown.
 *
 * @param gridCarbon grams per kWh
 * @example carbonKilogramsPerHour(10, 400) // 4
 */
export function carbonKilogramsPerHour(kilowatts: number | null, gridCarbon: number | undefined): number | null {
  return kilowatts === null || gridCarbon === undefined ? null : (kilowatts * gridCarbon) / 1000;
}
