/** How the GPUs of one pool spent the measured window; the rest of their provisioned time they idled. */
export interface PoolUsage {
  /** Name in the catalog; null where a pool has step times but no GPU. */
  gpu: string | null;
  /** GPUs of the pool at its largest: what must be owned, cabled and powered. */
  installedGpus: number;
  /** GPU-seconds paid for inside the window, starting and failed ones included. */
  provisionedGpuSeconds: number;
  /** GPU-seconds of computing prompts; of a step that carries prompts and answers, what the prompts add to it. */
  prefillGpuSeconds: number;
  /** GPU-seconds of decoding. */
  decodeGpuSeconds: number;
  /** Decoding sequences per GPU while it decodes. */
  decodingPerGpu: number;
  /** GPU-seconds of instances that start up and serve nothing yet. */
  startingGpuSeconds: number;
  /** GPU-seconds of instances that are broken. */
  failedGpuSeconds: number;
}

/** How a fleet spent the measured window. */
export interface FleetUsage {
  seconds: number;
  pools: readonly PoolUsage[];
}

/** Average number of GPUs of a pool that were provisioned; those installed where no time has passed. */
export function provisionedGpus({ provisionedGpuSeconds, installedGpus }: PoolUsage, seconds: number): number {
  return seconds > 0 ? provisionedGpuSeconds / seconds : installedGpus;
}

/** Average number of GPUs of a fleet that were provisioned. */
export function fleetGpus({ pools, seconds }: FleetUsage): number {
  return pools.reduce((sum, pool) => sum + provisionedGpus(pool, seconds), 0);
}
