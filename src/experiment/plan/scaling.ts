import { plannerSchema } from '../../scenario/planner-schema.js';
import type { PlannerScenario, Scenario } from '../../scenario/schema.js';

/** A planner that changes the size of a fleet; how far it may, a plan chooses. */
export type Scaling = Extract<PlannerScenario, { policy: 'load' | 'throughput' }>;

/** Ways to size a fleet that a plan looks at. */
export interface SizingChoices {
  /** Whether fleets of a fixed size are among them. */
  fixed: boolean;
  scalings: Scaling[];
  notes: string[];
}

/** Those of `plan.planners`; without it a fixed size and the scenario's own planner. */
export function sizingChoices({ planner: own, plan }: Scenario): SizingChoices {
  const asked = plan?.planners ?? (own.policy === 'static' ? ['static' as const] : ['static' as const, own]);
  const choices: SizingChoices = { fixed: false, scalings: [], notes: [] };
  for (const entry of asked) {
    const policy = typeof entry === 'string' ? entry : entry.policy;
    // A word stands for the scenario's own settings, else for the usual ones.
    const planner = typeof entry !== 'string' ? entry : own.policy === entry ? own : plannerSchema.parse({ policy });
    if (planner.policy === 'static') choices.fixed = true;
    else if (planner.policy !== 'schedule') choices.scalings.push(planner);
    else
      choices.notes.push('a schedule says itself how large a fleet is, so that there is nothing to choose: left out');
  }
  if (choices.notes.length > 0 && choices.scalings.length === 0) choices.fixed = true;
  return choices;
}

/** Fewest replicas of a pool under a planner. */
export function leastReplicas({ min = 1 }: Scaling): number {
  return min;
}

/**
 * The planner of a fleet: its bounds in every pool.
 *
 * @param names of the pools
 * @param most replicas of each
 */
export function boundedPlanner(scaling: Scaling, names: readonly string[], most: readonly number[]): PlannerScenario {
  const bounds = most.map((max) => ({ min: Math.min(leastReplicas(scaling), max), max }));
  if (names.length === 1) return { ...scaling, ...bounds[0], pools: undefined };
  const pools = Object.fromEntries(names.map((name, i) => [name, bounds[i]]));
  return { ...scaling, min: undefined, max: undefined, pools };
}
