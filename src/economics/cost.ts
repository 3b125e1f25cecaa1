import type { Economics } from '../scenario/schema.js';
import type { FleetPower } from './energy.js';
import {
  type FleetUsage,
  fleetGpus,
  GPU_USES,
  type GpuUse,
  gpusAgainst,
  gpusByUse,
  NO_USE,
  type PoolUsage,
  provisionedGpus,
} from './fleet-usage.js';
import { type OwnedGpuHour, ownedGpuHour } from './ownership.js';
import { gpuHourUsd } from './prices.js';

/** What the money of an hour is spent on, dollars per hour. The parts sum to the cost. */
export interface CostParts extends OwnedGpuHour {
  /** GPUs at the price of the book: rented under contract, or owned with everything in one price. */
  contract: number;
  /** GPUs beyond the contract. */
  onDemand: number;
  /** Where the price per GPU-hour does not contain it. */
  electricity: number;
  /** The same GPUs in the hours of the year in which they do not serve this load. */
  unused: number;
}

/**
 * What the GPUs did for that money, dollars per hour: their price by GPU time, and the electricity that each use drew. The
 * parts sum to the cost.
 */
export interface CostByUse extends Record<GpuUse, number> {
  /** Hours outside of the load, GPUs under contract beyond the fleet, and owned GPUs while they are switched off. */
  unused: number;
}

export interface FleetCost {
  usdPerHour: number;
  parts: CostParts;
  byUse: CostByUse;
  /**
   * The cost of each pool divided between prompts and answers by the GPU time that each took in it, idle time in
   * proportion; null where no GPU worked.
   */
  split: { inputUsdPerHour: number; outputUsdPerHour: number } | null;
}

/**
 * What a fleet costs per hour of the load, and where it goes.
 *
 * @param power of that fleet, for its electricity; null where a GPU is unknown, and then no cost is known either
 * @returns null as soon as one price is unknown
 * @example fleetCost(usage, economics, fleetPower(usage, 1.2))?.usdPerHour // eight H200 at $2.05: 16.4
 */
export function fleetCost(usage: FleetUsage, economics: Economics, power: FleetPower | null): FleetCost | null {
  const paysElectricity = economics.own !== undefined || !economics.electricityIncluded;
  const meterKilowatts = paysElectricity ? power : null;
  const priced = pricedPools(usage, economics, meterKilowatts);
  if (priced === null) return null;
  const { own, rental } = economics;
  const parts: CostParts = { ...NO_OWNERSHIP, contract: 0, onDemand: 0, electricity: 0, unused: 0 };
  const scheduled = priced.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0);
  const on = priced.reduce((sum, { onUsdPerHour }) => sum + onUsdPerHour, 0);
  let beyondFleet = scheduled - on;
  if (own !== undefined) {
    for (const { owned, count } of priced) {
      for (const part of OWNED) parts[part] += (owned?.[part] ?? 0) * count;
    }
  } else if (rental === undefined) {
    parts.contract = scheduled;
  } else {
    const fleet = fleetGpus(usage);
    const average = fleet > 0 ? scheduled / fleet : 0;
    const { beyond, unused } = gpusAgainst(rental.committed, usage);
    parts.contract = rental.committed * average;
    parts.onDemand = beyond * average * rental.onDemandFactor;
    beyondFleet = unused * average;
  }
  const electricity = priced.reduce((total, pool) => total + sum(pool.electricity), 0);
  // What is paid for whether or not there is this load.
  const standing = sum(parts) - parts.onDemand + (meterKilowatts?.idleKilowatts ?? 0) * economics.electricity;
  parts.electricity = electricity;
  parts.unused = (1 / economics.utilization - 1) * standing;
  const usdPerHour = sum(parts);
  const unused = parts.unused + beyondFleet;
  return {
    usdPerHour,
    parts,
    byUse: { ...byUse(priced, usage.seconds, usdPerHour - unused - electricity), unused },
    split: split(priced, usdPerHour),
  };
}

const NO_OWNERSHIP: OwnedGpuHour = {
  gpus: 0,
  servers: 0,
  network: 0,
  facility: 0,
  capital: 0,
  maintenance: 0,
  staff: 0,
  colocation: 0,
};
const OWNED = Object.keys(NO_OWNERSHIP) as (keyof OwnedGpuHour)[];

interface PricedPool {
  pool: PoolUsage;
  count: number;
  owned: OwnedGpuHour | null;
  usdPerHour: number;
  /** Of the GPUs that were provisioned: less than the whole where owned ones were switched off. */
  onUsdPerHour: number;
  /** Dollars per hour of what the GPUs draw for each use; 0 where the price of the GPUs contains it. */
  electricity: Record<GpuUse, number>;
}

/** Owned GPUs cost whether they are switched on or not; rented ones while they are provisioned. */
function pricedPools(
  { pools, seconds }: FleetUsage,
  economics: Economics,
  meterKilowatts: FleetPower | null,
): PricedPool[] | null {
  const { own } = economics;
  const priced: PricedPool[] = [];
  for (const [i, pool] of pools.entries()) {
    const owned = own === undefined ? null : ownedGpuHour(pool.gpu, own);
    const price = own === undefined ? gpuHourUsd(pool.gpu, economics) : owned && sum(owned);
    if (price === null) return null;
    const provisioned = provisionedGpus(pool, seconds);
    const count = own === undefined ? provisioned : pool.installedGpus;
    const onUsdPerHour = price * Math.min(count, provisioned);
    const electricity = { ...NO_USE };
    for (const use of GPU_USES) electricity[use] = (meterKilowatts?.pools[i][use] ?? 0) * economics.electricity;
    priced.push({ pool, count, owned, usdPerHour: price * count, onUsdPerHour, electricity });
  }
  return priced;
}

/** Divides what the GPUs cost among what they did, pool by pool, and adds the electricity that each use drew. */
function byUse(priced: readonly PricedPool[], seconds: number, gpusUsdPerHour: number): Record<GpuUse, number> {
  const uses = { ...NO_USE };
  const on = priced.reduce((total, { onUsdPerHour }) => total + onUsdPerHour, 0);
  for (const { pool, onUsdPerHour, electricity } of priced) {
    const provisioned = provisionedGpus(pool, seconds);
    const each = on > 0 && provisioned > 0 ? (gpusUsdPerHour * onUsdPerHour) / on / provisioned : 0;
    const count = gpusByUse(pool, seconds);
    for (const use of GPU_USES) uses[use] += count[use] * each + electricity[use];
  }
  return uses;
}

function split(priced: readonly PricedPool[], usdPerHour: number): FleetCost['split'] {
  const prefill = priced.reduce((total, { pool }) => total + pool.prefillGpuSeconds, 0);
  const decode = priced.reduce((total, { pool }) => total + pool.decodeGpuSeconds, 0);
  if (prefill + decode <= 0) return null;
  const cost = priced.map((of) => of.usdPerHour + sum(of.electricity));
  const whole = cost.reduce((total, usd) => total + usd, 0);
  let inputUsdPerHour = 0;
  for (const [i, { pool }] of priced.entries()) {
    const busy = pool.prefillGpuSeconds + pool.decodeGpuSeconds;
    // A pool that never worked follows the others.
    const ofInput = busy > 0 ? pool.prefillGpuSeconds / busy : prefill / (prefill + decode);
    inputUsdPerHour += whole > 0 ? ((usdPerHour * cost[i]) / whole) * ofInput : 0;
  }
  return { inputUsdPerHour, outputUsdPerHour: usdPerHour - inputUsdPerHour };
}

function sum(parts: object): number {
  return Object.values(parts).reduce((total: number, part: number) => total + part, 0);
}
