import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

/** 10 ms per step, 1 ms per decoding sequence, 0.01 ms per context token, 0.1 ms per prompt token. */
const performance = {
  type: 'linear',
  base: '10ms',
  perSequence: '1ms',
  perContextToken: '10us',
  perPrefillToken: '100us',
};

interface Setup {
  users?: number;
  requests?: number;
  input?: number;
  output?: number;
  batching?: object;
  kvCache?: object;
  kvCapacity?: number;
  slo?: object;
}

/** Users who all send one request at time 0. */
function serve(setup: Setup) {
  const { users = 1, requests = users, input = 100, output = 3, batching, kvCache, kvCapacity = 1e6, slo } = setup;
  const records: RequestRecord[] = [];
  const { summary } = simulate(
    makeScenario({
      horizon: { requests },
      traffic: [
        {
          arrivals: { process: 'closed-loop', users },
          input: { distribution: 'fixed', value: input },
          output: { distribution: 'fixed', value: output },
          slo,
        },
      ],
      factory: { pools: [{ batching, kvCache, performance: { ...performance, kvCapacity } }] },
    }),
    {
      checkInvariants: true,
      onRecord: (record) => {
        records.push(record);
      },
    },
  );
  records.sort((a, b) => a.id - b.id);
  const ms = (seconds: number) => Number((seconds * 1000).toFixed(6));
  return {
    summary,
    firstToken: records.map((record) => ms(record.firstTokenSeconds)),
    end: records.map((record) => ms(record.endSeconds)),
    records,
  };
}

describe('the life of a request, computed by hand', () => {
  it('takes one prefill step, whose end yields the first token, then a decode step per further token', () => {
    const { firstToken, end, summary } = serve({});
    // 10 + 100 * 0.1 = 20; then 10 + 1 + 100 * 0.01 = 12 and, one context token later, 12.01.
    expect(firstToken).toEqual([20]);
    expect(end).toEqual([44.01]);
    expect(summary.tpotMs.mean).toBeCloseTo(12.005, 9);
    expect(summary.itlMs.max).toBeCloseTo(12.01, 9);
  });

  it('ends with its prefill when it asks for one token, and then has no TPOT', () => {
    const { end, summary } = serve({ output: 1, slo: { tpot: '1ms' } });
    expect(end).toEqual([20]);
    expect(summary.tpotMs.mean).toBeNull();
    expect(summary.goodput.attainment).toBe(1);
  });

  it('is computed in chunks of the token budget', () => {
    const { firstToken } = serve({ batching: { maxBatchedTokens: 64, maxSequences: 8 } });
    // 10 + 6.4, then 10 + 3.6.
    expect(firstToken).toEqual([30]);
  });

  it('shares steps with others: prompts fill what decodes leave of the budget', () => {
    const { firstToken, end } = serve({ users: 2, batching: { maxBatchedTokens: 150, maxSequences: 8 } });
    // Step 1: 100 + 50 prompt tokens, 25 ms. Step 2: the other 50 beside one decode with 100 context: 10 + 1 + 1 + 5.
    expect(firstToken).toEqual([25, 42]);
    // Step 3: two decodes with 101 + 100 context: 10 + 2 + 2.01; the first request ends. Step 4: one with 101.
    expect(end).toEqual([56.01, 68.02]);
  });

  it('waits for whole prompts of others under continuous batching', () => {
    const { firstToken, end, summary } = serve({
      users: 2,
      batching: { policy: 'continuous', maxBatchedTokens: 150, maxSequences: 8 },
    });
    // Two prefill steps of 20 ms, then two decodes: 10 + 2 + 2 = 14 and 14.02.
    expect(firstToken).toEqual([20, 40]);
    expect(end).toEqual([68.02, 68.02]);
    // The first answer paused for the prompt of the second: 20 + 14.
    expect(summary.itlMs.max).toBeCloseTo(34, 9);
  });

  it('goes alone when its prompt exceeds the budget under continuous batching', () => {
    const { firstToken } = serve({ batching: { policy: 'continuous', maxBatchedTokens: 64, maxSequences: 8 } });
    expect(firstToken).toEqual([20]);
  });

  it('counts the wait for a place in the batch in TTFT', () => {
    const { firstToken, summary } = serve({ users: 2, batching: { maxSequences: 1 } });
    expect(firstToken).toEqual([20, 64.01]);
    expect(summary.queueMs.max).toBeCloseTo(44.01, 9);
    expect(summary.ttftMs.max).toBeCloseTo(64.01, 9);
  });

  it('is preempted when memory ends, as the youngest, and computed again with the answer so far', () => {
    const { records, end, summary } = serve({
      users: 2,
      output: 6,
      kvCapacity: 204,
      kvCache: { blockTokens: 1, watermark: 0 },
    });
    expect(summary.requests.preemptions).toBe(1);
    expect(records.map((record) => record.preemptions)).toEqual([0, 1]);
    // Both prompts: 10 + 20 = 30. Decodes of two: 14, 14.02; 204 tokens are held, so the younger goes, with 3 tokens.
    // The older decodes alone with 102, 103, 104 context: 12.02 + 12.03 + 12.04, and ends at 94.11.
    // The younger computes 103 tokens (20.3 ms, its 4th), then decodes with 103 and 104 context.
    expect(end).toEqual([94.11, 94.11 + 20.3 + 12.03 + 12.04].map((ms) => Number(ms.toFixed(6))));
    expect(summary.itlMs.max).toBeCloseTo(94.11 + 20.3 - 58.02, 6);
  });

  it('is not admitted before its longest answer fits, where nothing may be evicted', () => {
    const { end, summary } = serve({
      users: 2,
      output: 6,
      kvCapacity: 204,
      kvCache: { blockTokens: 1, policy: 'no-evict' },
    });
    expect(summary.requests.preemptions).toBe(0);
    // Alone: 20, then 12, 12.01, 12.02, 12.03, 12.04; the second follows.
    expect(end).toEqual([80.1, 160.2]);
  });

  it('is rejected when no replica could ever hold it, and the others go on', () => {
    const { summary } = serve({ users: 1, requests: 3, input: 300, kvCapacity: 204 });
    expect(summary.requests).toMatchObject({ arrived: 3, completed: 0, rejected: 3, inFlight: 0 });
    expect(summary.goodput.attainment).toBe(0);
  });

  it('is rejected in the middle when it is alone and outgrows the cache', () => {
    const { summary, records } = serve({ output: 50, kvCapacity: 112, kvCache: { blockTokens: 16 } });
    expect(summary.requests).toMatchObject({ arrived: 1, completed: 0, rejected: 1 });
    // 112 tokens hold the prompt and 12 fed-back tokens, so 13 were produced.
    expect(records[0].outputTokens).toBe(13);
    expect(summary.tokens).toMatchObject({ outputUnfinished: 13, outputProduced: 13 });
  });
});
