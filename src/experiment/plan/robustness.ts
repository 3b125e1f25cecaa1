import { gpus } from '../../catalog/index.js';
import type { RobustnessCase } from './document.js';
import type { Evaluator } from './evaluate.js';
import { fleetChange, fleetChoice } from './fleet-choice.js';
import { type Candidate, FleetSearch } from './search.js';
import type { BoundedKind } from './search-kinds.js';

const MORE_DEMAND = 1.2;
/** Looks at larger fleets of the same kind, per question. */
const MOST_LOOKS = 12;

/** What becomes of a fleet when demand grows by a fifth, and when a node fails for the whole run. */
export async function robustness(evaluator: Evaluator, kind: BoundedKind, best: Candidate): Promise<RobustnessCase[]> {
  return Promise.all([moreDemand(evaluator, kind, best), ...lostNodes(evaluator, kind, best)]);
}

async function moreDemand(evaluator: Evaluator, kind: BoundedKind, best: Candidate): Promise<RobustnessCase> {
  const figures = await evaluator.figures({ ...fleetChange(kind, best), demand: MORE_DEMAND });
  return {
    change: 'demand +20 %',
    fleet: fleetChoice(kind, best),
    holds: figures.holds,
    attainment: figures.attainment,
    ttftMsP99: figures.ttftMsP99,
    tpotMsP99: figures.tpotMsP99,
    needs: figures.holds ? fleetChoice(kind, best) : await largerFleet(evaluator, kind, best),
    nodes: null,
  };
}

/** The cheapest fleet of the kind that holds more demand. */
async function largerFleet(evaluator: Evaluator, kind: BoundedKind, best: Candidate) {
  const lower = best.counts;
  // A fifth more demand that twice the fleet does not hold is a matter of bursts, not of numbers.
  const upper = best.counts.map((replicas, i) => Math.min(2 * replicas + 1, kind.upper[i])) as [number, number];
  const load = kind.load.map((replicas) => replicas * MORE_DEMAND) as [number, number];
  const search = new FleetSearch([{ ...kind, lower, upper, load }]);
  search.record({ ...best, kind: 0 }, false);
  for (let look = 0; look < MOST_LOOKS; look++) {
    const [probe] = search.next(1);
    if (probe === undefined) break;
    const { holds } = await evaluator.figures({ ...fleetChange(kind, probe), demand: MORE_DEMAND });
    search.record(probe, holds);
  }
  return search.best === undefined ? null : fleetChoice(kind, search.best);
}

/** One case per pool: the replicas of one node are gone. */
function lostNodes(evaluator: Evaluator, kind: BoundedKind, best: Candidate): Promise<RobustnessCase>[] {
  const { pools } = kind.kind;
  return pools.map(async ({ scenario, simulated }, i) => {
    const node = gpus[scenario.gpu ?? '']?.gpusPerNode ?? simulated.gpusPerReplica;
    const perNode = Math.max(1, Math.floor(node / simulated.gpusPerReplica));
    const replicas = best.counts[i];
    const lost = onFullestNode(replicas, Math.ceil(replicas / perNode));
    const where = pools.length === 1 ? '' : ` under ${scenario.role}`;
    const changed = (more: number): Candidate => {
      const [first, second] = best.counts;
      const counts = i === 0 ? ([first + more, second] as const) : ([first, second + more] as const);
      return { ...best, counts, usdPerHour: kind.usdPerHour(counts) };
    };
    const left = changed(-lost);
    const change = `one node of ${node} GPUs${where} fails: ${lost} of ${replicas} replicas gone`;
    const more = spares(replicas, perNode);
    const needs = fleetChoice(kind, changed(more));
    const nodes = nodesFor(replicas + more, perNode);
    if (left.counts[i] === 0) {
      const nobody = { fleet: null, holds: false, attainment: 0, ttftMsP99: null, tpotMsP99: null };
      return { change, ...nobody, needs, nodes };
    }
    const figures = await evaluator.figures(fleetChange(kind, left));
    return {
      change,
      fleet: fleetChoice(kind, left),
      holds: figures.holds,
      attainment: figures.attainment,
      ttftMsP99: figures.ttftMsP99,
      tpotMsP99: figures.tpotMsP99,
      needs: figures.holds ? fleetChoice(kind, best) : needs,
      nodes: figures.holds ? null : nodes,
    };
  });
}

/** Replicas on the fullest of some nodes over which they are spread evenly. */
function onFullestNode(replicas: number, nodes: number): number {
  return Math.ceil(replicas / nodes);
}

/** Nodes that replicas are spread over where one of them may fail: two or more. */
function nodesFor(replicas: number, perNode: number): number {
  return Math.max(2, Math.ceil(replicas / perNode));
}

/** Fewest further replicas that leave `needed`, spread evenly over two nodes or more, when one node is gone. */
function spares(needed: number, perNode: number): number {
  let more = 1;
  for (; ; more++) {
    const all = needed + more;
    if (all - onFullestNode(all, nodesFor(all, perNode)) >= needed) return more;
  }
}
