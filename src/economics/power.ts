/**
 * Power of a GPU and of its share of the host, as multiples of the chip's thermal design power (TDP). Levels after the
 * power logs of MLPerf Inference v5.1 on eight B200 (TDP 1000 W; whole server, per GPU): 0.29 to 0.36 kW before a run,
 * 1.13 to 1.31 kW under Llama 8B, 70B and 405B. How chip and host, prefill and decode share it follows measurements of
 * others: prompts draw about TDP, decoding less, and more with the batch (Patel et al., "Splitwise", ISCA 2024, figures
 * 8 and 9; Patel et al., "POLCA", ASPLOS 2024).
 */
const LEVELS = {
  gpuIdle: 0.14,
  gpuPrefill: 1.0,
  /** Decoding a single sequence: memory streams weights, arithmetic waits. */
  gpuDecodeLeast: 0.6,
  /** Decoding a batch as large as it gets: arithmetic works nearly as for prompts. */
  gpuDecodeMost: 1.0,
  /** CPUs, fans, NICs and disks while the GPUs idle, and while they work. */
  hostIdle: 0.19,
  hostBusy: 0.3,
} as const;

/** Decoding sequences per GPU at which the power of decoding is half way between least and most. */
const HALF_WAY_SEQUENCES = 32;

/** Average watts of one GPU and its share of the host. */
export interface GpuPower {
  gpuWatts: number;
  hostWatts: number;
}

/** How a GPU spends its time: shares of it, and sequences per GPU while it decodes. */
export interface Activity {
  prefillShare: number;
  decodeShare: number;
  decodingPerGpu: number;
}

/**
 * Average power of a GPU that is idle, computes prompts and decodes for the given shares of time:
 *
 *     gpu  = TDP * (idle + prefill share * (1 - idle) + decode share * (decode(B) - idle))
 *     host = TDP * (0.19 + 0.11 * busy share)
 *     decode(B) = 0.6 + 0.4 * B / (B + 32), B sequences per GPU
 *
 * @example gpuPower(1000, { prefillShare: 0, decodeShare: 0, decodingPerGpu: 0 }) // 140 W and 190 W
 */
export function gpuPower(tdpWatts: number, { prefillShare, decodeShare, decodingPerGpu }: Activity): GpuPower {
  const { gpuIdle, gpuPrefill, hostIdle, hostBusy } = LEVELS;
  const gpu =
    gpuIdle + prefillShare * (gpuPrefill - gpuIdle) + decodeShare * (decodePowerLevel(decodingPerGpu) - gpuIdle);
  const host = hostIdle + (prefillShare + decodeShare) * (hostBusy - hostIdle);
  return { gpuWatts: tdpWatts * gpu, hostWatts: tdpWatts * host };
}

/**
 * Power of a decoding GPU as a multiple of its TDP.
 *
 * @example decodePowerLevel(32) // 0.8
 */
export function decodePowerLevel(sequencesPerGpu: number): number {
  const { gpuDecodeLeast, gpuDecodeMost } = LEVELS;
  const share = sequencesPerGpu / (sequencesPerGpu + HALF_WAY_SEQUENCES);
  return gpuDecodeLeast + (gpuDecodeMost - gpuDecodeLeast) * share;
}

/** Most that one GPU with its share of the host draws, kilowatts: prompts without a pause. */
export function fullKilowatts(tdpWatts: number): number {
  const { gpuWatts, hostWatts } = gpuPower(tdpWatts, { prefillShare: 1, decodeShare: 0, decodingPerGpu: 0 });
  return (gpuWatts + hostWatts) / 1000;
}
