import { mostGpusUnderCap } from '../../economics/energy.js';
import type { Scenario, Pool as ScenarioPool } from '../../scenario/schema.js';
import {
  busyReplicas,
  fewestReplicas,
  idleAttainment,
  idleTokensPerSecondPerUser,
  leastBusyReplicas,
  leastWork,
} from './bounds.js';
import type { DemandSample } from './demand-sample.js';
import { leastReplicas, type Scaling } from './scaling.js';
import type { SearchKind } from './search.js';
import type { Excluded, FleetKind } from './space.js';
import { type GpuCount, standingUsdPerHour } from './standing-cost.js';
import type { Target } from './target.js';

/** Share of the work that a fleet must do at least where only latencies of completed requests are asked for. */
const LEAST_SHARE = 0.5;

/** A kind of fleet together with what arithmetic says about it. */
export interface BoundedKind extends SearchKind {
  kind: FleetKind;
  /**
   * Dollars per hour, see {@link SearchKind}.
   *
   * @param averageGpus how many of its GPUs are there on average; matters where the fleet changes its size
   */
  usdPerHour(counts: readonly [number, number], averageGpus?: number): number;
  /** Replicas that are busy on average at least where the target is held, however they come and go. */
  leastBusy: readonly [number, number];
  /** Tokens per second and user that no number of replicas exceeds. */
  idleTokensPerSecondPerUser: number;
}

export interface BoundedKinds {
  kinds: BoundedKind[];
  excluded: Excluded[];
  /** Fleets of all numbers of replicas, those that follow included. */
  fleets: number;
  /** Fleets that cannot hold, whatever a simulation would say. */
  ruledOut: number;
}

/** Bounds the numbers of replicas of every kind; leaves out kinds that are too slow even when idle. */
export function boundKinds(
  kinds: readonly FleetKind[],
  sample: DemandSample,
  target: Target,
  { traffic, plan, economics }: Scenario,
): BoundedKinds {
  const mostGpus = plan?.maxGpus ?? 64;
  const result: BoundedKinds = { kinds: [], excluded: [], fleets: 0, ruledOut: 0 };
  for (const kind of kinds) {
    const [first, second] = kind.pools;
    const underCap = mostGpusUnderCap(first.scenario.gpu ?? null, economics);
    const maxGpus = Math.min(mostGpus, underCap);
    const gpusPerReplica = [first.simulated.gpusPerReplica, second?.simulated.gpusPerReplica ?? 0] as const;
    const fleets = fleetsFrom([1, second === undefined ? 0 : 1], gpusPerReplica, maxGpus);
    result.fleets += fleets;
    const known = hasKnownWork(kind.pools.map(({ scenario }) => scenario));
    const reachable = !known ? 1 : idleAttainment(sample, first.simulated, (second ?? first).simulated, traffic);
    if (target.attainment !== null && reachable < target.attainment) {
      result.ruledOut += fleets;
      const share = `${(100 * reachable).toFixed(1)} %`;
      result.excluded.push({
        kind: kind.name,
        reason: `too slow even when idle: at most ${share} of requests are good`,
      });
      continue;
    }
    const share = target.attainment ?? LEAST_SHARE;
    const work = kind.pools.map(({ simulated }, i) =>
      leastWork(simulated, second === undefined ? 'both' : i === 0 ? 'prompt' : 'answer', sample),
    );
    const fewest = work.map((seconds) => (known ? fewestReplicas(seconds, share, sample.seconds) : 1));
    const busy = work.map((seconds) => busyReplicas(seconds, sample.seconds));
    const least = work.map((seconds) => (known ? leastBusyReplicas(seconds, share, sample.seconds) : 0));
    const lower = [fewest[0], fewest[1] ?? 0] as const;
    const possible = fleetsFrom(lower, gpusPerReplica, maxGpus);
    result.ruledOut += fleets - possible;
    if (possible === 0) {
      result.excluded.push({
        kind: kind.name,
        reason: `needs more than ${maxGpus} GPUs for the work alone${underCap < mostGpus ? ', and economics.powerCap carries no more' : ''}`,
      });
      continue;
    }
    result.kinds.push({
      kind,
      lower,
      upper: [
        Math.floor((maxGpus - lower[1] * gpusPerReplica[1]) / gpusPerReplica[0]),
        second === undefined ? 0 : Math.floor((maxGpus - lower[0] * gpusPerReplica[0]) / gpusPerReplica[1]),
      ],
      gpusPerReplica,
      maxGpus,
      usdPerHour: (counts) => standingUsdPerHour(gpuCounts(kind, counts), economics) ?? 0,
      leastBusy: [least[0], least[1] ?? 0],
      load: [busy[0], busy[1] ?? 0],
      idleTokensPerSecondPerUser: known
        ? idleTokensPerSecondPerUser(sample, (second ?? first).simulated)
        : Number.POSITIVE_INFINITY,
    });
  }
  return result;
}

/** The same kinds with a planner that changes their size; they differ in what they cost. */
export function scalingKinds(
  kinds: readonly BoundedKind[],
  scalings: readonly Scaling[],
  economics: Scenario['economics'],
): ScalingKind[] {
  return scalings.flatMap((scaling) =>
    kinds.map((bounded, base): ScalingKind => {
      const { kind, gpusPerReplica, leastBusy } = bounded;
      const gpu = kind.pools[0].scenario.gpu ?? null;
      const usdPerHour: BoundedKind['usdPerHour'] = (counts, averageGpus) => {
        const count = counts[0] * gpusPerReplica[0] + counts[1] * gpusPerReplica[1];
        return standingUsdPerHour([{ gpu, count, provisioned: averageGpus }], economics) ?? 0;
      };
      const always = kind.pools.map((_, i) => Math.max(leastReplicas(scaling), leastBusy[i]));
      return {
        ...bounded,
        kind: { ...kind, name: `${kind.name}, ${scaling.policy}`, scaling },
        base,
        usdPerHour,
        leastUsdPerHour: usdPerHour(
          bounded.lower,
          always[0] * gpusPerReplica[0] + (always[1] ?? 0) * gpusPerReplica[1],
        ),
      };
    }),
  );
}

/** A kind whose fleets change their size; what one costs shows when it is simulated. */
export interface ScalingKind extends BoundedKind {
  /** Place of the kind that is the same but for its fixed size. */
  base: number;
  /** What no fleet of the kind that holds costs less than: the replicas that the work keeps busy must be there. */
  leastUsdPerHour: number;
}

/** Whether arithmetic knows the least work of a request: not where cached prompts or accepted drafts save some of it. */
export function hasKnownWork(pools: readonly ScenarioPool[]): boolean {
  return pools.every(({ kvCache, speculative }) => !kvCache.prefixCaching && speculative === undefined);
}

function gpuCounts({ pools }: FleetKind, counts: readonly [number, number]): GpuCount[] {
  return pools.map(({ scenario, simulated }, i) => ({
    gpu: scenario.gpu ?? null,
    count: counts[i] * simulated.gpusPerReplica,
  }));
}

/** Fleets of a kind with at least `lower` replicas and at most `maxGpus` GPUs. */
function fleetsFrom(lower: readonly [number, number], gpus: readonly [number, number], maxGpus: number): number {
  let fleets = 0;
  for (let first = lower[0]; first * gpus[0] + lower[1] * gpus[1] <= maxGpus; first++) {
    fleets += gpus[1] === 0 ? 1 : Math.floor((maxGpus - first * gpus[0]) / gpus[1]) - lower[1] + 1;
  }
  return fleets;
}
