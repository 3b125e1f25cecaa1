import { gpus } from '../catalog/index.js';
import type { GpuCount } from './prices.js';

/**
 * Power of a GPU with its share of the server, as multiples of the chip's thermal design power. From the power logs of
 * MLPerf Inference v5.1 on eight B200 (chip 1000 W): 1.15 to 1.30 kW per GPU under Llama load, 0.29 to 0.36 kW idle.
 */
const BUSY_SHARE_OF_TDP = 1.25;
const IDLE_SHARE_OF_TDP = 0.33;

/**
 * Average power of a fleet at the meter of the building, kilowatts:
 *
 *     PUE * sum over GPUs of TDP * (idle + (busy - idle) * utilisation)
 *
 * @param utilization share of time in which the GPUs compute, 0 to 1
 * @returns null where a GPU of the fleet is unknown
 * @example fleetKilowatts([{ gpu: 'h200-sxm', count: 8 }], 1, 1.2) // 8 * 0.7 * 1.25 * 1.2 = 8.4
 */
export function fleetKilowatts(fleet: readonly GpuCount[], utilization: number, pue: number): number | null {
  const share = IDLE_SHARE_OF_TDP + (BUSY_SHARE_OF_TDP - IDLE_SHARE_OF_TDP) * utilization;
  let watts = 0;
  for (const { gpu, count } of fleet) {
    const entry = gpu === null ? undefined : gpus[gpu];
    if (entry === undefined) return null;
    watts += entry.chipTdpWatts * share * count;
  }
  return (watts * pue) / 1000;
}
