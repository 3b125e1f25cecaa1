import type { Scenario } from '../../scenario/schema.js';
import type { OpenFile } from '../../traffic/lines.js';
import { buildFleet, type FleetPool } from '../fleet.js';
import { leastWork } from '../plan/bounds.js';
import { type DemandSample, demandSample } from '../plan/demand-sample.js';
import { type Controls, FEWEST_RUNS } from './control-variates.js';

/** Draws of the demand for each simulated one: their means are then ten times surer than those of the runs. */
const DRAWS_PER_RUN = 10;
/** Requests drawn at most: some seconds. Fewer draws widen the intervals and do not bias them. */
const MOST_REQUESTS = 4_000_000;
/** Replications from here on are never simulated. */
const FIRST_DRAW = 1_000_000;
/** More servers than this make the queue of the controls no better. */
const MOST_SERVERS = 16;

/**
 * What the demand of each replication says about the latencies to come: the waits in two queues with the replicas as
 * servers, where a request takes the least time of its prompt, or of all its tokens, and the mean prompt and rate.
 *
 * @param scenario the reference of a comparison
 * @returns undefined where the demand is no chance (traces), depends on the fleet (closed loops), or there are too few runs
 */
export function demandControls(scenario: Scenario, openFile: OpenFile, runs: number): Controls | undefined {
  const random = scenario.traffic.every(
    ({ arrivals: { process } }) => process !== 'closed-loop' && process !== 'trace',
  );
  if (runs < FEWEST_RUNS || !random) return undefined;
  const front = buildFleet(scenario, openFile).filter(({ pool }) => pool.role !== 'decode');
  const of = (replication: number) => controlsOf(demandSample(scenario, openFile, replication), front);
  const first = demandSample(scenario, openFile, 0);
  if (first.inputTokens.length < 2) return undefined;
  const draws = Math.min(DRAWS_PER_RUN * runs, Math.ceil(MOST_REQUESTS / first.inputTokens.length));
  return {
    runs: Array.from({ length: runs }, (_, i) => of(i)),
    draws: Array.from({ length: Math.max(draws, 2) }, (_, i) => of(FIRST_DRAW + i)),
  };
}

function controlsOf(sample: DemandSample, front: readonly FleetPool[]): number[] {
  const requests = sample.inputTokens.length;
  const [{ pool }] = front;
  const replicas = front.reduce((sum, of) => sum + of.pool.replicas, 0);
  const { arrivalSeconds } = sample;
  const prompts = leastWork(pool, 'prompt', sample);
  const all = pool.role === 'prefill' ? prompts : leastWork(pool, 'both', sample);
  return [
    meanSojourn(arrivalSeconds, prompts, replicas),
    meanSojourn(arrivalSeconds, all, replicas),
    sample.inputTokens.reduce((sum, tokens) => sum + tokens, 0) / requests,
    requests / Math.max(sample.seconds ?? 0, Number.MIN_VALUE),
  ];
}

/** Mean time in a first-come-first-served queue with several servers (Kiefer and Wolfowitz's recursion). */
function meanSojourn(arrivals: Float64Array, work: Float64Array, replicas: number): number {
  const servers = Math.min(replicas, MOST_SERVERS);
  const speed = replicas / servers;
  const free = new Float64Array(servers);
  let total = 0;
  for (let i = 0; i < arrivals.length; i++) {
    let server = 0;
    for (let k = 1; k < servers; k++) if (free[k] < free[server]) server = k;
    free[server] = Math.max(arrivals[i], free[server]) + work[i] / speed;
    total += free[server] - arrivals[i];
  }
  return total / arrivals.length;
}
