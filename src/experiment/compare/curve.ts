import type { ComparisonFile } from '../../scenario/comparison-schema.js';
import type { Scenario } from '../../scenario/schema.js';
import type { Summary } from '../result.js';
import type { Executor } from '../sweep/executor.js';
import { type FleetTask, runFleet, scenarioOf } from './fleet-task.js';
import { frontier, valueAt } from './frontier.js';

/** One closed loop on one fleet. */
export interface CurvePoint {
  /** Which way to run the fleet; null where there is only one. */
  config: string | null;
  users: number;
  /** Reciprocal of the mean TPOT: the axis of speed. */
  tokensPerSecondPerUser: number;
  ttftMsMean: number | null;
  ttftMsP99: number | null;
  totalTokensPerSecondPerGpu: number;
  outputTokensPerSecondPerGpu: number;
  usdPerMillionTotalTokens: number | null;
  usdPerMillionOutputTokens: number | null;
  totalTokensPerSecondPerMegawatt: number | null;
  outputTokensPerSecondPerMegawatt: number | null;
  /** No other point of the fleet is as fast and cheaper. */
  efficient: boolean;
}

/** Which fleet is cheapest for users who want that many tokens per second. */
export interface Winner {
  tokensPerSecondPerUser: number;
  /** By fleet, null where it is not that fast. */
  usdPerMillionTotalTokens: Record<string, number | null>;
  /** Null where none is that fast. */
  winner: string | null;
  /** Cost of the second best over that of the winner; null where there is no second. */
  advantage: number | null;
}

/** What everyone in the field reads: speed for a user against dollars per million tokens. */
export interface Curve {
  x: 'tokensPerSecondPerUser';
  y: 'usdPerMillionTotalTokens';
  fleets: { name: string; points: CurvePoint[] }[];
  winners: Winner[];
}

/** A fleet's runs at all numbers of users, with everything that was measured. */
export interface FleetCurve {
  name: string;
  runs: CurveRun[];
}

interface CurveRun {
  config: string | null;
  users: number;
  gpus: number;
  tokensPerSecondPerUser: number;
  cost: number;
  summary: Summary;
}

/** Users of each replica where a comparison does not name any. */
const USERS_PER_REPLICA = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/** Speeds at which winners are named. */
const SPEEDS = [5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250, 300, 400, 500, 700, 1000];

/**
 * Runs every configuration of a fleet under closed loops of more and more users, with the lengths of its demand.
 *
 * @returns undefined where the demand has no lengths to draw from (a trace)
 */
export function fleetCurve(
  fleet: FleetTask,
  { users, requestsPerUser }: ComparisonFile['curve'],
  executor: Executor,
): Promise<FleetCurve> | undefined {
  const { traffic } = scenarioOf(fleet);
  if (traffic.some(({ input, output }) => input === undefined || output === undefined)) return undefined;
  const points = fleet.configs.flatMap((config) => {
    const task = { ...fleet, overrides: [...fleet.overrides, ...config.overrides] };
    const scenario = scenarioOf(task);
    const counts = config.users ?? users ?? USERS_PER_REPLICA.map((count) => count * servingReplicas(scenario));
    return counts.map((count) => ({ task, config: config.name, users: count, traffic: scenario.traffic }));
  });
  const runs = points.map(async ({ task, config, users: count, traffic: of }): Promise<CurveRun | undefined> => {
    const { document } = await runFleet(task, closedLoops(of, count, requestsPerUser), executor);
    const { summary } = document;
    const { outputTokensPerSecondPerUser, inputTokensPerSecond, outputTokensPerSecond } = summary.throughput;
    if (outputTokensPerSecondPerUser === null) return undefined;
    const gpus = document.fleet.reduce((sum, { replicas, gpusPerReplica }) => sum + replicas * gpusPerReplica, 0);
    // Without prices the cheapest is what needs the fewest GPUs.
    const cost = summary.cost.usdPerMillionTotalTokens ?? gpus / (inputTokensPerSecond + outputTokensPerSecond);
    return { config, users: count, gpus, tokensPerSecondPerUser: outputTokensPerSecondPerUser, cost, summary };
  });
  return Promise.all(runs).then((all) => ({ name: fleet.name, runs: all.filter((run) => run !== undefined) }));
}

/** A figure on a fleet's curve: of its cheapest way to give users that speed, or of the cheapest of all at 0. */
export function curveValue(
  { runs }: FleetCurve,
  tokensPerSecondPerUser: number,
  figure: (summary: Summary) => number | null,
): number | null {
  return valueAt(frontier(runs), tokensPerSecondPerUser, ({ summary }) => figure(summary));
}

/** The curves as they are reported. */
export function curveReport(fleets: readonly FleetCurve[]): Curve {
  return {
    x: 'tokensPerSecondPerUser',
    y: 'usdPerMillionTotalTokens',
    fleets: fleets.map(({ name, runs }) => {
      const best = new Set(frontier(runs));
      return { name, points: runs.map((run) => curvePoint(run, best.has(run))) };
    }),
    winners: winners(fleets),
  };
}

function curvePoint(
  { config, users, gpus, summary, tokensPerSecondPerUser }: CurveRun,
  efficient: boolean,
): CurvePoint {
  const { throughput, ttftMs, cost, energy } = summary;
  return {
    config,
    users,
    tokensPerSecondPerUser,
    ttftMsMean: ttftMs.mean,
    ttftMsP99: ttftMs.p99,
    totalTokensPerSecondPerGpu: (throughput.inputTokensPerSecond + throughput.outputTokensPerSecond) / gpus,
    outputTokensPerSecondPerGpu: throughput.outputTokensPerSecond / gpus,
    usdPerMillionTotalTokens: cost.usdPerMillionTotalTokens,
    usdPerMillionOutputTokens: cost.usdPerMillionOutputTokens,
    totalTokensPerSecondPerMegawatt: energy.totalTokensPerSecondPerMegawatt,
    outputTokensPerSecondPerMegawatt: energy.outputTokensPerSecondPerMegawatt,
    efficient,
  };
}

/** Who is cheapest at which speed, from the slowest that all of them reach to the fastest of all. */
function winners(fleets: readonly FleetCurve[]): Winner[] {
  const curves = fleets.filter(({ runs }) => runs.some(({ summary }) => summary.cost.usdPerHour !== null));
  if (curves.length === 0) return [];
  const slowest = Math.max(...curves.map(({ runs }) => Math.min(...runs.map((run) => run.tokensPerSecondPerUser))));
  const fastest = Math.max(...curves.flatMap(({ runs }) => runs.map((run) => run.tokensPerSecondPerUser)));
  return SPEEDS.filter((speed) => speed >= slowest && speed <= fastest).map((tokensPerSecondPerUser) => {
    const costs = curves.map((of) => ({
      name: of.name,
      cost: curveValue(of, tokensPerSecondPerUser, ({ cost }) => cost.usdPerMillionTotalTokens),
    }));
    const ranked = costs.filter((of): of is { name: string; cost: number } => of.cost !== null);
    ranked.sort((a, b) => a.cost - b.cost);
    return {
      tokensPerSecondPerUser,
      usdPerMillionTotalTokens: Object.fromEntries(costs.map(({ name, cost }) => [name, cost])),
      winner: ranked[0]?.name ?? null,
      advantage: ranked.length > 1 ? ranked[1].cost / ranked[0].cost : null,
    };
  });
}

/** Replicas that answer: those that decode. */
function servingReplicas({ factory }: Scenario): number {
  return factory.pools.reduce((sum, { role, replicas }) => (role === 'prefill' ? sum : sum + replicas), 0);
}

/** The demand as closed loops of that many users together, who are spread over the classes as their requests were. */
function closedLoops(traffic: Scenario['traffic'], users: number, requestsPerUser: number): string[] {
  const rates = traffic.map(({ arrivals }) =>
    arrivals.process === 'closed-loop' ? arrivals.users : 'rate' in arrivals ? (arrivals.rate ?? 1) : 1,
  );
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const counts = rates.map((rate) => Math.max(1, Math.round((users * rate) / total)));
  const classes = traffic.map((entry, i) => ({ ...entry, arrivals: { process: 'closed-loop', users: counts[i] } }));
  const requests = counts.reduce((sum, count) => sum + count, 0) * requestsPerUser;
  return [
    `traffic=${JSON.stringify(classes)}`,
    `horizon=${JSON.stringify({ requests })}`,
    'replications=null',
    'precision=null',
    'expect=[]',
  ];
}
