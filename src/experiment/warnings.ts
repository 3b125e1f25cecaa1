import { priceBooks } from '../catalog/index.js';
import type { Scenario } from '../scenario/schema.js';
import type { Summary } from './result.js';

/** Fewer completed requests than this leave a 99th percentile to a handful of them. */
const ENOUGH_FOR_P99 = 1000;

/** Where `warmup: auto` finds no end of the start-up. */
export const NOT_STEADY =
  'no steady state: latencies have not settled by the middle of the run; simulate longer, or the fleet is overloaded';

/** What a reader should know before trusting the numbers of a run. */
export function warnings(summary: Summary, scenario: Scenario): string[] {
  const { requests, bottleneck, cost, window } = summary;
  const { economics } = scenario;
  const found: string[] = [];
  if (requests.arrived === 0) {
    found.push(`no request arrived between ${window.startSeconds} s and ${window.endSeconds} s: nothing was measured`);
  }
  if (bottleneck.overloaded) {
    found.push('the fleet is overloaded: waiting times grow with the length of the run, so their means say little');
  }
  if (requests.rejected > 0) {
    const turnedAway =
      scenario.admission !== undefined || scenario.traffic.some(({ rateLimit }) => rateLimit !== undefined);
    const cause = turnedAway
      ? 'by rate limits and bounds on queues, or since they need more KV cache than any replica has'
      : 'they need more KV cache than any replica has';
    found.push(`${requests.rejected} requests were rejected: ${cause}`);
  }
  if (requests.completed > 0 && requests.completed < ENOUGH_FOR_P99) {
    found.push(
      `only ${requests.completed} requests were completed: p99 rests on ${Math.ceil(requests.completed / 100)} of them`,
    );
  }
  if (scenario.faults === undefined && scenario.factory.pools.some(({ spares }) => (spares ?? 0) > 0)) {
    found.push('spares are paid for and never serve: nothing fails in this scenario; give faults');
  }
  if (cost.usdPerHour === null) {
    found.push(
      economics.own === undefined
        ? `no cost: ${economics.prices} has no price for a GPU of the fleet; set economics.gpuHour`
        : 'no cost: economics.own.gpu has no price for a GPU of the fleet',
    );
  }
  if (economics.investment !== undefined && economics.own === undefined && isOwned(economics.prices)) {
    found.push(
      `${economics.prices} contains the capital already, so payback and NPV pay the investment twice; give economics.own instead`,
    );
  }
  found.push(...doubtfulPrices(scenario));
  return found;
}

/** Prices of a book that are not what the rest of the scenario takes them for. */
function doubtfulPrices({ economics, factory }: Scenario): string[] {
  const { prices, gpuHour, own, rental, electricityIncluded } = economics;
  if (own !== undefined && own.facility > 0 && own.colocation > 0) {
    return ['economics.own pays for an own building (facility) and for a rented place (colocation) at once'];
  }
  const byBook = factory.pools.some(({ gpu }) => gpu !== undefined && gpuHour?.[gpu] === undefined);
  if (own !== undefined || !byBook) return [];
  const found: string[] = [];
  if (!electricityIncluded) {
    found.push(
      `${prices} contains electricity already, so it is paid for twice; give economics.gpuHour without it, or leave electricityIncluded out`,
    );
  }
  if (rental !== undefined && isOwned(prices)) {
    found.push(
      `${prices} is what owners pay, and economics.rental is for renting; take a rental book or economics.gpuHour`,
    );
  }
  return found;
}

/** Whether a price book is that of owners, who have paid for the hardware within the price of the hour. */
function isOwned(prices: string): boolean {
  return priceBooks[prices].kind !== 'rental';
}
