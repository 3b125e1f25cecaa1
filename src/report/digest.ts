import type { PoolDescription, ResultDocument, Summary } from '../experiment/result.js';
import { classGrid } from './class-grid.js';
import { describeControl } from './control-words.js';
import { describeDemand, describeHorizon, describeParallelism } from './demand-words.js';
import { evidenceText } from './evidence.js';
import { expectationText } from './expectations.js';
import { count, halfWidth, latency, number, percent, setting, span } from './format.js';
import { latencyGrid } from './latency-grid.js';
import type { Cell, Facts, Grid } from './layout.js';
import { moneyLines } from './money-lines.js';
import { sparkline } from './sparkline.js';

/** What a planner reads of a result, whatever it is printed on. Text is as it came: whoever prints it must escape it. */
export interface Digest {
  title: string;
  sections: readonly (Grid | Facts)[];
}

/** More pools, classes or warnings than this are counted, not listed. */
const MOST_LINES = 6;

/**
 * Picks what is worth reading from a result and puts it into words.
 *
 * @example renderTable(document) // prints digest(document)
 */
export function digest(document: ResultDocument): Digest {
  const { scenario } = document;
  const sections: (Grid | Facts)[] = [simulated(document), latencyGrid(document)];
  if (scenario.traffic.length > 1) sections.push(classGrid(document));
  sections.push(delivered(document), judged(document));
  return {
    title: scenario.name,
    sections: sections.filter((section) => section.kind === 'grid' || section.facts.length > 0),
  };
}

function simulated({ scenario, fleet, summary, seed, replications }: ResultDocument): Facts {
  const { factory, traffic, router } = scenario;
  const kvPrecision = factory.kvPrecision === undefined ? '' : `, KV cache in ${factory.kvPrecision}`;
  const given = fleet.every(({ calibration }) => calibration.startsWith('given'));
  const model = given
    ? `${factory.model ?? 'any'}, with the step times of the scenario`
    : `${factory.model} in ${factory.precision}${kvPrecision}, served by ${factory.stack}`;
  const { requests } = summary;
  const dropped = [
    requests.rejected > 0 ? `${count(requests.rejected)} rejected` : '',
    (requests.cancelled ?? 0) > 0 ? `${count(requests.cancelled ?? 0)} cancelled by their users` : '',
    (requests.failed ?? 0) > 0 ? `${count(requests.failed ?? 0)} lost with a replica` : '',
    (requests.retries ?? 0) > 0 ? `${count(requests.retries ?? 0)} retries` : '',
    requests.inFlight > 0 ? `${count(requests.inFlight)} still in flight` : '',
    requests.preemptions > 0 ? `${count(requests.preemptions)} preemptions` : '',
  ];
  return facts([
    ['model', model],
    ['fleet', ...fewLines(fleet.map((pool, i) => describePool(pool, scenario.factory.pools[i])))],
    ['routing', router.policy],
    ...describeControl(scenario),
    [
      'demand',
      ...fewLines(traffic.map((entry) => (traffic.length > 1 ? `${entry.name}: ` : '') + describeDemand(entry))),
    ],
    ['horizon', `${describeHorizon(scenario)}; seed ${seed}`],
    ...(replications === undefined
      ? []
      : [['replications', `means of ${count(replications)} runs; ± half-widths of their 95 % intervals`] as const]),
    [
      'requests',
      [`${count(requests.arrived)} arrived, ${count(requests.completed)} completed`, ...dropped]
        .filter((text) => text !== '')
        .join(', '),
    ],
    ...sessions(summary),
  ]);
}

function sessions({ sessions: of }: Summary): [label: string, text: string][] {
  if (of === undefined) return [];
  const { started, completed, broken, latencyMs, turns } = of;
  const broke = broken > 0 ? `, ${count(broken)} broken off` : '';
  const typical =
    completed > 0
      ? `; turns ${number(turns.mean)} (p99 ${number(turns.p99)}), latency p50 ${latency(latencyMs.p50)}, p99 ${latency(latencyMs.p99)}`
      : '';
  return [['sessions', `${count(started)} began, ${count(completed)} completed${broke}${typical}`]];
}

function describePool(pool: PoolDescription, settings: ResultDocument['scenario']['factory']['pools'][number]): string {
  const gpu = pool.gpu ?? 'GPU';
  const replica = pool.gpusPerReplica === 1 ? gpu : `${pool.gpusPerReplica} ${gpu}`;
  const parallelism = describeParallelism(settings.parallelism);
  return [
    `${pool.name}: ${count(pool.replicas)} x ${replica}${parallelism === '' ? '' : ` (${parallelism})`}`,
    settings.batching.policy,
    `KV cache ${number(pool.kvCapacityTokens)} tokens`,
  ].join(', ');
}

/** What the GPUs did, where the fleet could change; states that never came are left out. */
function gpuHours({ gpuHours: hours }: Summary): string[] {
  if (hours === undefined) return [];
  const { provisioned, ...states } = hours;
  const parts = Object.entries(states).flatMap(([state, value]) => (value > 0 ? [`${number(value)} ${state}`] : []));
  return [`${number(provisioned)} provisioned: ${parts.join(', ')}`];
}

function delivered(document: ResultDocument): Facts {
  const { summary, intervals, timeSeries } = document;
  const { goodput, throughput, utilization, bottleneck } = summary;
  const money = moneyLines(document);
  const spread = (value: number | null | undefined, write: (value: number) => string = number) => {
    const text = halfWidth(value, write);
    return text === '' ? '' : ` ${text}`;
  };
  return facts([
    [
      'goodput',
      `${percent(goodput.attainment)}${spread(intervals?.goodput.attainment, percent)} of requests good, ${number(goodput.requestsPerSecond)}${spread(intervals?.goodput.requestsPerSecond)} requests/s, ${number(goodput.outputTokensPerSecond)}${spread(intervals?.goodput.outputTokensPerSecond)} output tokens/s`,
    ],
    ['over time', ...overTime(timeSeries)],
    [
      'throughput',
      `${number(throughput.requestsPerSecond)}${spread(intervals?.throughput.requestsPerSecond)} requests/s; tokens/s: ${number(throughput.inputTokensPerSecond)} in, ${number(throughput.outputTokensPerSecond)}${spread(intervals?.throughput.outputTokensPerSecond)} out (${number(throughput.outputTokensPerSecondPerGpu)} per GPU, ${number(throughput.outputTokensPerSecondPerUser)} per user)`,
    ],
    [
      'use',
      `${number(utilization.averageGpus)} GPUs busy ${percent(utilization.gpuBusy)}; KV cache ${percent(utilization.kvCacheMean)} full, ${percent(utilization.kvCachePeak)} at its peak` +
        (utilization.prefixHitRate > 0 ? `; prefix hits ${percent(utilization.prefixHitRate)}` : ''),
    ],
    ['GPU-hours', ...gpuHours(summary)],
    ['cost', ...money.cost],
    ['energy', ...money.energy],
    ['revenue', ...money.revenue],
    ['bottleneck', { text: bottleneck.verdict, tone: bottleneck.overloaded ? 'bad' : undefined }],
    [
      'waiting',
      `for KV cache ${percent(bottleneck.waitingForKvCache)}, for a batch slot ${percent(bottleneck.waitingForBatchSlot)}, for prefill ${percent(bottleneck.waitingForPrefill)} of the time`,
    ],
    [
      'batch',
      `${number(bottleneck.meanBatch)} decoding sequences on average, prefill in ${percent(bottleneck.prefillShare)} of busy time`,
    ],
  ]);
}

/** A series of fewer points is no picture. */
const FEWEST_POINTS = 20;

function overTime(series: ResultDocument['timeSeries']): string[] {
  if (series === null || series.arrived.length < FEWEST_POINTS) return [];
  const { requestsPerSecond } = series.goodput;
  return [`${sparkline(requestsPerSecond)} up to ${number(Math.max(...requestsPerSecond))} good/s`];
}

function judged({
  expectations,
  warnings,
  provenance,
  uncertainty,
  simulation,
  summary,
  version,
}: ResultDocument): Facts {
  const measured = span(summary.window.endSeconds - summary.window.startSeconds);
  return facts([
    [
      'expected',
      ...expectations.map(
        (outcome): Cell => ({
          text: `${outcome.pass ? '✓' : '✗'} ${expectationText(outcome)}`,
          tone: outcome.pass ? 'good' : 'bad',
        }),
      ),
    ],
    ['warning', ...fewLines(warnings).map((text): Cell => ({ text, tone: 'warning' }))],
    ['calibration', quiet(evidenceText(provenance.calibration, uncertainty))],
    ['prices', quiet(provenance.prices)],
    [
      'simulation',
      quiet(
        `${measured} measured; took ${latency(simulation.wallSeconds * 1000)}, ${number(simulation.requestsPerSecond)} requests/s, ${count(simulation.events)} events, goodput ${version}`,
      ),
    ],
  ]);
}

function quiet(text: string): Cell {
  return { text, tone: 'quiet' };
}

/** Facts from label and lines; a label without lines is left out. */
function facts(entries: readonly (readonly [label: string, ...lines: (string | Cell)[]])[]): Facts {
  return {
    kind: 'facts',
    facts: entries
      .map(([label, ...lines]) => ({
        label,
        lines: lines.map((line) => (typeof line === 'string' ? { text: line } : line)),
      }))
      .filter(({ lines }) => lines.length > 0),
  };
}

function fewLines(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  const kept = MOST_LINES - 1;
  return [...lines.slice(0, kept), `and ${setting(lines.length - kept)} more`];
}
