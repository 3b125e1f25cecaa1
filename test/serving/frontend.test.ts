import { describe, expect, it } from 'vitest';
import { Recorder, type RequestRecord } from '../../src/metrics/recorder.js';
import { compileLinear } from '../../src/perf/index.js';
import { Factory } from '../../src/serving/factory.js';
import { InvariantChecker } from '../../src/serving/invariants.js';
import type { Pool } from '../../src/serving/pool.js';

const pool: Pool = {
  name: 'one',
  role: 'aggregated',
  replicas: 1,
  gpusPerReplica: 1,
  // Every step takes 10 ms, and 0.1 ms more per prompt token.
  steps: compileLinear(
    { baseSeconds: 0.01, perSequenceSeconds: 0, perContextTokenSeconds: 0, perPrefillTokenSeconds: 0.0001 },
    8,
  ),
  batching: 'chunked-prefill',
  maxBatchedTokens: 1000,
  maxSequences: 8,
  kvCapacityTokens: 10_000,
  blockTokens: 1,
  eviction: 'preempt',
  watermark: 0,
  frontend: { baseSeconds: 0, perInputTokenSeconds: 0 },
  admissionSteps: 0,
  kvBytesPerToken: 0,
  portBytesPerSecond: 1,
};

/** Two requests of 100 + 20 tokens, at 0 and at 55 ms. */
function serve(
  change: Partial<Pool>,
  reference = false,
  pools: Pool[] = [{ ...pool, ...change }],
  arrivals = [0, 0.055],
) {
  const records: RequestRecord[] = [];
  const checker = new InvariantChecker();
  const never = Number.POSITIVE_INFINITY;
  const recorder = new Recorder({
    classes: [{ name: 'chat', slo: { ttft: never, tpot: never, e2e: never } }],
    warmupSeconds: 0,
    onRecord: (record) => {
      records.push(record);
      checker.onRecord(record);
    },
  });
  const source = {
    kind: 'open' as const,
    arrivalSeconds: 0,
    inputTokens: 100,
    outputTokens: 20,
    next(): boolean {
      this.arrivalSeconds = arrivals.shift() ?? 0;
      return this.arrivalSeconds > 0 || arrivals.length > 0;
    },
  };
  new Factory({
    pools,
    demand: [{ name: 'chat', source, outputLimit: 20 }],
    routing: { policy: 'least-loaded' },
    endSeconds: never,
    maxRequests: 2,
    recorder,
    transfer: { latencySeconds: 0, layerWise: false, layers: 1, rolesChange: false },
    reference,
    checker,
  }).run();
  records.sort((a, b) => a.id - b.id);
  return records.map(({ admittedSeconds, firstTokenSeconds }) => [
    Number((admittedSeconds * 1000).toFixed(6)),
    Number((firstTokenSeconds * 1000).toFixed(6)),
  ]);
}

describe('the way of a request into the batch', () => {
  it('is free where the front end takes no time: the next step boundary after arrival', () => {
    // Prefill until 20 ms, then boundaries at 30, 40, 50, 60.
    expect(serve({})).toEqual([
      [0, 20],
      [60, 80],
    ]);
  });

  it('takes the front end its time per request and per prompt token, which TTFT holds', () => {
    const frontend = { baseSeconds: 0.007, perInputTokenSeconds: 0.00001 };
    // 8 ms later: the first starts at 8, boundaries at 28, 38, 48, 58, 68; the second is there at 63.
    expect(serve({ frontend })).toEqual([
      [8, 28],
      [68, 88],
    ]);
  });

  it.each([false, true])('waits for the steps a busy engine has scheduled ahead (reference mode: %s)', (reference) => {
    // The idle engine takes the first at once; the busy one looks at the second two boundaries after 60.
    expect(serve({ admissionSteps: 2 }, reference)).toEqual([
      [0, 20],
      [80, 100],
    ]);
  });

  it('is looked at after every step by workers that only compute prompts', () => {
    const { maxBatchedTokens } = pool;
    const alone = (admissionSteps: number) => serveApart({ admissionSteps, maxBatchedTokens });
    expect(alone(9)).toEqual(alone(0));
  });
});

/** First tokens of two prompts, the second of which comes while the first is being computed, where prefill is apart. */
function serveApart(change: Partial<Pool>): number[] {
  const prefill = { ...pool, ...change, name: 'prefill', role: 'prefill' as const };
  const decode = { ...pool, name: 'decode', role: 'decode' as const };
  return serve({}, false, [prefill, decode], [0, 0.005]).map(([, firstToken]) => firstToken);
}
