import type { Scenario } from '../../scenario/schema.js';
import type { OpenFile } from '../../traffic/lines.js';
import { buildFleet } from '../fleet.js';
import { demandSample } from '../plan/demand-sample.js';
import { type Controls, FEWEST_RUNS } from './control-variates.js';
import { type FluidLatencies, fluidLatencies } from './fluid-fleet.js';

/** Draws of the demand for each simulated one: their means are then ten times surer than those of the runs. */
const DRAWS_PER_RUN = 10;
/** Requests drawn at most: some seconds. Fewer draws widen the intervals and do not bias them. */
const MOST_REQUESTS = 3_000_000;
/** Replications from here on are never simulated. */
const FIRST_DRAW = 1_000_000;
/** Of latencies; the largest of a run hangs on a single request. */
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/**
 * What the demand of each replication says about the latencies to come: the same figure, as a fluid model of the reference has
 * it. It stands for the other fleets, too, since what is a burst to one is a burst to all; with a control of their own,
 * intervals of ten runs came out wider. Whatever the model leaves out makes intervals wider and does not bias them.
 *
 * @param scenario the reference of a comparison
 * @returns controls by the dotted paths of figures; none where the demand is no chance (traces), depends on the fleet (closed
 *   loops, sessions), or there are too few runs
 */
export function demandControls(scenario: Scenario, openFile: OpenFile, runs: number): ReadonlyMap<string, Controls> {
  const random = scenario.traffic.every(
    ({ arrivals: { process } }) => process !== 'closed-loop' && process !== 'trace',
  );
  const requests = runs < FEWEST_RUNS || !random ? 0 : demandSample(scenario, openFile).arrivalSeconds.length;
  if (requests < 2) return new Map();
  const pools = buildFleet(scenario, openFile).map(({ pool }) => pool);
  const of = (replication: number) => figuresOf(fluidLatencies(pools, demandSample(scenario, openFile, replication)));
  const draws = Math.max(2, Math.min(DRAWS_PER_RUN * runs, Math.ceil(MOST_REQUESTS / requests)));
  const simulated = Array.from({ length: runs }, (_, i) => of(i));
  const further = Array.from({ length: draws }, (_, i) => of(FIRST_DRAW + i));
  const controls = new Map<string, Controls>();
  for (const metric of simulated[0].keys()) {
    const column = (figures: typeof simulated) => figures.flatMap((each) => each.get(metric) ?? []).map((of) => [of]);
    const [rows, others] = [column(simulated), column(further)];
    if (rows.length === runs && others.length === draws) controls.set(metric, { runs: rows, draws: others });
  }
  return controls;
}

/** By the dotted paths of a summary, milliseconds. */
function figuresOf(latencies: FluidLatencies): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  const names = Object.keys(QUANTILES);
  for (const [name, histogram] of Object.entries(latencies)) {
    const { mean } = histogram;
    if (mean === null) continue;
    figures.set(`${name}Ms.mean`, 1000 * mean);
    histogram.quantiles(Object.values(QUANTILES)).forEach((value, i) => {
      if (value !== null) figures.set(`${name}Ms.${names[i]}`, 1000 * value);
    });
  }
  return figures;
}
