import type { Economics } from '../scenario/schema.js';
import { type FleetUsage, fleetGpus, gpusAgainst, type PoolUsage, provisionedGpus } from './fleet-usage.js';
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

/** What the GPUs did for that money, dollars per hour. The parts sum to the cost. */
export interface CostByUse {
  prefill: number;
  decode: number;
  idle: number;
  startUp: number;
  failures: number;
  /** Hours outside of the load, GPUs under contract beyond the fleet, and owned GPUs while they are switched off. */
  unused: number;
}

export interface FleetCost {
  usdPerHour: number;
  parts: CostParts;
  byUse: CostByUse;
  /**
   * The cost divided between prompts and answers by the GPU time that each took in each pool, idle time in proportion;
   * null where no GPU worked.
   */
  split: { inputUsdPerHour: number; outputUsdPerHour: number } | null;
}

/** Electricity of an hour of the load, and of an hour of idling. */
export interface ElectricityUsdPerHour {
  average: number;
  idle: number;
}

/**
 * What a fleet costs per hour of the load, and where it goes.
 *
 * @param electricity null where the power of a GPU is unknown; it then counts as 0
 * @returns null as soon as one price is unknown
 * @example fleetCost(usage, economics, null)?.usdPerHour // eight H200 at $2.05: 16.4
 */
export function fleetCost(
  usage: FleetUsage,
  economics: Economics,
  electricity: ElectricityUsdPerHour | null,
): FleetCost | null {
  const priced = pricedPools(usage, economics);
  if (priced === null) return null;
  const { own, rental, electricityIncluded } = economics;
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
  const paysElectricity = own !== undefined || !electricityIncluded;
  parts.electricity = paysElectricity ? (electricity?.average ?? 0) : 0;
  // What is paid for whether or not there is this load.
  const standing = sum(parts) - parts.electricity - parts.onDemand + (paysElectricity ? (electricity?.idle ?? 0) : 0);
  parts.unused = (1 / economics.utilization - 1) * standing;
  const usdPerHour = sum(parts);
  const unused = parts.unused + beyondFleet;
  return {
    usdPerHour,
    parts,
    byUse: { ...byUse(shared(priced, on, 'onUsdPerHour'), usdPerHour - unused), unused },
    split: split(shared(priced, scheduled, 'usdPerHour'), usdPerHour),
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
}

/** Owned GPUs cost whether they are switched on or not; rented ones while they are provisioned. */
function pricedPools({ pools, seconds }: FleetUsage, economics: Economics): PricedPool[] | null {
  const { own } = economics;
  const priced: PricedPool[] = [];
  for (const pool of pools) {
    const owned = own === undefined ? null : ownedGpuHour(pool.gpu, own);
    const price = own === undefined ? gpuHourUsd(pool.gpu, economics) : owned && sum(owned);
    if (price === null) return null;
    const provisioned = provisionedGpus(pool, seconds);
    const count = own === undefined ? provisioned : pool.installedGpus;
    const onUsdPerHour = price * Math.min(count, provisioned);
    priced.push({ pool, count, owned, usdPerHour: price * count, onUsdPerHour });
  }
  return priced;
}

type SharedPool = PricedPool & { share: number };

/** Pools with their shares of `total`, the sum of what each has under `key`. */
function shared(
  pools: readonly PricedPool[],
  total: number,
  key: 'usdPerHour' | 'onUsdPerHour',
): readonly SharedPool[] {
  return pools.map((pool) => ({ ...pool, share: total > 0 ? pool[key] / total : 0 }));
}

/** Divides dollars among what the GPUs did, pool by pool. */
function byUse(pools: readonly SharedPool[], usdPerHour: number): Omit<CostByUse, 'unused'> {
  const uses = { prefill: 0, decode: 0, idle: 0, startUp: 0, failures: 0 };
  for (const { pool, share } of pools) {
    const usd = usdPerHour * share;
    const perGpuSecond = pool.provisionedGpuSeconds > 0 ? usd / pool.provisionedGpuSeconds : 0;
    const worked = {
      prefill: pool.prefillGpuSeconds * perGpuSecond,
      decode: pool.decodeGpuSeconds * perGpuSecond,
      startUp: pool.startingGpuSeconds * perGpuSecond,
      failures: pool.failedGpuSeconds * perGpuSecond,
    };
    uses.prefill += worked.prefill;
    uses.decode += worked.decode;
    uses.startUp += worked.startUp;
    uses.failures += worked.failures;
    uses.idle += usd - sum(worked);
  }
  return uses;
}

function split(pools: readonly SharedPool[], usdPerHour: number): FleetCost['split'] {
  const prefill = pools.reduce((total, { pool }) => total + pool.prefillGpuSeconds, 0);
  const decode = pools.reduce((total, { pool }) => total + pool.decodeGpuSeconds, 0);
  if (prefill + decode <= 0) return null;
  let inputUsdPerHour = 0;
  for (const { pool, share } of pools) {
    const busy = pool.prefillGpuSeconds + pool.decodeGpuSeconds;
    // A pool that never worked follows the others.
    const ofInput = busy > 0 ? pool.prefillGpuSeconds / busy : prefill / (prefill + decode);
    inputUsdPerHour += usdPerHour * share * ofInput;
  }
  return { inputUsdPerHour, outputUsdPerHour: usdPerHour - inputUsdPerHour };
}

function sum(parts: object): number {
  return Object.values(parts).reduce((total: number, part: number) => total + part, 0);
}
