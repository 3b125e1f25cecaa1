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

/** For how long a fleet had so many provisioned GPUs. */
export interface FleetSize {
  gpus: number;
  seconds: number;
}

/** How a fleet spent the measured window. */
export interface FleetUsage {
  seconds: number;
  pools: readonly PoolUsage[];
  /** Where the fleet changes: how large it was for how long, all together the window. Undefined: the same all the time. */
  sizes?: readonly FleetSize[] | undefined;
}

/** Average number of GPUs of a pool that were provisioned; those installed where no time has passed. */
export function provisionedGpus({ provisionedGpuSeconds, installedGpus }: PoolUsage, seconds: number): number {
  return seconds > 0 ? provisionedGpuSeconds / seconds : installedGpus;
}

/** Average number of GPUs of a fleet that were provisioned. */
export function fleetGpus({ pools, seconds }: FleetUsage): number {
  return pools.reduce((sum, pool) => sum + provisionedGpus(pool, seconds), 0);
}

/** What a provisioned GPU can be doing. */
export type GpuUse = 'prefill' | 'decode' | 'idle' | 'startUp' | 'failures';

/** Nothing, by use: what sums begin with. */
export const NO_USE: Readonly<Record<GpuUse, number>> = { prefill: 0, decode: 0, idle: 0, startUp: 0, failures: 0 };
export const GPU_USES = Object.keys(NO_USE) as readonly GpuUse[];

/**
 * Average number of GPUs of a pool by what they did; together those that were provisioned.
 *
 * @example gpusByUse({ ...pool, provisionedGpuSeconds: 28_800, prefillGpuSeconds: 7200 }, 3600).prefill // 2 of 8
 */
export function gpusByUse(pool: PoolUsage, seconds: number): Record<GpuUse, number> {
  const average = (gpuSeconds: number) => (seconds > 0 ? gpuSeconds / seconds : 0);
  const prefill = average(pool.prefillGpuSeconds);
  const decode = average(pool.decodeGpuSeconds);
  const startUp = average(pool.startingGpuSeconds);
  const failures = average(pool.failedGpuSeconds);
  return {
    prefill,
    decode,
    idle: provisionedGpus(pool, seconds) - prefill - decode - startUp - failures,
    startUp,
    failures,
  };
}

/**
 * GPUs beyond a contract and GPUs of the contract that are not provisioned, each as an average over the window: a fleet
 * that is half the time above its contract and half the time below has both.
 *
 * @example gpusAgainst(6, { ...usage, sizes: [{ gpus: 4, seconds: 1800 }, { gpus: 8, seconds: 1800 }] }) // 1 beyond, 1 unused
 */
export function gpusAgainst(committed: number, usage: FleetUsage): { beyond: number; unused: number } {
  const { seconds, sizes = [{ gpus: fleetGpus(usage), seconds }] } = usage;
  if (seconds <= 0) return { beyond: 0, unused: 0 };
  const average = (of: (gpus: number) => number) =>
    sizes.reduce((sum, size) => sum + Math.max(0, of(size.gpus)) * size.seconds, 0) / seconds;
  return { beyond: average((gpus) => gpus - committed), unused: average((gpus) => committed - gpus) };
}
