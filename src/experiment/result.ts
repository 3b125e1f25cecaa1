import type { Conventions } from '../economics/conventions.js';
import type { CostByUse, CostParts } from '../economics/cost.js';
import type { LatencySummary } from '../metrics/latency.js';
import type { TimeSeries } from '../metrics/series/time-series.js';
import type { LatencyErrors } from '../perf/index.js';
import type { Scenario } from '../scenario/schema.js';

export interface RequestCounts {
  /** Counted at the source, not summed from the parts. */
  arrived: number;
  completed: number;
  rejected: number;
  inFlight: number;
  /** Their users left; only where a class has a deadline. */
  cancelled?: number;
  /** Lost with a replica too often; only where hardware fails. */
  failed?: number;
  /** Times that a replica failed under a request, which was then tried again; only where hardware fails. */
  retries?: number;
  /** Completed within every SLO term of their class. */
  good: number;
  preemptions: number;
}

export interface TokenCounts {
  /** Prompt tokens of the requests that arrived. */
  inputArrived: number;
  /** Prompt tokens of the completed ones. */
  inputCompleted: number;
  /** Of those, found in a KV cache when the request was admitted. */
  inputCached: number;
  /** Answer tokens of the completed ones. */
  outputCompleted: number;
  /** Prompt tokens of rejected and unfinished ones. */
  inputRejected: number;
  inputInFlight: number;
  inputCancelled?: number;
  inputFailed?: number;
  /** Answer tokens already produced by requests that are still in flight, or that were rejected on the way. */
  outputUnfinished: number;
  /**
   * All answer tokens produced inside the window, counted step by step. Without a warm-up it equals
   * `outputCompleted + outputUnfinished`; with one it also holds tokens of requests that came before the window.
   */
  outputProduced: number;
}

export interface ClassLatencies {
  requests: Pick<RequestCounts, 'arrived' | 'completed' | 'rejected' | 'inFlight' | 'cancelled' | 'failed' | 'good'>;
  ttftMs: LatencySummary;
  tpotMs: LatencySummary;
  e2eMs: LatencySummary;
  queueMs: LatencySummary;
}

export interface ClassGoodput {
  attainment: number | null;
  requestsPerSecond: number;
  outputTokensPerSecond: number;
}

/** What limited the fleet, as shares of the time instances were provisioned. */
export interface Bottleneck {
  /** One sentence for a planner. */
  verdict: string;
  /** Share of time in which requests waited at an instance because its KV cache was full. */
  waitingForKvCache: number;
  /** Share of time in which requests waited because the batch had reached maxSequences. */
  waitingForBatchSlot: number;
  /** Share of time in which requests waited for the token budget of the step (prefill capacity). */
  waitingForPrefill: number;
  /** Share of busy time in steps that carried prefill. */
  prefillShare: number;
  /** Mean number of decoding sequences per step, weighted by time. */
  meanBatch: number;
  /** True where requests piled up for as long as they came: means of latencies then only measure the run's length. */
  overloaded: boolean;
}

/** Conversations and agents that began inside the window; those that did not end are in flight. */
export interface SessionSummary {
  started: number;
  completed: number;
  /** Ended early, since a request of theirs was refused, lost or given up. */
  broken: number;
  inFlight: number;
  /** From the first request to the last answer, of completed sessions; thinking included. */
  latencyMs: LatencySummary;
  /** Answers of a completed session, those of sub-agents included. */
  turns: { mean: number | null; p50: number | null; p90: number | null; p99: number | null; max: number | null };
}

/** GPU-hours by state of their replicas. */
export interface GpuHours {
  provisioned: number;
  active: number;
  /** Loading the model, serving nobody. */
  starting: number;
  /** Finishing what they have before they are given back. */
  draining: number;
  /** Broken. */
  down: number;
  /** Standing by for a failure. */
  spare: number;
}

export interface Summary {
  window: { startSeconds: number; endSeconds: number };
  requests: RequestCounts;
  tokens: TokenCounts;
  /** Arrival to first token, queueing included. Over completed requests. */
  ttftMs: LatencySummary;
  /** Per request: (last token - first token) / (output tokens - 1). */
  tpotMs: LatencySummary;
  /** Every gap between two tokens of an answer. */
  itlMs: LatencySummary;
  e2eMs: LatencySummary;
  /** Arrival to admission into a batch. */
  queueMs: LatencySummary;
  throughput: {
    requestsPerSecond: number;
    /** Prompt tokens of completed prefills. */
    inputTokensPerSecond: number;
    outputTokensPerSecond: number;
    outputTokensPerSecondPerGpu: number;
    /** Reciprocal of the mean TPOT. */
    outputTokensPerSecondPerUser: number | null;
  };
  goodput: {
    attainment: number | null;
    requestsPerSecond: number;
    outputTokensPerSecond: number;
    byClass: Record<string, ClassGoodput>;
  };
  classes: Record<string, ClassLatencies>;
  /** Only where a class has sessions. */
  sessions?: SessionSummary;
  utilization: {
    gpuBusy: number;
    kvCacheMean: number;
    kvCachePeak: number;
    /** Share of the prompts of admitted requests that was found in the KV cache, counted in whole blocks of the traffic. */
    prefixHitRate: number;
    /** GPUs that were provisioned, whatever they did, averaged over time. */
    averageGpus: number;
  };
  /** What the provisioned GPUs did, hours; only where the fleet can change. They sum to the provisioned ones. */
  gpuHours?: GpuHours;
  bottleneck: Bottleneck;
  /** Null where no price is known for a GPU of the fleet. */
  cost: {
    usdPerHour: number | null;
    usdPerMillionOutputTokens: number | null;
    usdPerMillionTotalTokens: number | null;
    usdPerMillionGoodOutputTokens: number | null;
    usdPerRequest: number | null;
    usdPerGoodRequest: number | null;
    /** Null where nothing says how many requests a session has. */
    usdPerSession: number | null;
    /** By `economics.requestsPerUserMonth`, else of a user where all are in closed loops; null where there is neither. */
    usdPerUserMonth: number | null;
    /** The cost divided between prompts and answers by the GPU time that each took; the two sum to `usdPerHour`. */
    split: {
      inputUsdPerHour: number | null;
      outputUsdPerHour: number | null;
      usdPerMillionInputTokens: number | null;
      usdPerMillionOutputTokens: number | null;
    };
    /** What the money is spent on; sums to `usdPerHour`. */
    partsUsdPerHour: Record<keyof CostParts, number | null>;
    /** What the GPUs did meanwhile; sums to `usdPerHour`. */
    byUseUsdPerHour: Record<keyof CostByUse, number | null>;
  };
  /** The same figures as benchmarks count them. */
  conventions: Conventions;
  energy: {
    /** At the meter: GPUs, hosts and overhead of the building. */
    averageKilowatts: number | null;
    gpuKilowatts: number | null;
    hostKilowatts: number | null;
    overheadKilowatts: number | null;
    /** At the meter, if the fleet did nothing. */
    idleKilowatts: number | null;
    /** At the meter, if all GPUs computed prompts at once; what `economics.powerCap` limits. */
    peakKilowatts: number | null;
    joulesPerOutputToken: number | null;
    joulesPerTotalToken: number | null;
    outputTokensPerSecondPerMegawatt: number | null;
    totalTokensPerSecondPerMegawatt: number | null;
    /** Price of that energy; part of `cost` only where the price of the GPUs leaves electricity out. */
    electricityUsdPerHour: number | null;
    /** Null without `economics.gridCarbon`. */
    co2KilogramsPerHour: number | null;
    co2GramsPerMillionOutputTokens: number | null;
  };
  /** Null where no class has a price. */
  revenue: {
    usdPerHour: number | null;
    /** Paid up front, by `economics.investment` or for what is owned; null where nothing is. */
    investmentUsd: number | null;
    /** (revenue - cost) / revenue. */
    margin: number | null;
    /** (revenue - cost) / cost. */
    roi: number | null;
    /** Needs an investment. */
    paybackMonths: number | null;
    /** Of `economics.outlook`; null without. */
    npvUsd: number | null;
    horizonRevenueUsd: number | null;
    horizonCostUsd: number | null;
    revenuePerInvestedUsd: number | null;
  };
}

/** One pool of the fleet as it was simulated. */
export interface PoolDescription {
  name: string;
  role: string;
  gpu: string | null;
  replicas: number;
  gpusPerReplica: number;
  /** Tokens that the KV cache of one replica holds. */
  kvCapacityTokens: number;
  /** Where the step times come from. */
  calibration: string;
}

export interface ExpectationOutcome {
  metric: string;
  /** Such as `min 0.95`. */
  limit: string;
  value: number | null;
  pass: boolean;
}

/** A mirror of `T` with the half-width of the 95 % interval of each figure; null where a figure has none. */
export type Intervals<T> = {
  [K in keyof T as T[K] extends string | boolean ? never : K]: T[K] extends number | null
    ? number | null
    : Intervals<T[K]>;
};

/** Latencies of a class of requests, milliseconds, at the shares of a {@link Distributions}. */
export interface ClassDistributions {
  ttftMs: (number | null)[];
  tpotMs: (number | null)[];
  e2eMs: (number | null)[];
}

/** How the latencies are distributed: entry `k` is what the share `shares[k]` of the requests (of the gaps, for `itlMs`) did not exceed. */
export interface Distributions extends ClassDistributions {
  shares: number[];
  itlMs: (number | null)[];
  queueMs: (number | null)[];
  /** Only where there are several classes. */
  byClass?: Record<string, ClassDistributions>;
}

/** The result document, as printed by `--format json` and kept as `result.json`. */
export interface ResultDocument {
  version: string;
  scenario: Scenario;
  seed: number;
  fleet: PoolDescription[];
  /** With several replications: the means over them. */
  summary: Summary;
  /** With several replications: half-widths of the 95 % intervals of those means (Student). */
  intervals?: Intervals<Summary>;
  /** Number of independent runs, where there was more than one. */
  replications?: number;
  /** Over completed requests, as the latencies of the summary; with several replications: means of their quantiles. */
  distributions: Distributions;
  /** What happened when; null where `timeSeries.interval` is off, or nothing was measured. */
  timeSeries: TimeSeries | null;
  /**
   * How far off predictions of runs were that the calibration had not seen, percent: of the pool that is known worst.
   * Null where step times are given or rest on datasheets alone.
   */
  uncertainty: LatencyErrors | null;
  provenance: { calibration: 'measured' | 'transferred' | 'datasheet' | 'given'; prices: string };
  expectations: ExpectationOutcome[];
  /** What a reader should know before trusting the numbers. */
  warnings: string[];
  simulation: { wallSeconds: number; requestsPerSecond: number; events: number };
}
