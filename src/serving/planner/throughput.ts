import type { Forecast } from './forecasts/index.js';
import type { Observation } from './observation.js';
import type { PlannerPolicy } from './policy.js';
import { type Engine, predictedTpot, predictedTtft, replicaRate, type Targets } from './sizing.js';

export interface ThroughputOptions {
  targets: Targets;
  /** Share of what a replica sustains that is planned with. */
  utilization: number;
  /** Whether observed latencies correct the performance model. */
  correction: boolean;
  /** A forecast for each series: requests, prompt tokens, answer tokens. */
  forecast: () => Forecast;
  /** Share of the fleet's requests that this pool serves. */
  share: number;
}

/** A correction beyond this says that the observation is an outlier, not that the model is wrong. */
const MOST_CORRECTION = 4;

/**
 * Sizes a pool for the demand expected in the next interval, from the performance model:
 *
 *     replicas = ceil(expected requests/s / (utilization * requests/s of one replica within its targets))
 *
 * with correction factors as the planner of NVIDIA Dynamo has them (docs.nvidia.com/dynamo, "Planner Design"): the load
 * of prompts is multiplied by min(1, observed TTFT / predicted TTFT), since a longer one only means a queue, and the
 * TPOT target is divided by observed TPOT / predicted TPOT.
 */
export class ThroughputPolicy implements PlannerPolicy {
  private readonly requests: Forecast;
  private readonly input: Forecast;
  private readonly output: Forecast;

  constructor(
    private readonly engine: Engine,
    private readonly options: ThroughputOptions,
  ) {
    this.requests = options.forecast();
    this.input = options.forecast();
    this.output = options.forecast();
  }

  replicas(observation: Observation): number {
    const { arrived, inputTokens, outputTokens, intervalSeconds, present } = observation;
    const rate = (this.options.share * this.requests.next(arrived)) / intervalSeconds;
    // Nobody knows how long answers are before the first ones have ended.
    if (Number.isNaN(inputTokens) || Number.isNaN(outputTokens)) return present;
    const lengths = {
      inputTokens: Math.max(this.input.next(inputTokens), 1),
      outputTokens: Math.max(this.output.next(outputTokens), 1),
    };
    const { prompts, answers } = this.corrections(observation);
    const { targets, utilization } = this.options;
    const sustained = replicaRate(this.engine, lengths, { ...targets, tpotSeconds: targets.tpotSeconds / answers });
    const load = this.engine.role === 'prefill' ? rate * prompts : rate;
    return Math.ceil(load / (utilization * sustained));
  }

  private corrections(observation: Observation): { prompts: number; answers: number } {
    const { active, arrived, intervalSeconds, decoding, ttftSeconds, tpotSeconds } = observation;
    if (!this.options.correction || active === 0) return { prompts: 1, answers: 1 };
    const perReplica = (this.options.share * arrived) / intervalSeconds / active;
    const ratio = (observed: number, predicted: number) => {
      const factor = observed / predicted;
      return factor > 0 ? Math.min(Math.max(factor, 1 / MOST_CORRECTION), MOST_CORRECTION) : 1;
    };
    return {
      prompts: Math.min(ratio(ttftSeconds, predictedTtft(this.engine, observation, perReplica)), 1),
      answers: ratio(tpotSeconds, predictedTpot(this.engine, observation, decoding / active)),
    };
  }
}
