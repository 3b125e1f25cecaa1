import type { Scenario } from '../../scenario/schema.js';
import type { Candidate } from './search.js';
import { type FleetKind, type Mode, shapeText } from './space.js';

/** One pool of a fleet that a plan looked at. */
export interface ChosenPool {
  role: 'aggregated' | 'prefill' | 'decode';
  gpu: string | null;
  replicas: number;
  gpusPerReplica: number;
  /** Such as `tp4`. */
  parallelism: string;
}

/** A fleet that a plan looked at. */
export interface FleetChoice {
  /** Such as `h200-sxm 2 x tp4`, or `h200-sxm 3P tp1 + 1D tp2` where prompts and answers are apart. */
  name: string;
  mode: Mode;
  gpus: number;
  /** What it costs while it idles: all but the electricity of the work, where that is paid apart. */
  usdPerHour: number;
  pools: ChosenPool[];
}

/** A candidate of the search as a fleet. */
export function fleetChoice(kind: FleetKind, { counts, usdPerHour }: Candidate): FleetChoice {
  const pools = kind.pools.map(
    ({ scenario, simulated }, i): ChosenPool => ({
      role: scenario.role,
      gpu: scenario.gpu ?? null,
      replicas: counts[i],
      gpusPerReplica: simulated.gpusPerReplica,
      parallelism: shapeText(scenario.parallelism),
    }),
  );
  const gpus = pools.reduce((sum, { replicas, gpusPerReplica }) => sum + replicas * gpusPerReplica, 0);
  return { name: fleetName(pools), mode: kind.mode, gpus, usdPerHour, pools };
}

/** How disaggregated fleets are written: 2P for two replicas that compute prompts (prefill), 1D for one that decodes. */
const TASK = { aggregated: ' x', prefill: 'P', decode: 'D' } as const;

function fleetName(pools: readonly ChosenPool[]): string {
  const [{ gpu }] = pools;
  const parts = pools.map(({ role, replicas, parallelism }) => `${replicas}${TASK[role]} ${parallelism}`);
  return [gpu, parts.join(' + ')].filter((part) => part !== null).join(' ');
}

/** `factory.pools` of a scenario with this fleet. */
export function poolsOf(kind: FleetKind, { counts }: Pick<Candidate, 'counts'>): Scenario['factory']['pools'] {
  return kind.pools.map(({ scenario }, i) => ({ ...scenario, replicas: counts[i] }));
}
