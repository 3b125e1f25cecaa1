import type { PlannerScenario, Scenario } from '../../scenario/schema.js';
import { studentInterval } from '../intervals.js';
import type { Executor } from '../sweep/executor.js';
import type { Confirmation, Figures } from './document.js';
import { NO_FIGURES } from './no-figures.js';
import { scaledTraffic } from './scaled-traffic.js';
import { shortfalls, type Target } from './target.js';

/** What is changed about the scenario for one simulation. */
export interface Change {
  pools?: Scenario['factory']['pools'];
  planner?: PlannerScenario;
  /** Times the demand. */
  demand?: number;
  seed?: number;
}

/** A scenario that fleets are tried on. */
export interface PlannedScenario {
  scenario: Scenario;
  /** Name of its file, for messages. */
  file: string;
  /** Where the paths in it start. */
  baseDirectory: string;
}

/**
 * Simulates variations of a scenario and holds them against its target. Every one sees the same requests (common random
 * numbers), since their random streams depend on the seed and the traffic alone.
 */
export class Evaluator {
  /** Simulations so far. */
  simulations = 0;
  private readonly text: string;

  constructor(
    private readonly planned: PlannedScenario,
    readonly target: Target,
    private readonly executor: Executor,
  ) {
    const { plan: _, ...scenario } = planned.scenario;
    this.text = JSON.stringify(scenario);
  }

  /** @throws Error where goodput itself fails */
  async figures({ pools, planner, demand = 1, seed }: Change): Promise<Figures> {
    const { scenario, file, baseDirectory } = this.planned;
    const overrides = [
      ...(pools === undefined ? [] : [`factory.pools=${JSON.stringify(pools)}`]),
      ...(planner === undefined ? [] : [`planner=${JSON.stringify(planner)}`]),
      ...(demand === 1 ? [] : [`traffic=${JSON.stringify(scaledTraffic(scenario.traffic, demand))}`]),
      ...(seed === undefined ? [] : [`seed=${seed}`]),
    ];
    this.simulations++;
    const outcome = await this.executor.run({ text: this.text, file, baseDirectory, overrides });
    if (outcome.kind === 'internal-error') throw Object.assign(new Error(outcome.message), { stack: outcome.stack });
    if (outcome.kind === 'bad-input') return nothing(outcome.problems.map(({ message }) => message).join('; '));
    const { document } = outcome;
    const missed = shortfalls(this.target, document);
    const { goodput, ttftMs, tpotMs, utilization, throughput, cost, revenue } = document.summary;
    return {
      holds: missed.length === 0,
      shortfalls: missed,
      attainment: goodput.attainment,
      ttftMsP99: ttftMs.p99,
      tpotMsP99: tpotMs.p99,
      gpuBusy: utilization.gpuBusy,
      averageGpus: utilization.averageGpus,
      outputTokensPerSecondPerUser: throughput.outputTokensPerSecondPerUser,
      outputTokensPerSecondPerGpu: throughput.outputTokensPerSecondPerGpu,
      usdPerMillionOutputTokens: cost.usdPerMillionOutputTokens,
      usdPerMillionGoodOutputTokens: cost.usdPerMillionGoodOutputTokens,
      revenueUsdPerHour: revenue.usdPerHour,
      roi: revenue.roi,
      paybackMonths: revenue.paybackMonths,
      calibration: document.provenance.calibration,
      uncertainty: document.uncertainty,
    };
  }

  /** The same under the `runs` seeds that follow the scenario's; undefined where no others are asked for. */
  async confirm(change: Change, runs: number): Promise<{ holds: boolean; confirmation: Confirmation } | undefined> {
    if (runs === 0) return undefined;
    const { seed } = this.planned.scenario;
    const others = await Promise.all(
      Array.from({ length: runs }, (_, i) =>
        this.figures({ ...change, seed: (seed + i + 1) % Number.MAX_SAFE_INTEGER }),
      ),
    );
    const values = others.map(({ attainment }) => attainment).filter((value) => value !== null);
    const interval = values.length === 0 ? { mean: null, halfWidth: null } : studentInterval(values);
    const held = others.filter(({ holds }) => holds).length;
    const confirmation = {
      runs,
      held,
      attainment: interval.mean,
      attainmentHalfWidth: interval.halfWidth,
    };
    const { attainment } = this.target;
    const meanHolds = attainment === null || (interval.mean !== null && interval.mean >= attainment);
    // Expectations (percentiles, say) have no mean to go by: most of the seeds must keep them.
    const keepExpectations = others.filter(({ shortfalls: missed }) =>
      missed.every((what) => what === ATTAINMENT),
    ).length;
    return { holds: meanHolds && keepExpectations * 2 > runs, confirmation };
  }
}

const ATTAINMENT = 'goodput.attainment';

function nothing(error: string): Figures {
  return { ...NO_FIGURES, shortfalls: ['could not be simulated'], error };
}
