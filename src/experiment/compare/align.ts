import { fleetCost } from '../../economics/cost.js';
import { fleetPower } from '../../economics/energy.js';
import type { FleetUsage } from '../../economics/fleet-usage.js';
import type { Alignment } from '../../scenario/comparison-schema.js';
import { InputError } from '../../scenario/input-error.js';
import type { Scenario } from '../../scenario/schema.js';

/** How large the fleets of a comparison are, in what they were made equal in. */
export interface AlignmentReport {
  by: Alignment;
  unit: 'GPUs' | '$/h' | 'kW';
  fleets: { name: string; amount: number | null; relative: number | null; replicas: number[] }[];
}

const UNITS = { none: 'GPUs', gpus: 'GPUs', cost: '$/h', power: 'kW' } as const;

/**
 * Replicas that make the others as large as the first fleet: in GPUs, $ per hour or peak power at the meter. All pools of
 * a fleet are scaled alike and rounded to whole replicas, at least one, so fleets of few replicas stay apart; `relative`
 * says by how much.
 *
 * @example alignFleets([hopper, blackwell], 'cost').fleets[1].replicas // [13] beside 16 of the first
 */
export function alignFleets(fleets: readonly { name: string; scenario: Scenario }[], by: Alignment): AlignmentReport {
  const amounts = fleets.map(({ scenario }) => sizeOf(scenario, by, undefined));
  const [reference] = amounts;
  return {
    by,
    unit: UNITS[by],
    fleets: fleets.map(({ name, scenario }, i) => {
      const own = scenario.factory.pools.map(({ replicas }) => replicas);
      const amount = amounts[i];
      if (by !== 'none' && (reference === null || amount === null || amount === 0)) {
        throw new InputError({
          message: `cannot be aligned by ${by}: ${reference === null ? fleets[0].name : name} has no known ${by === 'cost' ? 'price' : 'power'}`,
          found: name,
          hint: by === 'cost' ? 'set economics.gpuHour' : undefined,
        });
      }
      const factor = by === 'none' || reference === null || amount === null ? 1 : reference / amount;
      const replicas = i === 0 ? own : own.map((count) => Math.max(1, Math.round(count * factor)));
      const reached = sizeOf(scenario, by, replicas);
      return { name, amount: reached, relative: relativeTo(reference, reached), replicas };
    }),
  };
}

function relativeTo(reference: number | null, amount: number | null): number | null {
  return reference === null || amount === null || reference === 0 ? null : amount / reference;
}

/** Overrides that give a fleet its replicas. */
export function replicaOverrides(replicas: readonly number[]): string[] {
  return replicas.map((count, i) => `factory.pools[${i}].replicas=${count}`);
}

function sizeOf(scenario: Scenario, by: Alignment, replicas: readonly number[] | undefined): number | null {
  const usage = provisioned(scenario, replicas);
  if (by === 'cost') return fleetCost(usage, scenario.economics, null)?.usdPerHour ?? null;
  if (by === 'power') return fleetPower(usage, scenario.economics.pue)?.peakKilowatts ?? null;
  return usage.pools.reduce((sum, { installedGpus }) => sum + installedGpus, 0);
}

/** The fleet as it stands there, before anybody asks it anything. */
function provisioned({ factory }: Scenario, replicas: readonly number[] | undefined): FleetUsage {
  const seconds = 1;
  const pools = factory.pools.map(({ gpu = null, replicas: own, parallelism: { tp, pp, attentionDp } }, i) => {
    const installedGpus = (replicas?.[i] ?? own) * tp * pp * attentionDp;
    return {
      gpu,
      installedGpus,
      provisionedGpuSeconds: installedGpus * seconds,
      prefillGpuSeconds: 0,
      decodeGpuSeconds: 0,
      decodingPerGpu: 0,
      startingGpuSeconds: 0,
      failedGpuSeconds: 0,
    };
  });
  return { seconds, pools };
}
