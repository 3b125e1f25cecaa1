/** One way to build a fleet, but for the numbers of replicas; as the search sees it. */
export interface SearchKind {
  /** Fewest replicas of the first and second pool that could do; 0 to 0 where there is no second pool. */
  lower: readonly [number, number];
  upper: readonly [number, number];
  /** GPUs of one replica of either pool, and of the largest fleet. */
  gpusPerReplica: readonly [number, number];
  maxGpus: number;
  /** Dollars per hour of a fleet; never less with more replicas. */
  usdPerHour(counts: readonly [number, number]): number;
  /** Replicas that the demand keeps busy at best, as a guess at what will hold. */
  load: readonly [number, number];
}

/** A fleet. */
export interface Candidate {
  kind: number;
  counts: readonly [number, number];
  usdPerHour: number;
}

/** Busy share at which a fleet is as likely to hold as not, before anything is known. */
const USUAL_BUSY_SHARE = 0.55;
/** How steeply that likelihood falls with the busy share: as its sixth power. */
const STEEPNESS = 6;
/** A fleet that fails below this busy share fails for its speed or in bursts: a few more of the same will hardly help. */
const SLOW_BELOW = 0.4;
/** What every such failure leaves of the likelihood that others of its kind hold, while none of them is known to. */
const SLOW_CHANCE = 0.3;

/** What is known of a kind: the busiest fleet that held, the least busy one that failed. */
interface Bracket {
  held: number;
  failed: number;
  slowFailures: number;
}

/**
 * Finds the cheapest fleet that holds, with few looks. It rests on one assumption: within a kind, more replicas are never
 * worse. So a fleet that holds rules out all that cost more, one that does not rules out all smaller ones of its kind, and
 * the next look goes where it is expected to rule out most; with one kind that is bisection. Candidates that cost the same
 * as the best are looked at, too, so that the better of equally dear fleets can be told.
 *
 * @example
 * const search = new FleetSearch(kinds);
 * for (let [probe] = search.next(1); probe !== undefined; [probe] = search.next(1)) search.record(probe, holds(probe));
 * search.best;
 */
export class FleetSearch {
  /** What may still be the answer by kind, the cheapest first. */
  private readonly open: Candidate[][];
  private readonly holding: Candidate[] = [];
  private readonly brackets: Bracket[];

  constructor(private readonly kinds: readonly SearchKind[]) {
    this.open = kinds.map(candidatesOf);
    this.brackets = kinds.map(() => ({ held: 0, failed: Number.POSITIVE_INFINITY, slowFailures: 0 }));
  }

  /** The cheapest that holds so far. */
  get best(): Candidate | undefined {
    return this.holding.reduce<Candidate | undefined>(
      (best, each) => (best === undefined || each.usdPerHour < best.usdPerHour ? each : best),
      undefined,
    );
  }

  /** All that hold and cost as little as the best. */
  get equals(): Candidate[] {
    const least = this.best?.usdPerHour;
    return this.holding.filter(({ usdPerHour }) => usdPerHour === least);
  }

  /** Fleets that could still be the answer. */
  get undecided(): number {
    return this.live().reduce((sum, candidates) => sum + candidates.length, 0);
  }

  /**
   * The fleets to look at next, most telling first; empty when the answer is known. Those after the first are chosen as if
   * the likelier answers of the ones before were known.
   */
  next(most: number): Candidate[] {
    const chosen: Candidate[] = [];
    const passed = new Set<number>();
    while (chosen.length < most) {
      const probe = this.mostTelling(passed);
      if (probe === undefined) break;
      chosen.push(probe);
      passed.add(probe.kind);
    }
    return chosen;
  }

  record(candidate: Candidate, holds: boolean): void {
    const { kind, counts } = candidate;
    const busy = this.busyShare(candidate);
    const bracket = this.brackets[kind];
    if (holds) {
      this.holding.push(candidate);
      bracket.held = Math.max(bracket.held, busy);
      this.open[kind] = this.open[kind].filter((each) => !same(each.counts, counts));
    } else {
      bracket.failed = Math.min(bracket.failed, busy);
      if (busy < SLOW_BELOW) bracket.slowFailures++;
      this.open[kind] = this.open[kind].filter((each) => !atMost(each.counts, counts));
    }
  }

  /** Takes back that a fleet holds, and opens again what only it had ruled out. */
  revoke(candidate: Candidate): void {
    this.holding.splice(this.holding.indexOf(candidate), 1);
    this.record(candidate, false);
  }

  /** By kind, what costs no more than the best. */
  private live(): Candidate[][] {
    const most = this.best?.usdPerHour ?? Number.POSITIVE_INFINITY;
    return this.open.map((candidates) => candidates.slice(0, countUpTo(candidates, most)));
  }

  private mostTelling(passed: ReadonlySet<number>): Candidate | undefined {
    const live = this.live();
    const prices = Float64Array.from(live.flatMap((candidates) => candidates.map(({ usdPerHour }) => usdPerHour)));
    prices.sort();
    const usual = this.usualBusyShare();
    let best: Candidate | undefined;
    let bestGain = Number.NEGATIVE_INFINITY;
    live.forEach((candidates, kind) => {
      if (passed.has(kind)) return;
      const smaller = smallerCounts(candidates, this.kinds[kind]);
      candidates.forEach((candidate) => {
        const chance = this.chance(candidate, usual);
        const dearer = prices.length - upperBound(prices, candidate.usdPerHour);
        const gain = chance * (dearer + 1) + (1 - chance) * smaller(candidate);
        if (gain > bestGain || (gain === bestGain && best !== undefined && candidate.usdPerHour < best.usdPerHour)) {
          best = candidate;
          bestGain = gain;
        }
      });
    });
    return best;
  }

  private busyShare({ kind, counts }: Candidate): number {
    const { load } = this.kinds[kind];
    return Math.max(load[0] / counts[0], counts[1] === 0 ? 0 : load[1] / counts[1]);
  }

  /** How likely a fleet is to hold, by its busy share and what is known of its kind. */
  private chance(candidate: Candidate, usual: number): number {
    const busy = this.busyShare(candidate);
    const { held, failed, slowFailures } = this.brackets[candidate.kind];
    // A closed loop tells nothing about busy shares: halve what is left.
    if (busy === 0) return held > 0 ? 0.5 : 0.5 * SLOW_CHANCE ** slowFailures;
    let middle = usual;
    if (held > 0 && failed < Number.POSITIVE_INFINITY) middle = Math.sqrt(held * failed);
    else if (held > 0) middle = Math.max(usual, 1.25 * held);
    else if (failed < Number.POSITIVE_INFINITY) middle = Math.min(usual, failed * (failed < SLOW_BELOW ? 0.5 : 0.8));
    const chance = 1 / (1 + (busy / middle) ** STEEPNESS);
    return Math.min(Math.max(held > 0 ? chance : chance * SLOW_CHANCE ** slowFailures, 0.02), 0.98);
  }

  /** Busy share up to which fleets hold in the kinds of which both sides are known. */
  private usualBusyShare(): number {
    const known = this.brackets.filter(({ held, failed }) => held > 0 && failed < Number.POSITIVE_INFINITY);
    if (known.length === 0) return USUAL_BUSY_SHARE;
    return Math.exp(known.reduce((sum, { held, failed }) => sum + Math.log(held * failed) / 2, 0) / known.length);
  }
}

/** All fleets of a kind, the cheapest first. */
function candidatesOf(of: SearchKind, kind: number): Candidate[] {
  const { lower, upper, gpusPerReplica, maxGpus } = of;
  const candidates: Candidate[] = [];
  for (let a = lower[0]; a <= upper[0]; a++) {
    for (let b = lower[1]; b <= upper[1] && a * gpusPerReplica[0] + b * gpusPerReplica[1] <= maxGpus; b++) {
      candidates.push({ kind, counts: [a, b], usdPerHour: of.usdPerHour([a, b]) });
    }
  }
  return candidates.sort((x, y) => x.usdPerHour - y.usdPerHour);
}

/** For each candidate, how many have no more replicas in either pool, itself included. */
function smallerCounts(candidates: readonly Candidate[], { lower, upper }: SearchKind): (of: Candidate) => number {
  const width = upper[1] - lower[1] + 1;
  const sums = new Uint32Array((upper[0] - lower[0] + 1) * width);
  const at = ([a, b]: Candidate['counts']) => (a - lower[0]) * width + (b - lower[1]);
  for (const { counts } of candidates) sums[at(counts)] = 1;
  for (let i = 0; i < sums.length; i++) {
    const left = i % width > 0 ? sums[i - 1] : 0;
    const above = i >= width ? sums[i - width] : 0;
    const corner = i % width > 0 && i >= width ? sums[i - width - 1] : 0;
    sums[i] += left + above - corner;
  }
  return ({ counts }) => sums[at(counts)];
}

function atMost(a: Candidate['counts'], b: Candidate['counts']): boolean {
  return a[0] <= b[0] && a[1] <= b[1];
}

function same(a: Candidate['counts'], b: Candidate['counts']): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** How many of the cheapest cost at most so much; sums of prices may differ in their last digit. */
function countUpTo(candidates: readonly Candidate[], most: number): number {
  let low = 0;
  let high = candidates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (candidates[middle].usdPerHour <= most * (1 + 1e-12)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Number of entries that are at most `value`. */
function upperBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
