import { fleetCost } from '../../economics/cost.js';
import { fleetPower } from '../../economics/energy.js';
import type { FleetUsage } from '../../economics/fleet-usage.js';
import type { Alignment } from '../../scenario/comparison-schema.js';
import { InputError } from '../../scenario/input-error.js';
import type { Scenario } from '../../scenario/schema.js';

/** How large the fleets of a comparison are, in what they were made equal in. */
export interface AlignmentReport {
  by: Alignment;
  /** `GPUs`, `kW`, or money per hour in the label of its currency. */
  unit: string;
  fleets: { name: string; amount: number | null; relative: number | null; replicas: number[] }[];
}

/**
 * Replicas that make the others as large as the first fleet: in GPUs, $ per hour or peak power at the meter. All pools of
 * a fleet are scaled alike and rounded to whole replicas, at least one, so fleets of few replicas stay apart; `relative`
 * says by how much. Spares count, and stay as many as they are.
 *
 * @example alignFleets([hopper, blackwell], 'cost').fleets[1].replicas // [13] beside 16 of the first
 */
export function alignFleets(fleets: readonly { name: string; scenario: Scenario }[], by: Alignment): AlignmentReport {
  const amounts = fleets.map(({ scenario }) => sizeOf(scenario, by, undefined));
  const [reference] = amounts;
  return {
    by,
    unit: unitOf(by, fleets[0].scenario),
    fleets: fleets.map(({ name, scenario }, i) => {
      const own = scenario.factory.pools.map(({ replicas }) => replicas);
      const amount = amounts[i];
      if (by !== 'none' && (reference === null || amount === null || amount === 0)) {
        const what = by === 'cost' ? 'price' : 'power';
        const which = reference === null ? fleets[0].name : name;
        throw new InputError({
          message: `cannot be aligned by ${by}: ${which} has ${amount === 0 && reference !== null ? `a ${what} of 0` : `no known ${what}`}`,
          found: which,
          hint: by === 'cost' ? 'set economics.gpuHour' : undefined,
        });
      }
      const factor = reference === null || amount === null ? 1 : scaleOf(scenario, by, reference, amount);
      const replicas = i === 0 ? own : own.map((count) => Math.max(1, Math.round(count * factor)));
      const reached = sizeOf(scenario, by, replicas);
      return { name, amount: reached, relative: relativeTo(reference, reached), replicas };
    }),
  };
}

/** How many times as many replicas a fleet needs to be as large as `reference`; its spares stay. */
function scaleOf(scenario: Scenario, by: Alignment, reference: number, amount: number): number {
  if (by === 'none') return 1;
  const none = scenario.factory.pools.map(() => 0);
  const spares = sizeOf(scenario, by, none) ?? 0;
  // Under a contract that is larger than the fleet no replica costs anything.
  return amount > spares ? (reference - spares) / (amount - spares) : 1;
}

function unitOf(by: Alignment, { economics: { currency } }: Scenario): string {
  if (by === 'cost') return `${currency === 'USD' ? '$' : currency}/h`;
  return by === 'power' ? 'kW' : 'GPUs';
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
  const { economics } = scenario;
  const power = by === 'none' || by === 'gpus' ? null : fleetPower(usage, economics.pue);
  if (by === 'cost') return fleetCost(usage, economics, power)?.usdPerHour ?? null;
  if (by === 'power') return power?.peakKilowatts ?? null;
  return usage.pools.reduce((sum, { installedGpus }) => sum + installedGpus, 0);
}

/**
 * The fleet before anybody has asked it anything. Nobody knows yet how busy it will be: as if it always were, which counts
 * where electricity is paid apart.
 */
function provisioned({ factory }: Scenario, replicas: readonly number[] | undefined): FleetUsage {
  const seconds = 1;
  const pools = factory.pools.map(
    ({ gpu = null, replicas: own, spares = 0, parallelism: { tp, pp, attentionDp } }, i) => {
      const installedGpus = ((replicas?.[i] ?? own) + spares) * tp * pp * attentionDp;
      return {
        gpu,
        installedGpus,
        provisionedGpuSeconds: installedGpus * seconds,
        prefillGpuSeconds: installedGpus * seconds,
        decodeGpuSeconds: 0,
        decodingPerGpu: 0,
        startingGpuSeconds: 0,
        failedGpuSeconds: 0,
      };
    },
  );
  return { seconds, pools };
}
