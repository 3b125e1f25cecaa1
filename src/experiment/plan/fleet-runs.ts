import type { EvaluatedFleet } from './document.js';
import type { Evaluator } from './evaluate.js';
import { fleetChange, fleetChoice } from './fleet-choice.js';
import { NO_FIGURES } from './no-figures.js';
import type { Candidate } from './search.js';
import type { BoundedKind } from './search-kinds.js';

/** The fleets that were simulated. */
export class FleetRuns {
  readonly log: EvaluatedFleet[] = [];
  private readonly candidates: Candidate[] = [];

  constructor(
    private readonly evaluator: Evaluator,
    private readonly kinds: readonly BoundedKind[],
    readonly budget: number,
  ) {}

  async look(candidate: Candidate): Promise<EvaluatedFleet> {
    const kind = this.kinds[candidate.kind];
    // Their place in the log is the order in which they were asked for, not that in which they end.
    const place = this.candidates.push(candidate) - 1;
    const choice = fleetChoice(kind, candidate);
    this.log.push({ ...choice, ...NO_FIGURES });
    const figures = await this.evaluator.figures(fleetChange(kind, candidate));
    const usdPerHour = kind.usdPerHour(candidate.counts, figures.averageGpus ?? undefined);
    const fleet = { ...choice, ...figures, usdPerHour };
    this.log[place] = fleet;
    return fleet;
  }

  of(candidate: Candidate): EvaluatedFleet {
    return this.log[this.placeOf(candidate)];
  }

  /** Fleets that hold and cost less than so much, the cheapest first. */
  holdingBelow(usdPerHour: number): Candidate[] {
    const held = this.candidates.filter((_, i) => this.log[i].holds && this.log[i].usdPerHour < usdPerHour);
    const cost = (candidate: Candidate) => this.of(candidate).usdPerHour;
    return held.sort((a, b) => cost(a) - cost(b));
  }

  /** Dollars per hour of the cheapest fleet that holds; Infinity where none does. */
  get leastUsdPerHour(): number {
    const [cheapest] = this.holdingBelow(Number.POSITIVE_INFINITY);
    return cheapest === undefined ? Number.POSITIVE_INFINITY : this.of(cheapest).usdPerHour;
  }

  get isSpent(): boolean {
    return this.log.length >= this.budget;
  }

  ofKind(kind: number): [Candidate, EvaluatedFleet][] {
    return this.candidates.flatMap((candidate, i): [Candidate, EvaluatedFleet][] =>
      candidate.kind === kind ? [[candidate, this.log[i]]] : [],
    );
  }

  /** The best of equally dear fleets: by attainment, then fewest GPUs, then as they came. */
  mostAttained(candidates: readonly Candidate[]): Candidate | undefined {
    const rank = (candidate: Candidate) => this.of(candidate);
    return [...candidates].sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      return (y.attainment ?? 0) - (x.attainment ?? 0) || x.gpus - y.gpus || this.placeOf(a) - this.placeOf(b);
    })[0];
  }

  /** It held under the scenario's seed alone. */
  markUnconfirmed(candidate: Candidate): void {
    const place = this.placeOf(candidate);
    this.log[place] = { ...this.log[place], holds: false, shortfalls: ['under other seeds'] };
  }

  /** Whether a fleet that holds costs less and is at least as fast. */
  isBeaten(usdPerHour: number, tokensPerSecondPerUser: number): boolean {
    return this.log.some(
      (fleet) =>
        fleet.holds &&
        fleet.usdPerHour <= usdPerHour &&
        (fleet.outputTokensPerSecondPerUser ?? 0) >= tokensPerSecondPerUser,
    );
  }

  private placeOf({ kind, counts }: Candidate): number {
    return this.candidates.findIndex(
      (other) => other.kind === kind && other.counts[0] === counts[0] && other.counts[1] === counts[1],
    );
  }
}
