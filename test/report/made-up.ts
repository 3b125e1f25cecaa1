import type { ResultDocument, Summary } from '../../src/experiment/result.js';
import type { LatencySummary } from '../../src/metrics/latency.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { parseScenario } from '../../src/scenario/parse.js';

/** A latency whose quantiles rise evenly from `p50`. */
export function latencies(p50: number): LatencySummary {
  return { mean: p50 * 1.1, p50, p90: p50 * 2, p95: p50 * 3, p99: p50 * 4, max: p50 * 5 };
}

export const noLatencies: LatencySummary = { mean: null, p50: null, p90: null, p95: null, p99: null, max: null };

const noConvention = { tokensPerSecondPerGpu: null, usdPerMillionTokens: null, tokensPerSecondPerMegawatt: null };
const noCostDetails = {
  usdPerRequest: null,
  usdPerGoodRequest: null,
  usdPerSession: null,
  usdPerUserMonth: null,
  split: {
    inputUsdPerHour: null,
    outputUsdPerHour: null,
    usdPerMillionInputTokens: null,
    usdPerMillionOutputTokens: null,
  },
  partsUsdPerHour: {
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
  },
  byUseUsdPerHour: { prefill: null, decode: null, idle: null, startUp: null, failures: null, unused: null },
};
const noEnergyDetails = {
  gpuKilowatts: null,
  hostKilowatts: null,
  overheadKilowatts: null,
  idleKilowatts: null,
  peakKilowatts: null,
  joulesPerTotalToken: null,
  totalTokensPerSecondPerMegawatt: null,
  co2KilogramsPerHour: null,
  co2GramsPerMillionOutputTokens: null,
};
export const noOutlook = {
  investmentUsd: null,
  npvUsd: null,
  horizonRevenueUsd: null,
  horizonCostUsd: null,
  revenuePerInvestedUsd: null,
};

export interface MadeUpClass {
  name: string;
  slo?: object;
  attainment?: number | null;
  ttftMs?: LatencySummary;
}

/** A result that nothing was simulated for: round numbers, and whatever names a test wants. */
export function madeUpResult(
  name = 'made up',
  classes: MadeUpClass[] = [{ name: 'chat', slo: { ttft: 2 } }],
): ResultDocument {
  const { scenario } = parseScenario(
    JSON.stringify({
      name,
      seed: 7,
      horizon: { duration: '30m', warmup: '2m' },
      traffic: classes.map((entry) => ({
        name: entry.name,
        arrivals: { process: 'gamma', rate: '12/s', cv: 2.5 },
        input: { distribution: 'lognormal', mean: 1024, cv: 1.2 },
        output: { distribution: 'fixed', value: 256 },
        slo: entry.slo ?? {},
      })),
      factory: { model: 'llama-3.1-70b', pools: [{ gpu: 'h200-sxm', replicas: 2, parallelism: { tp: 4 } }] },
    }),
  );
  const requests = { arrived: 20160, completed: 20000, rejected: 12, inFlight: 148, good: 19212 };
  const byClass = <T>(make: (entry: MadeUpClass) => T) =>
    Object.fromEntries(classes.map((entry) => [entry.name, make(entry)]));
  const summary: Summary = {
    window: { startSeconds: 120, endSeconds: 1800 },
    requests: { ...requests, preemptions: 3 },
    tokens: {
      inputArrived: 1,
      inputCompleted: 2,
      inputCached: 0,
      outputCompleted: 3,
      inputRejected: 4,
      inputInFlight: 5,
      outputUnfinished: 6,
      outputProduced: 7,
    },
    ttftMs: classes[0].ttftMs ?? latencies(312),
    tpotMs: latencies(12.34),
    itlMs: latencies(0.5),
    e2eMs: latencies(4321),
    queueMs: latencies(10),
    throughput: {
      requestsPerSecond: 11.904,
      inputTokensPerSecond: 12190.4,
      outputTokensPerSecond: 3047.6,
      outputTokensPerSecondPerGpu: 380.95,
      outputTokensPerSecondPerUser: 81.03,
    },
    goodput: {
      attainment: 0.95297,
      requestsPerSecond: 11.4357,
      outputTokensPerSecond: 2927.5,
      byClass: byClass(({ attainment = 0.9 }) => ({ attainment, requestsPerSecond: 5.5, outputTokensPerSecond: 1400 })),
    },
    classes: byClass(({ ttftMs = latencies(312) }) => ({
      requests,
      ttftMs,
      tpotMs: latencies(12.34),
      e2eMs: latencies(4321),
      queueMs: latencies(10),
    })),
    utilization: { gpuBusy: 0.83, kvCacheMean: 0.42, kvCachePeak: 0.9, prefixHitRate: 0, averageGpus: 8 },
    bottleneck: {
      verdict: 'batch size: maxSequences was reached while requests waited, 12 % of the time',
      waitingForKvCache: 0,
      waitingForBatchSlot: 0.12,
      waitingForPrefill: 0.03,
      prefillShare: 0.3,
      meanBatch: 41.23,
      overloaded: false,
    },
    cost: {
      usdPerHour: 16.4,
      usdPerMillionOutputTokens: 1.4948,
      usdPerMillionTotalTokens: 0.29898,
      usdPerMillionGoodOutputTokens: 1.5561,
      ...noCostDetails,
    },
    conventions: { inferencex: noConvention, computed: noConvention, mlperf: noConvention },
    energy: {
      averageKilowatts: 10.9,
      joulesPerOutputToken: 3.5766,
      outputTokensPerSecondPerMegawatt: 279596.3,
      electricityUsdPerHour: 0.872,
      ...noEnergyDetails,
    },
    revenue: { usdPerHour: null, margin: null, roi: null, paybackMonths: null, ...noOutlook },
  };
  return {
    version: '0.1.0',
    scenario,
    seed: 7,
    distributions: {
      shares: [0, 0.5, 0.99, 1],
      ttftMs: [40, 312, 1248, 2210],
      tpotMs: [9, 15.2, 31, 40],
      itlMs: [8, 14, 90, 400],
      e2eMs: [200, 4000, 20_000, 60_000],
      queueMs: [null, null, null, null],
    },
    timeSeries: null,
    uncertainty: null,
    fleet: [
      {
        name: 'aggregated-1',
        role: 'aggregated',
        gpu: 'h200-sxm',
        replicas: 2,
        gpusPerReplica: 4,
        kvCapacityTokens: 2_801_234,
        calibration: 'datasheet: typical efficiencies',
      },
    ],
    summary,
    provenance: { calibration: 'datasheet', prices: 'rental-2026 (rent on a three-year contract)' },
    expectations: [
      { metric: 'goodput.attainment', limit: 'min 0.95', value: 0.95297, pass: true },
      { metric: 'ttftMs.p99', limit: 'max 1000', value: 1248, pass: false },
      { metric: 'revenue.roi', limit: 'min 0', value: null, pass: false },
    ],
    warnings: ['12 requests were rejected'],
    simulation: { wallSeconds: 0.0412, requestsPerSecond: 489320, events: 61624 },
  };
}

/** A result of a run in which nothing happened: everything that can be null is. */
export function emptyResult(): ResultDocument {
  const document = madeUpResult();
  const { summary } = document;
  const nothing = { mean: null, p50: null, p90: null, p95: null, p99: null, max: null };
  const none = { ttftMs: nothing, tpotMs: nothing, e2eMs: nothing, queueMs: nothing };
  return {
    ...document,
    summary: {
      ...summary,
      ...none,
      itlMs: nothing,
      classes: { chat: { ...summary.classes.chat, ...none } },
      throughput: { ...summary.throughput, outputTokensPerSecondPerUser: null },
      goodput: {
        attainment: null,
        requestsPerSecond: 0,
        outputTokensPerSecond: 0,
        byClass: { chat: { attainment: null, requestsPerSecond: 0, outputTokensPerSecond: 0 } },
      },
      cost: {
        usdPerHour: null,
        usdPerMillionOutputTokens: null,
        usdPerMillionTotalTokens: null,
        usdPerMillionGoodOutputTokens: null,
        ...noCostDetails,
      },
      energy: {
        averageKilowatts: null,
        joulesPerOutputToken: null,
        outputTokensPerSecondPerMegawatt: null,
        electricityUsdPerHour: null,
        ...noEnergyDetails,
      },
    },
  };
}

/** One completed request, with whatever a test wants to be different. */
export function madeUpRecord(changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: 1,
    class: 'chat',
    outcome: 'completed',
    instance: 0,
    arrivalSeconds: 10,
    admittedSeconds: 10.5,
    firstTokenSeconds: 11,
    endSeconds: 13,
    inputTokens: 512,
    outputTokens: 101,
    preemptions: 0,
    cachedTokens: 0,
    good: true,
    ...changes,
  };
}
