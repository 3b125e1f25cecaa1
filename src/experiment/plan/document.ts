import type { PlannerScenario, Scenario } from '../../scenario/schema.js';
import type { ResultDocument } from '../result.js';
import type { ChosenPool, FleetChoice } from './fleet-choice.js';
import type { Excluded } from './space.js';
import type { Target } from './target.js';

/** Figures of a fleet under a demand. */
export interface Figures {
  /** Whether it holds the target. */
  holds: boolean;
  /** What it falls short of: `goodput.attainment`, metrics of failed expectations, `overloaded`. */
  shortfalls: string[];
  attainment: number | null;
  ttftMsP99: number | null;
  tpotMsP99: number | null;
  gpuBusy: number | null;
  /** GPUs that were there on average: fewer than the fleet's where a planner changes its size. */
  averageGpus: number | null;
  outputTokensPerSecondPerUser: number | null;
  outputTokensPerSecondPerGpu: number | null;
  usdPerMillionOutputTokens: number | null;
  usdPerMillionGoodOutputTokens: number | null;
  /** Null where no class has a price. */
  revenueUsdPerHour: number | null;
  /** (revenue - cost) / cost. */
  roi: number | null;
  paybackMonths: number | null;
  /** What the step times rest on; null where nothing was simulated. */
  calibration: ResultDocument['provenance']['calibration'] | null;
  /** How far off predictions of unseen runs were, as in a result. */
  uncertainty: ResultDocument['uncertainty'];
  /** Why there are no figures. */
  error?: string;
}

/** A fleet that was simulated, and how it did. */
export interface EvaluatedFleet extends FleetChoice, Figures {}

/** The answer under seeds other than the scenario's. */
export interface Confirmation {
  /** Number of other seeds. */
  runs: number;
  /** In how many of them the fleet held. */
  held: number;
  /** Mean attainment, and the half-width of its 95 % interval. */
  attainment: number | null;
  attainmentHalfWidth: number | null;
}

/** What happens to the answer when something changes. */
export interface RobustnessCase {
  /** Such as `demand +20 %` or `one node of 8 GPUs fails`. */
  change: string;
  /** The fleet that is left. */
  fleet: FleetChoice | null;
  holds: boolean;
  attainment: number | null;
  ttftMsP99: number | null;
  tpotMsP99: number | null;
  /** The smallest fleet of the same kind that holds all the same; null where none was found. */
  needs: FleetChoice | null;
  /** Nodes over which that fleet's replicas of the pool have to be spread; null where it does not matter. */
  nodes: number | null;
}

/** Highest demand that a fleet holds. */
export interface Capacity {
  /** Times the demand of the scenario. */
  factor: number;
  /** Requests per second offered at that factor. */
  requestsPerSecond: number | null;
  /** The smallest demand above it that was seen to fail; null where none did. */
  failsAtFactor: number | null;
  atLimit: Figures;
  confirmation: Confirmation | null;
}

/** The goodput curve: what was simulated on the way to a capacity, by rising demand. */
export interface CapacityPoint extends Figures {
  factor: number;
  requestsPerSecond: number | null;
}

interface Head {
  version: string;
  scenario: Scenario;
  seed: number;
  target: Target;
  simulation: { wallSeconds: number };
  notes: string[];
}

/** What `goodput plan --format json` prints. */
export interface PlanDocument extends Head {
  kind: 'plan';
  /** What there was to choose from. */
  space: {
    /** Ways to build a fleet, and fleets of all their numbers of replicas. */
    kinds: number;
    fleets: number;
    /** Fleets that arithmetic alone ruled out. */
    ruledOutByBounds: number;
    excluded: Excluded[];
  };
  search: {
    /** Simulations of fleets, and all of them with confirmations and robustness. */
    evaluations: number;
    simulations: number;
    budget: number;
    /** False where the budget ended the search: `best` is then the cheapest that was found. */
    complete: boolean;
    /** Fleets in the order in which they were simulated. */
    log: EvaluatedFleet[];
  };
  /** The cheapest fleet that holds; null where none does. */
  best:
    | (EvaluatedFleet & {
        confirmation: Confirmation | null;
        factory: { pools: Scenario['factory']['pools'] };
        planner: PlannerScenario;
      })
    | null;
  /** The cheapest fleet of every kind that was found to hold, cheapest first. */
  alternatives: EvaluatedFleet[];
  /** Fleets that hold and that no other beats in both $/M output tokens and tokens/s per user, each at least 2 % faster. */
  frontier: EvaluatedFleet[];
  robustness: RobustnessCase[];
  /** How much more demand the answer would hold. */
  capacity: Capacity | null;
}

/** What `goodput plan --capacity --format json` prints. */
export interface CapacityDocument extends Head {
  kind: 'capacity';
  fleet: ChosenPool[];
  gpus: number;
  usdPerHour: number | null;
  /** Null where the fleet does not hold even a hundredth of the demand. */
  capacity: Capacity | null;
  curve: CapacityPoint[];
}
