import { conventions } from '../economics/conventions.js';
import { type CostByUse, type CostParts, type FleetCost, fleetCost } from '../economics/cost.js';
import { carbonKilogramsPerHour, type FleetPower, fleetPower, joulesPer, perMegawatt } from '../economics/energy.js';
import type { FleetUsage } from '../economics/fleet-usage.js';
import { bookValueUsd, purchaseUsd } from '../economics/ownership.js';
import { type Investment, profit, revenueUsdPerHour } from '../economics/revenue.js';
import { usdPer, usdPerMillion, usdPerSession, usdPerUserMonth } from '../economics/unit-cost.js';
import type { ClassStatistics } from '../metrics/recorder.js';
import type { Scenario } from '../scenario/schema.js';
import type { Summary } from './result.js';

/** What a fleet delivered inside the window, per second. */
export interface DeliveredRates {
  seconds: number;
  requestsPerSecond: number;
  goodRequestsPerSecond: number;
  /** Cached prompt tokens included. */
  inputTokensPerSecond: number;
  /** Share of prompt tokens that a prefix cache held. */
  cachedShare: number;
  /** Answers of a completed session on average; null without sessions. */
  requestsPerSession: number | null;
  outputTokensPerSecond: number;
  goodOutputTokensPerSecond: number;
}

/** Cost, energy and revenue of a run: the economics floor, filled with what the run measured. */
export function summarizeEconomics(
  { economics, traffic }: Scenario,
  usage: FleetUsage,
  delivered: DeliveredRates,
  classes: readonly ClassStatistics[],
): Pick<Summary, 'cost' | 'conventions' | 'energy' | 'revenue'> {
  const power = fleetPower(usage, economics.pue);
  const cost = fleetCost(usage, economics, power);
  const itKilowatts = power === null ? null : power.gpuKilowatts + power.hostKilowatts;
  return {
    cost: costFigures(cost, delivered, closedLoopUsers(traffic), economics),
    conventions: conventions(usage, delivered, cost?.usdPerHour ?? null, itKilowatts, economics.prices),
    energy: energyFigures(power, delivered, economics),
    revenue: profit(
      revenue(traffic, classes, delivered.seconds, economics.earns),
      cost,
      investmentIn(usage, economics),
      economics,
    ),
  };
}

function costFigures(
  cost: FleetCost | null,
  delivered: DeliveredRates,
  users: number,
  economics: Scenario['economics'],
): Summary['cost'] {
  const usdPerHour = cost?.usdPerHour ?? null;
  const { inputTokensPerSecond, outputTokensPerSecond } = delivered;
  const usdPerRequest = usdPer(usdPerHour, delivered.requestsPerSecond);
  const inputUsdPerHour = cost?.split?.inputUsdPerHour ?? null;
  const outputUsdPerHour = cost?.split?.outputUsdPerHour ?? null;
  return {
    usdPerHour,
    usdPerMillionOutputTokens: usdPerMillion(usdPerHour, outputTokensPerSecond),
    usdPerMillionTotalTokens: usdPerMillion(usdPerHour, outputTokensPerSecond + inputTokensPerSecond),
    usdPerMillionGoodOutputTokens: usdPerMillion(usdPerHour, delivered.goodOutputTokensPerSecond),
    usdPerRequest,
    usdPerGoodRequest: usdPer(usdPerHour, delivered.goodRequestsPerSecond),
    usdPerSession: usdPerSession(usdPerRequest, economics.requestsPerSession ?? delivered.requestsPerSession),
    usdPerUserMonth: usdPerUserMonth(usdPerRequest, usdPerHour, users, economics),
    split: {
      inputUsdPerHour,
      outputUsdPerHour,
      usdPerMillionInputTokens: usdPerMillion(inputUsdPerHour, inputTokensPerSecond),
      usdPerMillionOutputTokens: usdPerMillion(outputUsdPerHour, outputTokensPerSecond),
    },
    partsUsdPerHour: cost?.parts ?? UNKNOWN_PARTS,
    byUseUsdPerHour: cost?.byUse ?? UNKNOWN_USES,
  };
}

/** Users whose requests are all the demand there is; 0 where some of it comes from elsewhere. */
function closedLoopUsers(traffic: Scenario['traffic']): number {
  const users = traffic.map(({ arrivals }) => (arrivals.process === 'closed-loop' ? arrivals.users : 0));
  return users.includes(0) ? 0 : users.reduce((sum, count) => sum + count, 0);
}

const UNKNOWN_PARTS: Record<keyof CostParts, null> = {
  gpus: null,
  servers: null,
  network: null,
  facility: null,
  capital: null,
  maintenance: null,
  staff: null,
  colocation: null,
  contract: null,
  onDemand: null,
  electricity: null,
  unused: null,
};
const UNKNOWN_USES: Record<keyof CostByUse, null> = {
  prefill: null,
  decode: null,
  idle: null,
  startUp: null,
  failures: null,
  unused: null,
};

function energyFigures(
  power: FleetPower | null,
  { outputTokensPerSecond, inputTokensPerSecond }: DeliveredRates,
  { electricity, gridCarbon }: Scenario['economics'],
): Summary['energy'] {
  const kilowatts = power?.averageKilowatts ?? null;
  const co2KilogramsPerHour = carbonKilogramsPerHour(kilowatts, gridCarbon);
  const total = outputTokensPerSecond + inputTokensPerSecond;
  return {
    averageKilowatts: kilowatts,
    gpuKilowatts: power?.gpuKilowatts ?? null,
    hostKilowatts: power?.hostKilowatts ?? null,
    overheadKilowatts: power?.overheadKilowatts ?? null,
    idleKilowatts: power?.idleKilowatts ?? null,
    peakKilowatts: power?.peakKilowatts ?? null,
    joulesPerOutputToken: joulesPer(kilowatts, outputTokensPerSecond),
    joulesPerTotalToken: joulesPer(kilowatts, total),
    outputTokensPerSecondPerMegawatt: perMegawatt(outputTokensPerSecond, kilowatts),
    totalTokensPerSecondPerMegawatt: perMegawatt(total, kilowatts),
    electricityUsdPerHour: kilowatts === null ? null : kilowatts * electricity,
    co2KilogramsPerHour,
    co2GramsPerMillionOutputTokens: gramsPerMillion(co2KilogramsPerHour, outputTokensPerSecond),
  };
}

function gramsPerMillion(kilogramsPerHour: number | null, perSecond: number): number | null {
  const kilograms = usdPerMillion(kilogramsPerHour, perSecond);
  return kilograms === null ? null : kilograms * 1000;
}

/** What customers pay: for the requests that were served, or only for good ones. */
function revenue(
  traffic: Scenario['traffic'],
  classes: readonly ClassStatistics[],
  seconds: number,
  earns: Scenario['economics']['earns'],
): number | null {
  const sold = traffic.map(({ price }, index) => {
    const of = classes[index];
    return earns === 'good'
      ? { inputTokens: of.goodInput, cachedInputTokens: of.goodInputCached, outputTokens: of.goodOutput, price }
      : { inputTokens: of.inputCompleted, cachedInputTokens: of.inputCached, outputTokens: of.outputCompleted, price };
  });
  return revenueUsdPerHour(sold, seconds);
}

/** What is paid up front: as given, else the price of everything that is owned; null where nothing is bought. */
function investmentIn({ pools }: FleetUsage, { investment, own, outlook }: Scenario['economics']): Investment | null {
  if (own === undefined) return investment === undefined ? null : { usd: investment, residualUsd: 0 };
  let usd = 0;
  let residualUsd = 0;
  for (const { gpu, installedGpus } of pools) {
    const each = purchaseUsd(gpu, own);
    if (each === null) return null;
    usd += each * installedGpus;
    residualUsd += (outlook === undefined ? 0 : (bookValueUsd(gpu, own, outlook.years) ?? 0)) * installedGpus;
  }
  return { usd: investment ?? usd, residualUsd };
}
