import type { BacklogSamples } from '../metrics/recorder.js';
import type { Instance } from '../serving/instance.js';
import { WAITING_FOR } from '../serving/instance-usage.js';
import type { Bottleneck } from './result.js';

/** A backlog that grows by this factor from quarter to quarter of the arrivals, three times running, is no accident. */
const GROWTH = 1.2;
/** Share of all arrivals that must be waiting in the last quarter: a stable queue does not grow with the run. */
const BACKLOG_SHARE = 0.01;
/** Waiting below this share of the time is not worth a planner's attention. */
const NOTABLE_SHARE = 0.05;

/** Whether requests pile up for as long as they come. */
export function isOverloaded(backlog: BacklogSamples, arrived: number): boolean {
  const [, second, third, last] = backlog.means(4);
  if (last === undefined) return false;
  return last > GROWTH * third && third > GROWTH * second && last > BACKLOG_SHARE * arrived && last > 10;
}

/** A fleet that is idle more than this and yet misses its targets is short of capacity only in bursts. */
const IDLE_SHARE = 0.5;
/** Attainment below which targets count as missed. */
const ATTAINED = 0.95;

export interface Findings {
  /** Seconds for which replicas were provisioned, all of them together. */
  provisionedSeconds: number;
  overloaded: boolean;
  /** Share of requests that held their SLO; null where none arrived. */
  attainment: number | null;
}

/** What limited the fleet. */
export function findBottleneck(
  instances: readonly Instance[],
  { provisionedSeconds: provisioned, overloaded, attainment }: Findings,
): Bottleneck {
  let busySeconds = 0;
  let prefillSeconds = 0;
  let batchSeconds = 0;
  const blocked = [0, 0, 0, 0];
  for (const { usage } of instances) {
    busySeconds += usage.busySeconds;
    prefillSeconds += usage.prefillSeconds;
    batchSeconds += usage.batchSeconds;
    usage.blockedSeconds.forEach((seconds, reason) => {
      blocked[reason] += seconds;
    });
  }
  const shareOfTime = (seconds: number) => (provisioned > 0 ? seconds / provisioned : 0);
  const shareOfBusy = (seconds: number) => (busySeconds > 0 ? seconds / busySeconds : 0);
  const found = {
    waitingForKvCache: shareOfTime(blocked[WAITING_FOR.memory]),
    waitingForBatchSlot: shareOfTime(blocked[WAITING_FOR.place]),
    waitingForPrefill: shareOfTime(blocked[WAITING_FOR.budget]),
    prefillShare: shareOfBusy(prefillSeconds),
    meanBatch: shareOfBusy(batchSeconds),
    overloaded,
  };
  return { verdict: verdict(found, shareOfTime(busySeconds), attainment ?? 1), ...found };
}

function verdict(found: Omit<Bottleneck, 'verdict'>, busy: number, attainment: number): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const waits: [number, string][] = [
    [found.waitingForKvCache, 'KV cache: it was full while requests waited'],
    [found.waitingForBatchSlot, 'batch size: maxSequences was reached while requests waited'],
    [found.waitingForPrefill, 'prefill: prompts waited for the token budget of the step'],
  ];
  const [share, cause] = waits.reduce((worst, wait) => (wait[0] > worst[0] ? wait : worst));
  const prefix = found.overloaded ? 'overloaded; ' : '';
  if (share > NOTABLE_SHARE) return `${prefix}${cause}, ${percent(share)} of the time`;
  if (busy < 1 - IDLE_SHARE) {
    return attainment < ATTAINED
      ? `${prefix}bursts: the GPUs were idle ${percent(1 - busy)} of the time, and too slow in the rest of it`
      : `${prefix}demand: the GPUs were idle ${percent(1 - busy)} of the time`;
  }
  const work = found.prefillShare > 0.5 ? 'prompts' : 'decoding';
  return `${prefix}step time: GPUs busy ${percent(busy)} of the time, mostly with ${work}; nothing waited for memory or a place`;
}
