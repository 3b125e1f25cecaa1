import type { FleetUsage, PoolUsage } from '../../src/economics/fleet-usage.js';
import { type Economics, economicsSchema } from '../../src/scenario/economics-schema.js';

/** `economics` of a scenario with all defaults filled in. */
export function economics(entry: object = {}): Economics {
  return economicsSchema.parse(entry);
}

/** Eight H200 over an hour: 2 GPU-hours of prompts, 4 of decoding, 2 idle; whatever a test wants to be different. */
export function pool(changes: Partial<PoolUsage> = {}): PoolUsage {
  return {
    gpu: 'h200-sxm',
    installedGpus: 8,
    provisionedGpuSeconds: 8 * 3600,
    prefillGpuSeconds: 2 * 3600,
    decodeGpuSeconds: 4 * 3600,
    decodingPerGpu: 32,
    startingGpuSeconds: 0,
    failedGpuSeconds: 0,
    ...changes,
  };
}

export function hour(...pools: PoolUsage[]): FleetUsage {
  return { seconds: 3600, pools: pools.length > 0 ? pools : [pool()] };
}
