import type { FleetRuns } from './fleet-runs.js';
import { type Candidate, FleetSearch } from './search.js';
import type { BoundedKind, ScalingKind } from './search-kinds.js';

/** What became of the search among fleets that change their size. */
export interface ScalingSearch {
  /** Fleets of kinds that cannot be cheaper than one that is known to hold. */
  ruledOut: number;
  /** False where the budget ended before. */
  complete: boolean;
}

/**
 * Looks for fleets that change their size and are cheaper than any that is known to hold. What they cost shows only when they
 * are simulated, so kinds are passed over where the replicas that the work keeps busy already cost more. Of the others the
 * smallest bound is sought under which the fleet holds; a fleet that may grow to `n` replicas is taken to hold no more than
 * one that always has `n`. Where it is the cheapest so far, larger bounds are tried as long as they make it cheaper.
 *
 * @param kinds those of a fixed size, then `scaling`, as `runs` knows them
 */
export async function exploreScaling(
  kinds: readonly BoundedKind[],
  scaling: readonly ScalingKind[],
  runs: FleetRuns,
  onLook: () => void,
): Promise<ScalingSearch> {
  let ruledOut = 0;
  const order = scaling.map((_, i) => i).sort((a, b) => scaling[a].leastUsdPerHour - scaling[b].leastUsdPerHour);
  for (const index of order) {
    const kind = scaling[index];
    const search = new FleetSearch([kind]);
    if (kind.leastUsdPerHour >= runs.leastUsdPerHour) {
      ruledOut += search.undecided;
      continue;
    }
    const fixed = runs
      .ofKind(kind.base)
      .map(([candidate, { holds }]) => ({ candidate: { ...candidate, kind: 0 }, holds }));
    for (const { candidate, holds } of fixed) if (!holds) search.record(candidate, false);
    // Growing as far as a fleet of a fixed size that holds is the likeliest to do.
    const enough = fixed
      .filter(({ holds }) => holds)
      .sort((a, b) => a.candidate.usdPerHour - b.candidate.usdPerHour)[0];
    const look = async (candidate: Candidate) => {
      const fleet = await runs.look({ ...candidate, kind: kinds.length + index });
      onLook();
      return fleet;
    };
    for (let probe = enough?.candidate ?? search.next(1)[0]; probe !== undefined; [probe] = search.next(1)) {
      if (runs.isSpent) return { ruledOut, complete: false };
      search.record(probe, (await look(probe)).holds);
    }
    const [smallest] = search.equals;
    if (smallest !== undefined && !(await growWhileCheaper(kind, smallest, runs, look))) {
      return { ruledOut, complete: false };
    }
  }
  return { ruledOut, complete: true };
}

/** False where the budget ended before. */
async function growWhileCheaper(
  kind: ScalingKind,
  from: Candidate,
  runs: FleetRuns,
  look: (candidate: Candidate) => ReturnType<FleetRuns['look']>,
): Promise<boolean> {
  let cheapest = runs.leastUsdPerHour;
  for (let [a, b] = from.counts; ; ) {
    [a, b] = kind.upper[1] > 0 ? [a + 1, b + 1] : [a + 1, b];
    if (a > kind.upper[0] || b > kind.upper[1]) return true;
    if (a * kind.gpusPerReplica[0] + b * kind.gpusPerReplica[1] > kind.maxGpus) return true;
    if (runs.isSpent) return false;
    const counts = [a, b] as const;
    const { holds, usdPerHour } = await look({ kind: 0, counts, usdPerHour: kind.usdPerHour(counts) });
    if (!holds || usdPerHour >= cheapest) return true;
    cheapest = usdPerHour;
  }
}
