import type { Scenario } from '../../scenario/schema.js';

type Traffic = Scenario['traffic'];

/**
 * The same traffic at another rate: the same random numbers, so the same requests in the same order, closer together.
 * Users of a closed loop become more or fewer.
 *
 * @example scaledTraffic(scenario.traffic, 1.2) // 20 % more of everything
 */
export function scaledTraffic(traffic: Traffic, factor: number): Traffic {
  if (factor === 1) return traffic;
  return traffic.map((entry) => ({ ...entry, arrivals: scaled(entry.arrivals, factor) }));
}

function scaled(arrivals: Traffic[number]['arrivals'], factor: number): Traffic[number]['arrivals'] {
  if (arrivals.process === 'closed-loop') {
    return { ...arrivals, users: Math.max(1, Math.round(arrivals.users * factor)) };
  }
  if (arrivals.process === 'trace' && arrivals.rate === undefined) {
    return { ...arrivals, speedup: (arrivals.speedup ?? 1) * factor };
  }
  return { ...arrivals, rate: (arrivals.rate ?? 0) * factor };
}
