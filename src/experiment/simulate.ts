import { priceBooks } from '../catalog/index.js';
import { randomStream } from '../engine/random.js';
import { Recorder, type RequestRecord } from '../metrics/recorder.js';
import { Intervals } from '../metrics/series/intervals.js';
import { SeriesCollector } from '../metrics/series/series-collector.js';
import type { TimeSeries } from '../metrics/series/time-series.js';
import type { LatencyErrors } from '../perf/index.js';
import { InputError } from '../scenario/input-error.js';
import { checkNames } from '../scenario/resolve.js';
import type { Scenario, ScenarioInput } from '../scenario/schema.js';
import { scenarioFrom } from '../scenario/validate.js';
import { type ArrivingRequest, Factory } from '../serving/factory.js';
import { InvariantChecker } from '../serving/invariants.js';
import type { Timeline } from '../serving/timeline.js';
import { buildDemand } from '../traffic/build.js';
import type { ClassDemand } from '../traffic/demand.js';
import type { OpenFile } from '../traffic/lines.js';
import { VERSION } from '../version.js';
import { buildControl, buildGate } from './control.js';
import { demandsOf, evaluateExpectations } from './expectations.js';
import { buildFleet, type FleetPool } from './fleet.js';
import { describeDistributions, mergedLatencies } from './latencies.js';
import { isReplicated, precisionMetric, replicate } from './replicate.js';
import type { ResultDocument } from './result.js';
import { summarize } from './summary.js';
import { transferOptions } from './transfer-link.js';
import { WarmUpFinder } from './warmup.js';
import { NOT_STEADY, warnings } from './warnings.js';

export interface Progress {
  /** Share of the run that is done, 0 to 1; undefined where its end is not known in advance. */
  fraction: number | undefined;
  arrivedRequests: number;
  nowSeconds: number;
}

export interface SimulateOptions {
  /** Opens files that the scenario names; needed only where it does. */
  openFile?: OpenFile | undefined;
  /** Take every decode step on its own: slow, and equal. */
  reference?: boolean | undefined;
  /** Check the laws of docs/model.md during the run; throws InvariantViolation. Slow. */
  checkInvariants?: boolean | undefined;
  /** `false`: without the time series, whatever the scenario says; it takes a tenth of a short run. */
  timeSeries?: false | undefined;
  /** Keeps what happens in the run; with several replications, in the first. */
  timeline?: Timeline | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once per request, in the order in which they end; with several replications, for those of the first. */
  onRecord?: ((record: RequestRecord) => void) | undefined;
  /** Called for every request when it arrives; its prefix is only valid during the call. */
  onArrival?: ((seconds: number, request: ArrivingRequest, classIndex: number) => void) | undefined;
  /** Called after each replication with its own result; not called where there is only one run. */
  onReplication?: ((document: ResultDocument) => void) | undefined;
}

/**
 * Simulates a scenario and returns the result document. Same version, scenario and seed: same document, but for
 * `simulation.wallSeconds` and `simulation.requestsPerSecond`.
 *
 * @param input a scenario as in a file, with or without its defaults filled in
 * @throws InputError where the scenario cannot be simulated
 * @example
 * const { summary } = simulate({
 *   horizon: { requests: 5000 },
 *   traffic: [{
 *     arrivals: { process: 'poisson', rate: '8/s' },
 *     input: { distribution: 'lognormal', mean: 1024, cv: 1.2 },
 *     output: { distribution: 'lognormal', mean: 256, cv: 0.9 },
 *     slo: { ttft: '2s', tpot: '50ms' },
 *   }],
 *   factory: { model: 'llama-3.1-70b', pools: [{ gpu: 'h200-sxm', replicas: 2, parallelism: { tp: 4 } }] },
 * });
 * console.log(summary.goodput.attainment, summary.cost.usdPerMillionOutputTokens);
 */
export function simulate(input: ScenarioInput, options: SimulateOptions = {}): ResultDocument {
  const started = performance.now();
  const asked = scenarioFrom(input);
  const problems = checkNames(asked);
  if (problems.length > 0) throw new InputError(problems);
  if (asked.horizon.warmup === 'auto') return afterWarmUp(asked, options);
  const scenario = asked;
  if (!isReplicated(scenario)) return simulateOnce(scenario, 0, options, started);
  const { onProgress, onRecord, onReplication, timeline, ...rest } = options;
  let intervalSeconds: number | undefined;
  return replicate(scenario, (replication, expected) => {
    const document = simulateOnce(scenario, replication, {
      ...rest,
      intervalSeconds,
      onRecord: replication === 0 ? onRecord : undefined,
      timeline: replication === 0 ? timeline : undefined,
      onProgress:
        onProgress && ((of) => onProgress({ ...of, fraction: (replication + (of.fraction ?? 0)) / expected })),
    });
    onReplication?.(document);
    intervalSeconds ??= document.timeSeries?.intervalSeconds;
    return document;
  });
}

/** A first run finds the end of the start-up; the result is that of the scenario with this warm-up. */
function afterWarmUp(scenario: Scenario, options: SimulateOptions): ResultDocument {
  const finder = new WarmUpFinder();
  const { openFile, reference } = options;
  simulateOnce(scenario, 0, { openFile, reference, onRecord: finder.add, timeSeries: false });
  const { seconds, steady } = finder.find();
  const document = simulate({ ...scenario, horizon: { ...scenario.horizon, warmup: seconds } }, options);
  return steady ? document : { ...document, warnings: [...document.warnings, NOT_STEADY] };
}

interface RunOptions extends SimulateOptions {
  /** Length of the intervals of the time series, where the scenario leaves it open. */
  intervalSeconds?: number | undefined;
}

/** One run of a valid scenario with the random streams of one replication. */
function simulateOnce(
  scenario: Scenario,
  replication: number,
  options: RunOptions,
  started = performance.now(),
): ResultDocument {
  const openFile = options.openFile ?? noFiles;
  const fleet = buildFleet(scenario, openFile);
  checkExpectations(scenario, fleet);
  const demand = buildDemand(scenario.traffic, { seed: scenario.seed, replication, openFile });
  checkReservations(fleet, demand);

  const checker = options.checkInvariants ? new InvariantChecker() : undefined;
  const recorder = newRecorder(
    scenario,
    (record) => {
      checker?.onRecord(record);
      options.onRecord?.(record);
    },
    checker !== undefined || options.onRecord !== undefined,
    options.timeSeries === false ? undefined : seriesCollector(scenario, options.intervalSeconds),
  );
  const { horizon } = scenario;
  const { onProgress } = options;
  const factory = new Factory({
    pools: fleet.map(({ pool }) => pool),
    demand,
    routing: {
      policy: scenario.router.policy,
      weights: scenario.router.weights,
      refreshSeconds: scenario.router.refresh,
      frontends: scenario.router.frontends,
      kvAware: { overlapWeight: scenario.router.overlapWeight ?? 1, temperature: scenario.router.temperature ?? 0 },
      random: randomStream(scenario.seed, replication, 'router'),
    },
    endSeconds: horizon.duration ?? Number.POSITIVE_INFINITY,
    maxRequests: horizon.requests ?? Number.POSITIVE_INFINITY,
    recorder,
    onArrival: options.onArrival,
    randomStream: (purpose) => randomStream(scenario.seed, replication, purpose),
    transfer: transferOptions(scenario, randomStream(scenario.seed, replication, 'handover')),
    paths: scenario.factory.disaggregation,
    switching: scenario.factory.disaggregation?.switching,
    timeline: options.timeline,
    gate: buildGate(scenario),
    control: buildControl(scenario, fleet, replication),
    reference: options.reference ?? false,
    checker,
    onProgress:
      onProgress === undefined
        ? undefined
        : (nowSeconds, arrivedRequests) => {
            onProgress({ fraction: progress(scenario, nowSeconds, arrivedRequests), nowSeconds, arrivedRequests });
          },
  });
  const endSeconds = factory.run();
  const latencies = mergedLatencies(recorder);
  const summary = summarize({ scenario, fleet, recorder, latencies, instances: factory.instances, endSeconds });
  const timeSeries = recorder.series?.result() ?? null;
  const wallSeconds = (performance.now() - started) / 1000;
  return {
    version: VERSION,
    scenario,
    seed: scenario.seed,
    fleet: fleet.map(({ pool, gpu, tier, source }, index) => ({
      name: pool.name,
      role: scenario.factory.pools[index].role,
      gpu,
      replicas: pool.replicas,
      gpusPerReplica: pool.gpusPerReplica,
      kvCapacityTokens: pool.kvCapacityTokens,
      calibration: `${tier}: ${source}`,
    })),
    summary,
    distributions: describeDistributions(latencies, recorder.classes, scenario.traffic),
    timeSeries,
    uncertainty: uncertainty(fleet),
    provenance: { calibration: weakestTier(fleet), prices: pricesSource(scenario) },
    expectations: evaluateExpectations(demandsOf(scenario), summary),
    warnings: [
      ...fleet.flatMap((of) => of.warnings),
      ...demand.flatMap((of) => of.notes?.() ?? []),
      ...mergedIntervals(scenario, timeSeries),
      ...warnings(summary, scenario),
    ],
    simulation: {
      wallSeconds,
      requestsPerSecond: recorder.arrivedTotal / wallSeconds,
      events: factory.events.events,
    },
  };
}

function seriesCollector(
  { timeSeries: { interval }, horizon, traffic }: Scenario,
  intervalSeconds: number | undefined,
): SeriesCollector | undefined {
  if (interval === 'off') return undefined;
  const start = warmupSeconds(horizon);
  const given = interval === 'auto' ? intervalSeconds : interval;
  const intervals =
    given !== undefined
      ? Intervals.given(start, given)
      : horizon.duration !== undefined
        ? Intervals.chosen(start, horizon.duration)
        : Intervals.growing(start, expectedSeconds(horizon, traffic));
  return new SeriesCollector(
    intervals,
    traffic.map(({ name }) => name),
  );
}

/** Intervals that were asked for, and would have been too many. */
function mergedIntervals({ timeSeries: { interval } }: Scenario, series: TimeSeries | null): string[] {
  if (typeof interval !== 'number' || series === null || series.intervalSeconds <= interval) return [];
  return [`timeSeries: intervals of ${interval} s would be too many; they are ${series.intervalSeconds} s long`];
}

/** About how long the requests of a horizon take to come; 0 where the scenario does not say. */
function expectedSeconds({ requests }: Scenario['horizon'], traffic: Scenario['traffic']): number {
  const rates = traffic.map(({ arrivals }) => ('rate' in arrivals ? (arrivals.rate ?? 0) : 0));
  if (requests === undefined || rates.includes(0) || traffic.some(({ sessions }) => sessions !== undefined)) return 0;
  return requests / rates.reduce((sum, rate) => sum + rate, 0);
}

function warmupSeconds({ warmup }: Scenario['horizon']): number {
  return warmup === 'auto' ? 0 : warmup;
}

function newRecorder(
  scenario: Scenario,
  onRecord: (record: RequestRecord) => void,
  wanted: boolean,
  series?: SeriesCollector,
): Recorder {
  const never = Number.POSITIVE_INFINITY;
  return new Recorder({
    classes: scenario.traffic.map(({ name, slo }) => ({
      name,
      slo: { ttft: slo.ttft ?? never, tpot: slo.tpot ?? never, e2e: slo.e2e ?? never },
    })),
    warmupSeconds: warmupSeconds(scenario.horizon),
    sessions: scenario.traffic.some(({ sessions }) => sessions !== undefined),
    series,
    onRecord: wanted ? onRecord : undefined,
  });
}

/** A misspelt metric should show before the run, not after it: the summary of nothing has the same keys. */
function checkExpectations(scenario: Scenario, fleet: readonly FleetPool[]): void {
  const { expect, precision } = scenario;
  if (expect.length === 0 && precision === undefined) return;
  const recorder = newRecorder(scenario, () => {}, false);
  const summary = summarize({
    scenario,
    fleet,
    recorder,
    latencies: mergedLatencies(recorder),
    instances: [],
    endSeconds: 0,
  });
  evaluateExpectations(expect, summary);
  if (precision !== undefined) precisionMetric(precision, summary);
}

/** `no-evict` reserves the longest possible answer, so there must be one. */
function checkReservations(fleet: readonly FleetPool[], demand: readonly ClassDemand[]): void {
  const index = fleet.findIndex(({ pool }) => pool.eviction === 'no-evict');
  if (index < 0) return;
  const unlimited = demand.findIndex(({ outputLimit }) => outputLimit === Number.POSITIVE_INFINITY);
  if (unlimited < 0) return;
  throw new InputError({
    message: `class ${demand[unlimited].name} has no longest answer, and pool ${fleet[index].pool.name} reserves memory for it (kvCache.policy: no-evict)`,
    key: `traffic[${unlimited}].output`,
    hint: 'give output.max or maxOutputTokens, or use kvCache.policy: preempt',
  });
}

function progress({ horizon }: Scenario, nowSeconds: number, arrived: number): number | undefined {
  if (horizon.duration !== undefined) return nowSeconds / horizon.duration;
  return horizon.requests === undefined ? undefined : arrived / horizon.requests;
}

function noFiles(name: string): never {
  throw new InputError({
    message: 'cannot be opened: no way to read files was given',
    file: name,
    hint: "pass { openFile: fileOpener('folder') } to simulate",
  });
}

/** A result is no more certain than its least certain pool. */
function uncertainty(fleet: readonly FleetPool[]): LatencyErrors | null {
  return fleet
    .map(({ errors }) => errors)
    .reduce((worst, errors) =>
      worst === null || errors === null || worst.tpot.mape > errors.tpot.mape ? worst : errors,
    );
}

/** A result is no better than the weakest of what it stands on. */
function weakestTier(fleet: readonly FleetPool[]): ResultDocument['provenance']['calibration'] {
  const order = ['datasheet', 'transferred', 'measured', 'given'] as const;
  return order.find((tier) => fleet.some((of) => of.tier === tier)) ?? 'given';
}

function pricesSource({ economics }: Scenario): string {
  const book = priceBooks[economics.prices];
  const currency = economics.currency === 'USD' ? '' : `; all amounts are in ${economics.currency}`;
  if (economics.own !== undefined) return `ownership as the scenario gives it${currency}`;
  const given = economics.gpuHour === undefined ? '' : ', with prices of the scenario';
  return `${economics.prices} (${book.meaning}, ${book.asOf}; ${book.source})${given}${currency}`;
}
