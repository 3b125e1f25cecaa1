import type { FleetRuns } from './fleet-runs.js';
import { FleetSearch } from './search.js';
import type { BoundedKind } from './search-kinds.js';

/** Fleets that are simulated side by side; fixed, so that the answer does not depend on the machine. */
const WAVE = 2;
/** Share of what is left of the budget that may go to the frontier, after the cheapest fleet is known. */
const FRONTIER_SHARE = 0.5;

/** Simulates fleets of the search until the answer is known; false where the budget ended before. */
export async function explore(
  search: FleetSearch,
  runs: FleetRuns,
  budget: number,
  onLook: () => void,
): Promise<boolean> {
  for (;;) {
    const probes = search.next(Math.min(WAVE, budget - runs.log.length));
    if (probes.length === 0) return search.undecided === 0;
    const outcomes = await Promise.all(probes.map((probe) => runs.look(probe)));
    outcomes.forEach((fleet, i) => {
      search.record(probes[i], fleet.holds);
    });
    onLook();
  }
}

/**
 * The smallest fleet that holds of every kind that could be on the frontier: kinds that no load makes faster than a cheaper
 * fleet already is are passed over.
 */
export async function exploreFrontier(
  kinds: readonly BoundedKind[],
  runs: FleetRuns,
  onLook: () => void,
): Promise<void> {
  const most = runs.log.length + Math.floor((runs.budget - runs.log.length) * FRONTIER_SHARE);
  const least = (kind: BoundedKind) => kind.usdPerHour(kind.lower);
  const order = kinds.map((_, i) => i).sort((a, b) => least(kinds[a]) - least(kinds[b]));
  for (const index of order) {
    const kind = kinds[index];
    const own = new FleetSearch([kind]);
    for (const [candidate, { holds }] of runs.ofKind(index)) own.record({ ...candidate, kind: 0 }, holds);
    while (runs.log.length < most) {
      const [probe] = own.next(1);
      if (probe === undefined || runs.isBeaten(probe.usdPerHour, kind.idleTokensPerSecondPerUser)) break;
      const fleet = await runs.look({ ...probe, kind: index });
      own.record(probe, fleet.holds);
      onLook();
    }
  }
}
