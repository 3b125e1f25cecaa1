import type { Scenario } from '../../scenario/schema.js';
import type { Capacity, CapacityPoint } from './document.js';
import type { Change, Evaluator } from './evaluate.js';

/** Simulations that run side by side; fixed, so that the answer does not depend on the machine. */
const WAVE = 2;
/** The answer is known to this factor. */
const PRECISION = 1.01;
/** A fleet that leaves the heaviest requests undone may hold a little more than all its time allows. */
const BEYOND_BOUND = 1.3;
const SMALLEST_FACTOR = 0.01;
const LARGEST_FACTOR = 1e4;

export interface CapacityOptions {
  /** A factor at which the fleet would be busy all the time, from arithmetic; Infinity where none is known. */
  bound: number;
  /** A factor that is known to hold; 0 where none is. */
  holdsAt?: number;
  /** Further seeds that the answer must hold under. */
  confirmations: number;
  onPoint?: (point: CapacityPoint) => void;
}

/**
 * The highest demand that a fleet holds, as a multiple of the scenario's, to 1 %. Bisects on a logarithmic scale, two
 * demands at a time; more demand is the same requests closer together.
 */
export async function highestDemand(
  evaluator: Evaluator,
  traffic: Scenario['traffic'],
  change: Change,
  { bound, holdsAt = 0, confirmations, onPoint }: CapacityOptions,
): Promise<{ capacity: Capacity | null; curve: CapacityPoint[] }> {
  const curve: CapacityPoint[] = [];
  const nominal = nominalRate(traffic);
  const look = async (factor: number): Promise<CapacityPoint> => {
    const figures = await evaluator.figures({ ...change, demand: factor });
    const point = { factor, requestsPerSecond: nominal === null ? null : nominal * factor, ...figures };
    onPoint?.(point);
    return point;
  };
  let low = holdsAt;
  let high = Math.min(Math.max(bound, SMALLEST_FACTOR, holdsAt) * BEYOND_BOUND, LARGEST_FACTOR);
  let failed: number | null = null;
  for (;;) {
    const factors = probes(low, high);
    if (factors.length === 0) break;
    const points = await Promise.all(factors.map(look));
    curve.push(...points);
    const failure = points.find(({ holds }) => !holds);
    const below = failure?.factor ?? Number.POSITIVE_INFINITY;
    for (const { factor } of points) if (factor < below) low = Math.max(low, factor);
    if (failure !== undefined) {
      high = below;
      failed = below;
    }
    if (high <= SMALLEST_FACTOR) break;
  }
  curve.sort((a, b) => a.factor - b.factor);
  for (let factor = low; factor > SMALLEST_FACTOR; factor /= PRECISION) {
    const point = curve.find((of) => of.factor === factor) ?? (await look(factor));
    if (!curve.includes(point)) curve.push(point);
    if (!point.holds) continue;
    const confirmed = await evaluator.confirm({ ...change, demand: factor }, confirmations);
    if (confirmed !== undefined && !confirmed.holds) {
      failed = factor;
      continue;
    }
    curve.sort((a, b) => a.factor - b.factor);
    const { factor: _, requestsPerSecond, ...atLimit } = point;
    const confirmation = confirmed?.confirmation ?? null;
    return { capacity: { factor, requestsPerSecond, failsAtFactor: failed, atLimit, confirmation }, curve };
  }
  return { capacity: null, curve };
}

/** The demands to look at next between one that holds (or 0) and one that does not; none where they are close. */
function probes(low: number, high: number): number[] {
  if (low === 0) {
    // Nothing is known from below: most fleets hold at some half of what arithmetic allows.
    return high <= SMALLEST_FACTOR
      ? []
      : Number.isFinite(high) && high < LARGEST_FACTOR
        ? [high / 3, high / 1.7]
        : [0.5, 1];
  }
  if (high >= LARGEST_FACTOR) return low >= LARGEST_FACTOR / 4 ? [] : [low * 2, low * 4];
  if (high / low <= PRECISION) return [];
  return Array.from({ length: WAVE }, (_, i) => low * (high / low) ** ((i + 1) / (WAVE + 1)));
}

/** Requests per second that a traffic asks for; null where a class has no rate of its own. */
export function nominalRate(traffic: Scenario['traffic']): number | null {
  let sum = 0;
  for (const { arrivals } of traffic) {
    if (!('rate' in arrivals) || arrivals.rate === undefined) return null;
    sum += arrivals.rate;
  }
  return sum;
}
