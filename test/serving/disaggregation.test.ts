import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

const performance = { type: 'linear', base: '10ms', perSequence: '1ms', perPrefillToken: '100us', kvCapacity: 100_000 };
const ms = (seconds: number) => Number((seconds * 1000).toFixed(6));

interface Setup {
  users?: number;
  prefill?: object;
  decode?: object;
  /** Beside the one decode pool. */
  others?: readonly object[];
  transfer?: object;
}

/** Users who all send 100 + 3 tokens at time 0 to one prefill and one decode instance; 2 ms to move a cache. */
function serve({ users = 1, prefill, decode, others = [], transfer = { latency: '2ms' } }: Setup = {}) {
  const records: RequestRecord[] = [];
  const { summary } = simulate(
    makeScenario({
      horizon: { requests: users },
      traffic: [
        {
          arrivals: { process: 'closed-loop', users },
          input: { distribution: 'fixed', value: 100 },
          output: { distribution: 'fixed', value: 3 },
        },
      ],
      factory: {
        pools: [
          { role: 'prefill', performance, ...prefill },
          { role: 'decode', performance, ...decode },
          ...others.map((other) => ({ role: 'decode', performance, ...other })),
        ],
        transfer,
      },
    }),
    {
      checkInvariants: true,
      onRecord: (record) => {
        records.push(record);
      },
    },
  );
  records.sort((a, b) => a.id - b.id);
  return {
    summary,
    firstToken: records.map((record) => ms(record.firstTokenSeconds)),
    end: records.map((record) => ms(record.endSeconds)),
  };
}

describe('prefill and decode on different instances, computed by hand', () => {
  it('the first token reaches its user with the cache, the second a decode step later', () => {
    const { firstToken, end, summary } = serve();
    // 20 of prefill and 2 of transfer, then two steps of 11.
    expect(firstToken).toEqual([22]);
    expect(end).toEqual([44]);
    expect(summary.itlMs.max).toBeCloseTo(11, 9);
  });

  it('a transfer takes bytes / bandwidth, and two into one port share it', () => {
    const decode = { gpu: undefined };
    const transfer = { latency: 0, efficiency: 1, bytesPerToken: 5e6 };
    // 100 tokens are 500 MB; one unnamed GPU has 50 GB/s: 10 ms.
    expect(serve({ decode, transfer }).end).toEqual([20 + 10 + 22]);
    // Two prompts end together at 30 (10 + 20) and share the port: 20 ms.
    expect(serve({ users: 2, decode, transfer }).end).toEqual([30 + 20 + 24, 30 + 20 + 24]);
  });

  it('decoding never waits for prompts', () => {
    const { end } = serve({ users: 2, prefill: { batching: { maxBatchedTokens: 100, maxSequences: 8 } } });
    // Prompts end at 20 and 40. The first decodes alone, 22 to 33 to 44; the second lands at 42, and joins at 44.
    expect(end).toEqual([44, 66]);
  });

  it('a computed prompt waits for memory on the decode side, and holds its own until then', () => {
    const { end, summary } = serve({
      users: 2,
      decode: { performance: { ...performance, kvCapacity: 112 } },
    });
    // Both prompts end at 30. The first moves (32) and decodes until 54, then the second: 56 to 78.
    expect(end).toEqual([54, 78]);
    expect(summary.requests.completed).toBe(2);
  });

  it('a request that no decode instance could hold is rejected on arrival', () => {
    const { summary } = serve({ decode: { performance: { ...performance, kvCapacity: 90 } } });
    expect(summary.requests).toMatchObject({ completed: 0, rejected: 1 });
    expect(summary.tokens.outputProduced).toBe(0);
  });

  it('an answer of one token never moves', () => {
    const { summary } = simulateOneToken();
    expect(summary.e2eMs.mean).toBeCloseTo(20, 9);
  });

  it('in turn, a computed prompt waits for its decode instance though another has room', () => {
    const one = { maxSequences: 1, maxBatchedTokens: 1 };
    const slow = { performance: { ...performance, base: '100ms' }, batching: one };
    const setup = { users: 3, decode: slow, others: [{ name: 'fast', batching: one }] };
    const ends = (routing: string) => serve({ ...setup, transfer: { latency: '2ms', routing } }).end;
    // Prompts end together at 40. The slow one takes 2 steps of 101 from 42 on, the fast one 2 of 11; the third goes to the slow one.
    expect(ends('round-robin')).toEqual([42 + 202, 42 + 22, 42 + 202 + 2 + 202]);
    expect(Math.max(...ends('least-loaded'))).toBe(42 + 202);
  });

  it('prefill and decode pools come together', () => {
    expect(() => makeScenario({ ...single, factory: { pools: [{ role: 'prefill', performance }] } })).toThrow(
      /decode pool is missing/,
    );
  });
});

const single = {
  horizon: { requests: 1 },
  traffic: [
    {
      arrivals: { process: 'closed-loop', users: 1 },
      input: { distribution: 'fixed', value: 100 },
      output: { distribution: 'fixed', value: 1 },
    },
  ],
};

function simulateOneToken() {
  const pools = ['prefill', 'decode'].map((role) => ({ role, performance }));
  return simulate(makeScenario({ ...single, factory: { pools } }), { checkInvariants: true });
}
