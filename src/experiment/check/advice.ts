import type { Scenario } from '../../scenario/schema.js';
import type { ExpectationOutcome, ResultDocument, Summary } from '../result.js';

/** Waiting below this share of the time is not what a limit fails for. */
const NOTABLE_SHARE = 0.05;

type Run = Pick<ResultDocument, 'scenario' | 'summary'>;

/**
 * What somebody who changed a scenario should know about the limits that it now breaks: why, and which knob turns it back.
 *
 * @param failed expectations that did not hold
 * @example adviceOn(document, failed) // ['steps are long: 64 answers share one on average ...']
 */
export function adviceOn(document: Run, failed: readonly ExpectationOutcome[]): string[] {
  const about = (...prefixes: string[]) =>
    failed.some(({ metric }) => prefixes.some((part) => metric.startsWith(part)));
  const found: string[] = [];
  if (about('goodput.')) found.push(...missedTargets(document));
  if (about('tpotMs.', 'itlMs.') || (about('goodput.') && missesTpot(document))) found.push(longSteps(document));
  if (about('ttftMs.', 'queueMs.', 'goodput.')) found.push(...waiting(document));
  if (about('cost.')) found.push(idleMoney(document));
  return [...new Set(found)];
}

/** The latencies of each class next to its targets. */
function missedTargets({ scenario, summary }: Run): string[] {
  return scenario.traffic.flatMap(({ name, slo }) => {
    const of = summary.classes[name];
    const terms = [
      ['TTFT', of?.ttftMs.p99, slo.ttft],
      ['TPOT', of?.tpotMs.p99, slo.tpot],
      ['end to end', of?.e2eMs.p99, slo.e2e],
    ] as const;
    const missed = terms.filter(([, p99, limit]) => p99 != null && limit !== undefined && p99 > 1000 * limit);
    if (missed.length === 0) return [];
    const text = missed.map(
      ([term, p99, limit]) => `${term} p99 is ${time(p99)}, the target ${time(1000 * (limit ?? 0))}`,
    );
    return [`class ${name}: ${text.join('; ')}`];
  });
}

function missesTpot({ scenario, summary }: Run): boolean {
  const limits = scenario.traffic.map(({ slo }) => slo.tpot ?? Number.POSITIVE_INFINITY);
  return (summary.tpotMs.p99 ?? 0) > 1000 * Math.min(...limits);
}

function longSteps({ scenario, summary }: Run): string {
  const mean = summary.bottleneck.meanBatch;
  return (
    `answers come slowly because steps are long: ${round(mean)} answers share a step on average, and up to ${places(scenario)} ` +
    'may in a burst; a smaller maxSequences or more replicas make steps shorter'
  );
}

function waiting({ scenario, summary }: Run): string[] {
  const { waitingForBatchSlot, waitingForKvCache } = summary.bottleneck;
  if (waitingForBatchSlot > NOTABLE_SHARE) {
    return [
      `first tokens come late because requests wait for one of ${places(scenario)} places in a batch: raise maxSequences, or add replicas`,
    ];
  }
  if (waitingForKvCache > NOTABLE_SHARE) {
    return [
      'first tokens come late because requests wait for room in the KV cache: add replicas, or take GPUs with more memory',
    ];
  }
  const { queueMs, ttftMs } = summary;
  if (queueMs.p99 === null || ttftMs.p99 === null || queueMs.p99 < ttftMs.p99 / 2) return [];
  return [
    `first tokens come late because requests wait up to ${time(queueMs.p99)} (p99) before their prompts are computed: the fleet is short of capacity in bursts`,
  ];
}

function idleMoney({ summary }: { summary: Summary }): string {
  const { gpuBusy, averageGpus } = summary.utilization;
  return `the cost is that of ${round(averageGpus)} GPUs, which work ${Math.round(100 * gpuBusy)} % of the time`;
}

/** Such as `256`, or `64 to 256` where pools differ. */
function places({ factory }: Scenario): string {
  const limits = factory.pools.map(({ batching }) => batching.maxSequences);
  const [least, most] = [Math.min(...limits), Math.max(...limits)];
  return least === most ? String(most) : `${least} to ${most}`;
}

function time(milliseconds: number | null | undefined): string {
  if (milliseconds == null) return 'unknown';
  return milliseconds >= 1000
    ? `${(milliseconds / 1000).toPrecision(3)} s`
    : `${Number(milliseconds.toPrecision(3))} ms`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
