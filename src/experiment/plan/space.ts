import { gpus, models, priceBooks } from '../../catalog/index.js';
import { fitsScaleUp, resolveParallelism } from '../../perf/index.js';
import { InputError } from '../../scenario/input-error.js';
import type { Parallelism, Scenario, Pool as ScenarioPool } from '../../scenario/schema.js';
import type { Pool } from '../../serving/pool.js';
import type { OpenFile } from '../../traffic/lines.js';
import { buildFleet, type FleetPool, gpusSeen } from '../fleet.js';
import type { Scaling } from './scaling.js';
import { standingUsdPerHour } from './standing-cost.js';

export type Mode = 'aggregated' | 'disaggregated';

/** One pool of a kind of fleet: everything but the number of its replicas. */
export interface KindPool {
  scenario: ScenarioPool;
  simulated: Pool;
}

/** A way to build a fleet; numbers of replicas make it a fleet. */
export interface FleetKind {
  /** Such as `h200-sxm tp4` or `h200-sxm tp8 + tp4`: prompts before answers. */
  name: string;
  mode: Mode;
  /** One pool, or one for prompts and one for answers. */
  pools: readonly KindPool[];
  /** What changes the size of the fleet; undefined where it keeps its size. */
  scaling?: Scaling | undefined;
}

/** A way to build a fleet that was not looked at, and why. */
export interface Excluded {
  kind: string;
  reason: string;
}

export interface Space {
  kinds: FleetKind[];
  excluded: Excluded[];
}

const DEFAULT_TP = [1, 2, 4, 8];
const DEFAULT_ATTENTION_DP = [2, 4, 8, 16, 32];

/**
 * All kinds of fleets that a plan may choose from: every GPU with every way to spread the model over a replica, with
 * prompts and answers together or apart. What does not fit into memory, has no price or is not allowed is left out with
 * its reason. Batching and cache settings are those of the scenario's pools.
 *
 * To let a plan choose something else (a router, mixed GPUs), make kinds of it here.
 */
export function fleetSpace(scenario: Scenario, openFile: OpenFile): Space {
  const { plan, economics } = scenario;
  const modes = plan?.modes ?? ['aggregated', 'disaggregated'];
  const maxGpus = plan?.maxGpus ?? 64;
  const templates = poolTemplates(scenario);
  const excluded: Excluded[] = [];
  const kinds: FleetKind[] = [];
  const apart: FleetKind[] = [];
  for (const gpu of gpuChoices(scenario, openFile)) {
    const gpuName = gpu ?? 'given step times';
    if (standingUsdPerHour([{ gpu, count: 1 }], economics) === null) {
      const reason =
        economics.own === undefined
          ? `no price in ${economics.prices}; set economics.gpuHour`
          : 'no price to buy one; set economics.own.gpu';
      excluded.push({ kind: gpuName, reason });
      continue;
    }
    const shapes = shapeChoices(scenario, gpu);
    const fitting = (role: ScenarioPool['role']): KindPool[] =>
      shapes.flatMap((parallelism) => {
        const pool: ScenarioPool = { ...templates[role], gpu: gpu ?? undefined, parallelism, replicas: 1 };
        const built = tryPool(scenario, pool, openFile);
        if ('reason' in built) {
          excluded.push({ kind: `${gpuName} ${shapeText(parallelism)}`, reason: built.reason });
          return [];
        }
        const { pool: simulated } = built;
        if (simulated.gpusPerReplica > maxGpus) {
          excluded.push({
            kind: `${gpuName} ${shapeText(parallelism)}`,
            reason: `a replica has more than ${maxGpus} GPUs`,
          });
          return [];
        }
        return [{ scenario: pool, simulated }];
      });
    if (modes.includes('aggregated')) {
      for (const pool of fitting('aggregated')) {
        kinds.push({ name: `${gpuName} ${shapeText(pool.scenario.parallelism)}`, mode: 'aggregated', pools: [pool] });
      }
    }
    if (modes.includes('disaggregated') && !isGiven(scenario)) {
      const answers = fitting('decode');
      for (const prompt of fitting('prefill')) {
        for (const answer of answers) {
          if (prompt.simulated.gpusPerReplica + answer.simulated.gpusPerReplica > maxGpus) continue;
          const [p, a] = [prompt, answer].map((of) => shapeText(of.scenario.parallelism));
          apart.push({ name: `${gpuName} ${p} + ${a}`, mode: 'disaggregated', pools: [prompt, answer] });
        }
      }
    }
  }
  const reasons = new Map(excluded.map((entry) => [`${entry.kind}: ${entry.reason}`, entry]));
  return { kinds: [...kinds, ...apart], excluded: [...reasons.values()] };
}

/** Such as `tp4`, `tp2 pp2`, `dp8`; what is 1 goes without saying. */
export function shapeText({ tp, pp, attentionDp, moeTp, moeEp }: Parallelism): string {
  const parts = [
    tp > 1 || attentionDp === 1 ? `tp${tp}` : '',
    pp > 1 ? `pp${pp}` : '',
    attentionDp > 1 ? `dp${attentionDp}` : '',
    moeTp === undefined ? '' : `moeTp${moeTp}`,
    moeEp === undefined ? '' : `moeEp${moeEp}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Settings for pools of each role: from the scenario's pool of that role, else from its first one. */
function poolTemplates({ factory }: Scenario): Record<ScenarioPool['role'], ScenarioPool> {
  const template = (role: ScenarioPool['role']): ScenarioPool => {
    const found = factory.pools.find((pool) => pool.role === role) ?? factory.pools[0];
    return { ...found, role, name: role };
  };
  return { aggregated: template('aggregated'), prefill: template('prefill'), decode: template('decode') };
}

/** Where step times are given there is nothing to choose but numbers. */
function isGiven({ factory }: Scenario): boolean {
  return factory.performance !== undefined || factory.pools.some(({ performance }) => performance !== undefined);
}

function gpuChoices(scenario: Scenario, openFile: OpenFile): (string | null)[] {
  const { factory, plan, economics } = scenario;
  const own = [...new Set(factory.pools.map(({ gpu }) => gpu ?? null))];
  if (isGiven(scenario)) return own.slice(0, 1);
  if (plan?.gpus !== undefined) return [...new Set(plan.gpus)];
  const book = economics.own?.gpu ?? priceBooks[economics.prices]?.usdPerGpuHour ?? {};
  const seen = gpusSeen(scenario, openFile).filter((gpu) => {
    if (!Object.hasOwn(book, gpu) || own.includes(gpu)) return false;
    return shapeChoices(scenario, gpu).some((parallelism) => {
      const pool = { ...factory.pools[0], gpu, parallelism, replicas: 1 };
      return !('reason' in tryPool(scenario, pool, openFile));
    });
  });
  return [...own, ...seen];
}

function shapeChoices(scenario: Scenario, gpu: string | null): Parallelism[] {
  const { factory, plan } = scenario;
  if (plan?.parallelism !== undefined) return plan.parallelism;
  const own = factory.pools.map(({ parallelism }) => parallelism);
  if (isGiven(scenario) || gpu === null) return own.slice(0, 1);
  const model = models[factory.model ?? ''];
  const usual: Parallelism[] = DEFAULT_TP.map((tp) => ({ tp, pp: 1, attentionDp: 1 }));
  if (model?.moe != null) usual.push(...DEFAULT_ATTENTION_DP.map((attentionDp) => ({ tp: 1, pp: 1, attentionDp })));
  const allowed = usual.filter((shape) => {
    try {
      return fitsScaleUp(gpus[gpu], resolveParallelism(model, shape).gpus);
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  });
  const shapes = new Map([...allowed, ...own].map((shape) => [shapeText(shape), shape]));
  return [...shapes.values()];
}

function tryPool(scenario: Scenario, pool: ScenarioPool, openFile: OpenFile): FleetPool | { reason: string } {
  try {
    return buildFleet({ ...scenario, factory: { ...scenario.factory, pools: [pool] } }, openFile)[0];
  } catch (error) {
    if (error instanceof InputError) return { reason: error.problems[0].message };
    throw error;
  }
}
