import { TOTALS } from '../metrics/series/series-collector.js';
import type { Instance } from './instance.js';
import { LIFE } from './life-cycle.js';
import { stepsDone, tokenSeconds } from './run.js';

/**
 * Adds up what the instances have done by `now`, steps of their present runs included: those are in progress and booked
 * only when they end. In progress means that no event lies between the last booking and `now`.
 *
 * @param windowStart start of the measured window; what came before it does not count
 */
export function readFleetTotals(
  instances: readonly Instance[],
  now: number,
  windowStart: number,
  totals: Float64Array,
): void {
  for (const instance of instances) {
    const { pool, kv, usage, decoding, life, runStart, runFirst, runIncrement, runSteps, runDecoding } = instance;
    let busySeconds = usage.busySeconds;
    let kvTokenSeconds = usage.kvTokenSeconds;
    if (runSteps > 0) {
      const done = stepsDone(runFirst, runIncrement, now - runStart, runSteps);
      const before = runStart >= windowStart ? 0 : stepsDone(runFirst, runIncrement, windowStart - runStart, runSteps);
      const { step } = decoding;
      totals[TOTALS.outputTokens] +=
        runDecoding * (decoding.tokensOver(step, done) - decoding.tokensOver(step, before));
      busySeconds += now - Math.max(runStart, windowStart);
      const kvTokens = instance.kvTokens();
      const growth = kv.reserves ? 0 : runDecoding * decoding.tokensPerStep;
      kvTokenSeconds +=
        tokenSeconds(runFirst, runIncrement, kvTokens, growth, done) -
        tokenSeconds(runFirst, runIncrement, kvTokens, growth, before);
    }
    totals[TOTALS.kvTokenSeconds] += kvTokenSeconds;
    const provisionedSeconds = life.provisionedUntil(now);
    totals[TOTALS.kvCapacitySeconds] += kv.totalBlocks * kv.blockTokens * provisionedSeconds;
    totals[TOTALS.busyGpuSeconds] += pool.gpusPerReplica * busySeconds;
    totals[TOTALS.gpuSeconds] += pool.gpusPerReplica * provisionedSeconds;
    totals[TOTALS.startingGpuSeconds] += pool.gpusPerReplica * life.secondsIn(LIFE.starting, now);
    totals[TOTALS.brokenGpuSeconds] += pool.gpusPerReplica * life.secondsIn(LIFE.down, now);
  }
}
