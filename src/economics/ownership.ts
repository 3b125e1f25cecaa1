import { gpus } from '../catalog/index.js';
import type { Ownership } from '../scenario/schema.js';
import { yearlyCost } from './annuity.js';
import { fullKilowatts } from './power.js';
import { HOURS_PER_MONTH, HOURS_PER_YEAR } from './time.js';

/** What an owned GPU with its share of everything around it costs, dollars per hour, electricity apart. */
export interface OwnedGpuHour {
  gpus: number;
  servers: number;
  network: number;
  facility: number;
  capital: number;
  maintenance: number;
  staff: number;
  colocation: number;
}

/**
 * Cost of owning one GPU for an hour:
 *
 *     depreciation of GPU, server, network (over `years`) and facility (over `facilityYears`)
 *       + cost of capital (what the annuities of all of them have beyond depreciation)
 *       + maintenance + staff + colocation * provisioned kW
 *
 * each per year (or month) over its hours.
 *
 * @returns null where the scenario has no price for this GPU
 * @example ownedGpuHour('h200-sxm', { ...own, gpu: { 'h200-sxm': 35064 }, years: 4, capitalRate: 0 }).gpus // 1
 */
export function ownedGpuHour(gpu: string | null, own: Ownership): OwnedGpuHour | null {
  const price = gpu === null ? undefined : own.gpu[gpu];
  if (gpu === null || price === undefined) return null;
  const equipment = (usd: number) => yearlyCost(usd, own.years, own.capitalRate, own.residual);
  const bought = {
    gpus: equipment(price),
    servers: equipment(own.server),
    network: equipment(own.network),
    facility: yearlyCost(own.facility, own.facilityYears, own.capitalRate),
  };
  const capital = Object.values(bought).reduce((sum, { capitalUsd }) => sum + capitalUsd, 0);
  return {
    gpus: bought.gpus.depreciationUsd / HOURS_PER_YEAR,
    servers: bought.servers.depreciationUsd / HOURS_PER_YEAR,
    network: bought.network.depreciationUsd / HOURS_PER_YEAR,
    facility: bought.facility.depreciationUsd / HOURS_PER_YEAR,
    capital: capital / HOURS_PER_YEAR,
    maintenance: (own.maintenance * (price + own.server + own.network)) / HOURS_PER_YEAR,
    staff: own.staff / HOURS_PER_YEAR,
    colocation: (own.colocation * provisionedKilowatts(gpu, own)) / HOURS_PER_MONTH,
  };
}

/** Dollars to buy one GPU with its share of server, network and facility; null where its price is unknown. */
export function purchaseUsd(gpu: string | null, own: Ownership): number | null {
  const price = gpu === null ? undefined : own.gpu[gpu];
  return price === undefined ? null : price + own.server + own.network + own.facility;
}

/**
 * What one GPU with its share of server, network and facility is worth after some years, by the books: straight from its
 * price to its residual value; null where its price is unknown.
 *
 * @example bookValueUsd('h200-sxm', { ...own, gpu: { 'h200-sxm': 1000 }, years: 4, residual: 0.2 }, 2) // 600
 */
export function bookValueUsd(gpu: string | null, own: Ownership, years: number): number | null {
  const price = gpu === null ? undefined : own.gpu[gpu];
  if (price === undefined) return null;
  const equipment = 1 - (1 - own.residual) * Math.min(1, years / own.years);
  const building = 1 - Math.min(1, years / own.facilityYears);
  return (price + own.server + own.network) * equipment + own.facility * building;
}

/** IT power to reserve for one GPU: the scenario's, else that of the catalog, else what the power model has at full load. */
function provisionedKilowatts(gpu: string, own: Ownership): number {
  const entry = gpus[gpu];
  return own.provisioned ?? entry?.allInKilowatts2026 ?? (entry === undefined ? 0 : fullKilowatts(entry.chipTdpWatts));
}
