import type { PlannerScenario } from '../../scenario/schema.js';
import type { Change } from './evaluate.js';
import { boundedPlanner, leastReplicas } from './scaling.js';
import type { Candidate } from './search.js';
import type { BoundedKind } from './search-kinds.js';
import { type FleetKind, type Mode, shapeText } from './space.js';

/** Busy share for which a fleet that scales is sized when it begins. */
const BEGIN_BUSY_SHARE = 0.55;

/** One pool of a fleet that a plan looked at. */
export interface ChosenPool {
  role: 'aggregated' | 'prefill' | 'decode';
  gpu: string | null;
  /** The most that there may be, where a planner changes their number. */
  replicas: number;
  /** The fewest; only where a planner changes their number. */
  leastReplicas?: number | undefined;
  gpusPerReplica: number;
  /** Such as `tp4`. */
  parallelism: string;
}

/** A fleet that a plan looked at. */
export interface FleetChoice {
  /**
   * Such as `h200-sxm 2 x tp4`, `h200-sxm 3P tp1 + 1D tp2` where prompts and answers are apart, or `h200-sxm 1-6 x tp1, load`
   * where a planner changes its size.
   */
  name: string;
  mode: Mode;
  /** Of its planner. */
  policy: PlannerScenario['policy'];
  /** The most that there may be. */
  gpus: number;
  /**
   * What it costs while it idles: all but the electricity of the work, where that is paid apart. Of a fleet that scales, what
   * it cost in its simulation; before that what it would cost at its largest.
   */
  usdPerHour: number;
  pools: ChosenPool[];
}

/** A candidate of the search as a fleet. */
export function fleetChoice({ kind }: Pick<BoundedKind, 'kind'>, { counts, usdPerHour }: Candidate): FleetChoice {
  const { scaling } = kind;
  const pools = kind.pools.map(
    ({ scenario, simulated }, i): ChosenPool => ({
      role: scenario.role,
      gpu: scenario.gpu ?? null,
      replicas: counts[i],
      leastReplicas: scaling && Math.min(leastReplicas(scaling), counts[i]),
      gpusPerReplica: simulated.gpusPerReplica,
      parallelism: shapeText(scenario.parallelism),
    }),
  );
  const gpus = pools.reduce((sum, { replicas, gpusPerReplica }) => sum + replicas * gpusPerReplica, 0);
  const policy = scaling?.policy ?? 'static';
  return { name: fleetName(kind, pools), mode: kind.mode, policy, gpus, usdPerHour, pools };
}

/** How disaggregated fleets are written: 2P for two replicas that compute prompts (prefill), 1D for one that decodes. */
const TASK = { aggregated: ' x', prefill: 'P', decode: 'D' } as const;

function fleetName({ scaling }: FleetKind, pools: readonly ChosenPool[]): string {
  const [{ gpu }] = pools;
  const parts = pools.map(({ role, replicas, leastReplicas: least = replicas, parallelism }) => {
    const number = least < replicas ? `${least}-${replicas}` : `${replicas}`;
    return `${number}${TASK[role]} ${parallelism}`;
  });
  const name = [gpu, parts.join(' + ')].filter((part) => part !== null).join(' ');
  return scaling === undefined ? name : `${name}, ${scaling.policy}`;
}

/** What makes a scenario one with this fleet. */
export function fleetChange({ kind, load }: BoundedKind, { counts }: Pick<Candidate, 'counts'>) {
  const { scaling } = kind;
  const pools = kind.pools.map(({ scenario }, i) => {
    if (scaling === undefined) return { ...scenario, replicas: counts[i] };
    const begin = Math.max(leastReplicas(scaling), Math.ceil(load[i] / BEGIN_BUSY_SHARE));
    return { ...scenario, replicas: Math.min(begin, counts[i]) };
  });
  const planner: PlannerScenario =
    scaling === undefined
      ? { policy: 'static' }
      : boundedPlanner(
          scaling,
          pools.map(({ name }) => name),
          counts.slice(0, pools.length),
        );
  return { pools, planner } satisfies Change;
}
