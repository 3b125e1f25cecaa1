import { priceBooks } from '../catalog/index.js';
import type { Economics } from '../scenario/schema.js';

/** Dollars per hour of one GPU: the scenario's own price, else that of its price book; null where neither has one. */
export function gpuHourUsd(gpu: string | null, economics: Economics): number | null {
  if (gpu === null) return null;
  return economics.gpuHour?.[gpu] ?? priceBooks[economics.prices]?.usdPerGpuHour[gpu]?.usd ?? null;
}
