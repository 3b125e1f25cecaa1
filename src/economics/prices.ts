import { priceBooks } from '../catalog/index.js';
import type { Economics } from '../scenario/schema.js';

/** GPUs of one kind that are paid for. */
export interface GpuCount {
  /** Name in the catalog; null where a pool has step times but no GPU. */
  gpu: string | null;
  count: number;
}

/** Dollars per hour of one GPU: the scenario's own price, else that of its price book; null where neither has one. */
export function gpuHourUsd(gpu: string | null, economics: Economics): number | null {
  if (gpu === null) return null;
  return economics.gpuHour?.[gpu] ?? priceBooks[economics.prices]?.usdPerGpuHour[gpu]?.usd ?? null;
}

/** Dollars per hour of a whole fleet, idle GPUs included; null as soon as one price is unknown. */
export function fleetUsdPerHour(fleet: readonly GpuCount[], economics: Economics): number | null {
  let usdPerHour = 0;
  for (const { gpu, count } of fleet) {
    const usd = gpuHourUsd(gpu, economics);
    if (usd === null) return null;
    usdPerHour += usd * count;
  }
  return usdPerHour;
}
