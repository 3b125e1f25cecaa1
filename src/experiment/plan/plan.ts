import { InputError } from '../../scenario/input-error.js';
import { VERSION } from '../../version.js';
import { fileOpener } from '../files.js';
import type { Executor } from '../sweep/executor.js';
import { highestDemand } from './capacity.js';
import { demandSample } from './demand-sample.js';
import type { Confirmation, PlanDocument } from './document.js';
import { Evaluator, type PlannedScenario } from './evaluate.js';
import { explore, exploreFrontier } from './explore.js';
import { exploreScaling } from './explore-scaling.js';
import { fleetChange } from './fleet-choice.js';
import { FleetRuns } from './fleet-runs.js';
import { cheapestOfKinds, paretoFrontier } from './frontier.js';
import { robustness } from './robustness.js';
import { sizingChoices } from './scaling.js';
import { type Candidate, FleetSearch } from './search.js';
import { boundKinds, hasKnownWork, scalingKinds } from './search-kinds.js';
import { fleetSpace } from './space.js';
import { targetOf } from './target.js';

/** How far a plan has come. */
export interface PlanProgress {
  phase: string;
  simulations: number;
  /** Fleets that may still be the answer. */
  undecided: number;
  bestUsdPerHour: number | null;
}

export interface PlanOptions {
  onProgress?: ((progress: PlanProgress) => void) | undefined;
}

/**
 * Finds the cheapest fleet that holds a scenario's target: its SLO at `plan.attainment`, and what it expects of service.
 *
 * Memory and arithmetic rule out most fleets before anything is simulated; the rest is searched by {@link FleetSearch}. The
 * answer is confirmed under other seeds; an answer that was only lucky is dropped and the search goes on. Equally dear
 * fleets are told apart by attainment. Same version, scenario and seed: same answer, whatever the workers.
 *
 * @throws InputError where there is nothing to hold or nothing to choose from
 * @example (await planFleet({ scenario, file, baseDirectory }, poolExecutor())).best?.name // 'h200-sxm 4 x tp2'
 */
export async function planFleet(
  planned: PlannedScenario,
  executor: Executor,
  { onProgress }: PlanOptions = {},
): Promise<PlanDocument> {
  const started = performance.now();
  const { scenario, baseDirectory } = planned;
  const openFile = fileOpener(baseDirectory);
  const target = targetOf(scenario);
  const budget = scenario.plan?.evaluations ?? 200;
  const confirmations = scenario.plan?.confirmations ?? 4;
  const { kinds: all, excluded } = fleetSpace(scenario, openFile);
  if (all.length === 0) {
    const reasons = excluded.slice(0, 3).map(({ kind, reason }) => `${kind}: ${reason}`);
    throw new InputError({ key: 'plan', message: `leaves no fleet to choose from: ${reasons.join('; ')}` });
  }
  const sizing = sizingChoices(scenario);
  const bounded = boundKinds(all, demandSample(scenario, openFile), target, scenario);
  const scaling = scalingKinds(bounded.kinds, sizing.scalings, scenario.economics);
  const kinds = [...bounded.kinds, ...scaling];
  const evaluator = new Evaluator(planned, target, executor);
  const runs = new FleetRuns(evaluator, kinds, budget);

  const search = new FleetSearch(sizing.fixed ? bounded.kinds : []);
  const report = (phase: string) => {
    const least = runs.leastUsdPerHour;
    const bestUsdPerHour = Number.isFinite(least) ? least : null;
    onProgress?.({ phase, simulations: evaluator.simulations, undecided: search.undecided, bestUsdPerHour });
  };
  /** Whether a fleet holds under other seeds, too. */
  const confirm = async (candidate: Candidate) => {
    const confirmed = await evaluator.confirm(fleetChange(kinds[candidate.kind], candidate), confirmations);
    report('confirming');
    return confirmed ?? { holds: true, confirmation: null };
  };
  let best: Candidate | undefined;
  let confirmation: Confirmation | null = null;
  while (best === undefined) {
    const complete = await explore(search, runs, budget, () => report('search'));
    const candidate = runs.mostAttained(search.equals);
    if (candidate === undefined) break;
    const confirmed = await confirm(candidate);
    if (confirmed.holds || !complete) {
      best = candidate;
      confirmation = confirmed.confirmation;
    } else {
      runs.markUnconfirmed(candidate);
      search.revoke(candidate);
    }
  }
  const scaled = await exploreScaling(bounded.kinds, scaling, runs, () => report('planners'));
  for (const candidate of runs.holdingBelow(best === undefined ? Number.POSITIVE_INFINITY : runs.of(best).usdPerHour)) {
    const confirmed = await confirm(candidate);
    if (confirmed.holds) {
      best = candidate;
      confirmation = confirmed.confirmation;
      break;
    }
    runs.markUnconfirmed(candidate);
  }
  const complete = scaled.complete && (search.undecided === 0 || (best !== undefined && search.next(1).length === 0));
  const searched = runs.log.length;
  if (best !== undefined && sizing.fixed) await exploreFrontier(bounded.kinds, runs, () => report('frontier'));

  const notes = [...sizing.notes];
  if (!complete) {
    const left = best === undefined ? 'another fleet may hold' : 'a cheaper fleet may hold';
    notes.push(
      `the search stopped after ${budget} ${budget === 1 ? 'simulation' : 'simulations'} (plan.evaluations); ${left}`,
    );
  }
  if (scenario.economics.own !== undefined || !scenario.economics.electricityIncluded) {
    notes.push('fleets are compared by what they cost idle; the electricity of their work comes on top');
  }
  const sizes = sizing.scalings.length + (sizing.fixed ? 1 : 0);
  const result: PlanDocument = {
    kind: 'plan',
    version: VERSION,
    scenario,
    seed: scenario.seed,
    target,
    space: {
      kinds: kinds.length - (sizing.fixed ? 0 : bounded.kinds.length),
      fleets: bounded.fleets * sizes,
      ruledOutByBounds: bounded.ruledOut * sizes + scaled.ruledOut,
      excluded: [...excluded, ...bounded.excluded],
    },
    search: { evaluations: searched, simulations: 0, budget, complete, log: runs.log },
    best: null,
    alternatives: cheapestOfKinds(runs.log),
    frontier: paretoFrontier(runs.log),
    robustness: [],
    capacity: null,
    notes,
    simulation: { wallSeconds: 0 },
  };
  if (best !== undefined) {
    const kind = kinds[best.kind];
    const change = fleetChange(kind, best);
    result.best = { ...runs.of(best), confirmation, factory: { pools: change.pools }, planner: change.planner };
    report('robustness');
    result.robustness = await robustness(evaluator, kind, best);
    report('capacity');
    const { counts } = best;
    const known = hasKnownWork(change.pools);
    const most = kind.load.map((load, i) => (known && load > 0 ? counts[i] / load : Number.POSITIVE_INFINITY));
    const bound = Math.min(...most);
    const options = { bound, holdsAt: 1, confirmations: 0, onPoint: () => report('capacity') };
    result.capacity = (await highestDemand(evaluator, scenario.traffic, change, options)).capacity;
  }
  result.search.simulations = evaluator.simulations;
  result.simulation.wallSeconds = (performance.now() - started) / 1000;
  return result;
}
