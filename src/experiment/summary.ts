import { summarizeLatency } from '../metrics/latency.js';
import type { ClassStatistics, Recorder } from '../metrics/recorder.js';
import type { SessionStatistics } from '../metrics/session-statistics.js';
import type { Scenario } from '../scenario/schema.js';
import type { Instance } from '../serving/instance.js';
import { findBottleneck, isOverloaded } from './bottleneck.js';
import { changesFleet, hasDeadlines } from './control.js';
import { summarizeEconomics } from './economics-summary.js';
import type { FleetPool } from './fleet.js';
import { averageReplicas, gpuHours, provisionedShare, servingShare } from './gpu-time.js';
import type { Latencies } from './latencies.js';
import { usageOfFleet } from './pool-usage.js';
import type { ClassGoodput, ClassLatencies, RequestCounts, SessionSummary, Summary, TokenCounts } from './result.js';

/** What a run leaves behind. */
export interface Run {
  scenario: Scenario;
  fleet: readonly FleetPool[];
  recorder: Recorder;
  latencies: Latencies;
  instances: readonly Instance[];
  endSeconds: number;
}

/** Turns what was recorded into the summary of the result document. */
export function summarize({ scenario, fleet, recorder, latencies, instances, endSeconds }: Run): Summary {
  const { traffic } = scenario;
  const startSeconds = recorder.warmupSeconds;
  const seconds = Math.max(endSeconds - startSeconds, 0);
  const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
  const total = (pick: (of: ClassStatistics) => number) => recorder.classes.reduce((sum, of) => sum + pick(of), 0);
  const byClass = <T>(make: (of: ClassStatistics) => T): Record<string, T> =>
    Object.fromEntries(traffic.map(({ name }, index) => [name, make(recorder.classes[index])]));

  const requests: RequestCounts = {
    arrived: total((of) => of.arrived),
    completed: total((of) => of.completed),
    rejected: total((of) => of.rejected),
    inFlight: total((of) => of.inFlight),
    ...(hasDeadlines(scenario) && { cancelled: total((of) => of.cancelled) }),
    ...(scenario.faults !== undefined && { failed: total((of) => of.failed), retries: recorder.retries }),
    good: total((of) => of.good),
    preemptions: recorder.preemptions,
  };
  const tokens: TokenCounts = {
    inputArrived: total((of) => of.inputArrived),
    inputCompleted: total((of) => of.inputCompleted),
    inputCached: total((of) => of.inputCached),
    outputCompleted: total((of) => of.outputCompleted),
    inputRejected: total((of) => of.inputRejected),
    inputInFlight: total((of) => of.inputInFlight),
    ...(hasDeadlines(scenario) && { inputCancelled: total((of) => of.inputCancelled) }),
    ...(scenario.faults !== undefined && { inputFailed: total((of) => of.inputFailed) }),
    outputUnfinished: total((of) => of.outputUnfinished),
    outputProduced: recorder.windowOutputTokens,
  };
  const tpotMs = summarizeLatency(latencies.tpot);

  const changes = changesFleet(scenario);
  const usage = fleetUsage(instances, seconds, changes);
  const economicUsage = usageOfFleet(fleet, instances, seconds, changes);
  const averageGpus = fleet.reduce((sum, { pool }) => {
    const own = instances.filter((instance) => instance.pool === pool);
    return sum + averageReplicas(own, seconds, changes) * pool.gpusPerReplica;
  }, 0);
  const hitRate = prefixHitRate(instances);
  const outputPerSecond = perSecond(recorder.windowOutputTokens);
  const inputPerSecond = perSecond(recorder.windowInputTokens);
  const goodOutputPerSecond = perSecond(total((of) => of.goodOutput));

  return {
    window: { startSeconds, endSeconds: Math.max(endSeconds, startSeconds) },
    requests,
    tokens,
    ttftMs: summarizeLatency(latencies.ttft),
    tpotMs,
    itlMs: summarizeLatency(latencies.itl),
    e2eMs: summarizeLatency(latencies.e2e),
    queueMs: summarizeLatency(latencies.queue),
    throughput: {
      requestsPerSecond: perSecond(recorder.windowCompleted),
      inputTokensPerSecond: inputPerSecond,
      outputTokensPerSecond: outputPerSecond,
      outputTokensPerSecondPerGpu: outputPerSecond / averageGpus,
      outputTokensPerSecondPerUser: tpotMs.mean === null ? null : 1000 / tpotMs.mean,
    },
    goodput: {
      ...classGoodput(requests.good, requests.arrived, perSecond(requests.good), goodOutputPerSecond),
      byClass: byClass((of) => classGoodput(of.good, of.arrived, perSecond(of.good), perSecond(of.goodOutput))),
    },
    classes: byClass((of) => classLatencies(of, scenario)),
    utilization: { ...usage, prefixHitRate: hitRate, averageGpus },
    ...(changes && { gpuHours: gpuHours(instances) }),
    ...(recorder.sessions === undefined ? {} : { sessions: sessionSummary(recorder.sessions) }),
    bottleneck: findBottleneck(instances, {
      provisionedSeconds: averageReplicas(instances, seconds, changes) * seconds,
      overloaded: isOverloaded(recorder.backlog, recorder.arrivedTotal),
      attainment: requests.arrived > 0 ? requests.good / requests.arrived : null,
    }),
    ...summarizeEconomics(
      scenario,
      economicUsage,
      {
        seconds,
        requestsPerSecond: perSecond(recorder.windowCompleted),
        goodRequestsPerSecond: perSecond(requests.good),
        inputTokensPerSecond: inputPerSecond,
        cachedShare: hitRate,
        requestsPerSession: recorder.sessions?.turns.mean ?? null,
        outputTokensPerSecond: outputPerSecond,
        goodOutputTokensPerSecond: goodOutputPerSecond,
      },
      recorder.classes,
    ),
  };
}

function fleetUsage(instances: readonly Instance[], seconds: number, changes: boolean) {
  let gpuSeconds = 0;
  let busyGpuSeconds = 0;
  let kvTokenSeconds = 0;
  let kvCapacity = 0;
  let kvCachePeak = 0;
  for (const instance of instances) {
    const { pool, kv, usage } = instance;
    gpuSeconds += pool.gpusPerReplica * (seconds * provisionedShare(instance, seconds, changes));
    busyGpuSeconds += pool.gpusPerReplica * usage.busySeconds;
    kvTokenSeconds += usage.kvTokenSeconds;
    kvCapacity += kv.totalBlocks * kv.blockTokens * servingShare(instance, seconds, changes);
    if (kv.totalBlocks > 0) kvCachePeak = Math.max(kvCachePeak, 1 - kv.leastFreeBlocks / kv.totalBlocks);
  }
  return {
    gpuBusy: gpuSeconds > 0 ? busyGpuSeconds / gpuSeconds : 0,
    kvCacheMean: kvCapacity * seconds > 0 ? kvTokenSeconds / (kvCapacity * seconds) : 0,
    kvCachePeak,
  };
}

function prefixHitRate(instances: readonly Instance[]): number {
  let queried = 0;
  let found = 0;
  for (const { prefixes } of instances) {
    queried += prefixes?.queriedTokens ?? 0;
    found += prefixes?.foundTokens ?? 0;
  }
  return queried > 0 ? found / queried : 0;
}

function classGoodput(
  good: number,
  arrived: number,
  requestsPerSecond: number,
  outputTokensPerSecond: number,
): ClassGoodput {
  return { attainment: arrived > 0 ? good / arrived : null, requestsPerSecond, outputTokensPerSecond };
}

function classLatencies(of: ClassStatistics, scenario: Scenario): ClassLatencies {
  const { arrived, completed, rejected, cancelled, failed, inFlight, good } = of;
  return {
    requests: {
      arrived,
      completed,
      rejected,
      inFlight,
      ...(hasDeadlines(scenario) && { cancelled }),
      ...(scenario.faults !== undefined && { failed }),
      good,
    },
    ttftMs: summarizeLatency(of.ttft),
    tpotMs: summarizeLatency(of.tpot),
    e2eMs: summarizeLatency(of.e2e),
    queueMs: summarizeLatency(of.queue),
  };
}

function sessionSummary({ started, completed, broken, seconds, turns }: SessionStatistics): SessionSummary {
  // Buckets of a thousandth, rounded back to what turns are counted in.
  const [p50, p90, p99] = turns.quantiles([0.5, 0.9, 0.99]).map((value) => value && Math.round(10 * value) / 10);
  return {
    started,
    completed,
    broken,
    inFlight: started - completed - broken,
    latencyMs: summarizeLatency(seconds),
    turns: { mean: turns.mean, p50, p90, p99, max: turns.count === 0 ? null : turns.max },
  };
}
