import type { EvaluatedFleet } from './document.js';

/** Fleets that are faster by less than this are not worth a further place on the frontier. */
const NOTABLE = 1.02;

/**
 * Fleets that hold and that no other beats in both dollars per million output tokens and tokens per second per user,
 * cheapest first; each notably faster than the one before.
 */
export function paretoFrontier(fleets: readonly EvaluatedFleet[]): EvaluatedFleet[] {
  const known = fleets.filter((fleet) => fleet.holds && cost(fleet) !== null && speed(fleet) !== null);
  const sorted = known.toSorted((a, b) => (cost(a) ?? 0) - (cost(b) ?? 0) || (speed(b) ?? 0) - (speed(a) ?? 0));
  const frontier: EvaluatedFleet[] = [];
  for (const fleet of sorted) {
    const fastest = frontier.at(-1);
    if (fastest === undefined || (speed(fleet) ?? 0) >= NOTABLE * (speed(fastest) ?? 0)) frontier.push(fleet);
  }
  return frontier;
}

/** The cheapest fleet of every kind that holds, cheapest first. */
export function cheapestOfKinds(fleets: readonly EvaluatedFleet[]): EvaluatedFleet[] {
  const best = new Map<string, EvaluatedFleet>();
  for (const fleet of fleets) {
    if (!fleet.holds) continue;
    const pools = fleet.pools.map(({ role, gpu, parallelism }) => `${role} ${gpu} ${parallelism}`);
    const kind = [...pools, fleet.policy].join('+');
    const known = best.get(kind);
    if (known === undefined || fleet.usdPerHour < known.usdPerHour) best.set(kind, fleet);
  }
  return [...best.values()].sort((a, b) => a.usdPerHour - b.usdPerHour || (b.attainment ?? 0) - (a.attainment ?? 0));
}

function cost({ usdPerMillionOutputTokens }: EvaluatedFleet): number | null {
  return usdPerMillionOutputTokens;
}

function speed({ outputTokensPerSecondPerUser }: EvaluatedFleet): number | null {
  return outputTokensPerSecondPerUser;
}
