import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

const performance = { type: 'linear', base: '10ms', perSequence: '1ms', perPrefillToken: '100us', kvCapacity: 100_000 };
const ms = (seconds: number) => Number((seconds * 1000).toFixed(6));
const PREFILL = { role: 'prefill', performance };
const DECODE = { role: 'decode', performance };

/** Users who all send 100 + 3 tokens at time 0; 20 ms of prefill, two steps of 11 ms for one alone. */
function serve(factory: object, users = 1, more: object = {}, reference = false) {
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
      factory: { pools: [PREFILL, DECODE], transfer: { latency: '2ms' }, ...factory },
      ...more,
    }),
    {
      checkInvariants: true,
      reference,
      onRecord: (record) => {
        records.push(record);
      },
    },
  );
  records.sort((a, b) => a.id - b.id);
  return {
    summary,
    records,
    firstToken: records.map((record) => ms(record.firstTokenSeconds)),
    end: records.map((record) => ms(record.endSeconds)),
  };
}

describe('conditional disaggregation, computed by hand', () => {
  it('a short prompt stays on the decode side and never moves', () => {
    expect(serve({ disaggregation: { localPrefillTokens: 100 } }).end).toEqual([20 + 22]);
    expect(serve({ disaggregation: { localPrefillTokens: 99 } }).end).toEqual([20 + 2 + 22]);
  });

  it('so does a long one of which the decode side has most in its cache', () => {
    const pools = [PREFILL, { ...DECODE, kvCache: { prefixCaching: true } }];
    const traffic = [
      {
        arrivals: { process: 'closed-loop', users: 1 },
        input: { distribution: 'fixed', value: 100 },
        output: { distribution: 'fixed', value: 3 },
        sharedPrefix: { groups: 1, tokens: 80 },
      },
    ];
    const more = { horizon: { requests: 2 }, traffic };
    const { end } = serve({ pools, disaggregation: { localPrefillTokens: 20 } }, 1, more);
    // The first takes the long way; of the second 20 tokens are left, 12 ms.
    expect(end).toEqual([44, 44 + 12 + 22]);
    expect(serve({ pools, disaggregation: { localPrefillTokens: 19 } }, 1, more).end).toEqual([44, 88]);
  });

  it('the look at a cache sees what the steps under way have evicted', () => {
    const user = (output: number, think: number) => ({
      arrivals: { process: 'closed-loop', users: 1, think: { distribution: 'fixed', value: think } },
      input: { distribution: 'fixed', value: 100 },
      output: { distribution: 'fixed', value: output },
      sharedPrefix: { groups: 1, tokens: 96 },
    });
    // The second prompt of the first user comes late in the long answer of the other, which needs the memory of its beginning.
    const more = { horizon: { requests: 3 }, traffic: [user(3, 2.45), user(250, 60)] };
    const small = { ...DECODE, performance: { ...performance, kvCapacity: 400 }, kvCache: { prefixCaching: true } };
    const served = (reference: boolean) =>
      serve({ pools: [PREFILL, small], disaggregation: { localPrefillTokens: 20 } }, 1, more, reference);
    expect(served(false).end).toEqual(served(true).end);
  });

  it('so does a long one while too many wait for prefill', () => {
    const pools = [{ ...PREFILL, batching: { maxSequences: 1 } }, DECODE];
    // The third finds two that wait, and is computed where it decodes, 20. The others end at 20 and 40, land 2 later, and join when a
    // step ends there: 20 to 31, of two to 43.
    expect(serve({ pools, disaggregation: { maxPrefillQueue: 1 } }, 3).firstToken).toEqual([31, 43, 20]);
    // They land at 22, 42 and 62; the first decodes from 22 to 44, the second from then to 66.
    expect(serve({ pools }, 3).firstToken).toEqual([22, 44, 66]);
  });
});

describe('aggregated replicas beside prefill and decode', () => {
  const AGGREGATED = { role: 'aggregated', performance };

  it('serve requests from prompt to end, without a transfer', () => {
    const { end } = serve({ pools: [PREFILL, DECODE, AGGREGATED] }, 2);
    expect([...end].sort()).toEqual([42, 44]);
  });

  it('share the load with the other way, each by what it can take', () => {
    const { records, summary } = serve({ pools: [PREFILL, DECODE, AGGREGATED] }, 1, {
      horizon: { requests: 2000 },
      traffic: [
        {
          arrivals: { process: 'poisson', rate: 60 },
          input: { distribution: 'fixed', value: 100 },
          output: { distribution: 'fixed', value: 20 },
        },
      ],
    });
    expect(summary.requests.completed).toBe(2000);
    // Prefill is number 0, the aggregated one 1, and answers of the other way end at 2.
    const alone = records.filter(({ instance }) => instance === 1).length / records.length;
    expect(alone).toBeGreaterThan(0.2);
    expect(alone).toBeLessThan(0.8);
  });

  it('take what no decode replica could hold', () => {
    const small = { ...DECODE, performance: { ...performance, kvCapacity: 90 } };
    expect(serve({ pools: [PREFILL, small, AGGREGATED] }, 2).summary.requests.completed).toBe(2);
  });
});

describe('transfers layer by layer', () => {
  const end = (bytesPerToken: number, overlap?: string, layers?: number) =>
    serve({ transfer: { latency: 0, efficiency: 1, bytesPerToken, overlap, layers } }).end[0];

  it('take max(X / L, X - P (1 - 1/L)) beyond a prefill of P', () => {
    // 100 tokens of 5 MB over 50 GB/s: X = 10 ms; P = 20 ms.
    expect(end(5e6)).toBe(20 + 10 + 22);
    expect(end(5e6, 'layer-wise', 10)).toBe(20 + 1 + 22);
    expect(end(50e6, 'layer-wise', 10)).toBe(20 + (100 - 18) + 22);
  });

  it('of a single layer overlap with nothing', () => {
    expect(end(5e6, 'layer-wise', 1)).toBe(end(5e6));
  });

  it('need to know the layers', () => {
    expect(() => end(5e6, 'layer-wise')).toThrow(/how many layers/);
  });
});

describe('what is asked for and never happens', () => {
  it('leaves every figure as it was', () => {
    const more = {
      horizon: { requests: 500 },
      traffic: [
        {
          arrivals: { process: 'gamma', rate: 40, cv: 3 },
          input: { distribution: 'lognormal', mean: 100, cv: 1 },
          output: { distribution: 'geometric', mean: 20, max: 200 },
        },
      ],
    };
    const pools = [
      { ...PREFILL, replicas: 2 },
      { ...DECODE, replicas: 3 },
    ];
    const plain = serve({ pools }, 1, more);
    const never = { prefillQueue: 1e6, decodeUse: 1, interval: '1h' };
    for (const disaggregation of [{ localPrefillTokens: 0 }, { maxPrefillQueue: 1e6 }, { switching: never }]) {
      const asked = serve({ pools, disaggregation }, 1, more);
      expect(asked.records).toEqual(plain.records);
      expect(asked.summary).toEqual(plain.summary);
    }
  });
});

describe('roles that do not go together', () => {
  it('a key that needs prefill and decode pools, and a static decode pool', () => {
    const one = [{ performance }];
    expect(() => serve({ pools: one, disaggregation: { localPrefillTokens: 5 } })).toThrow(/needs prefill and decode/);
    const still = { ...DECODE, batching: { policy: 'static' } };
    expect(() => serve({ pools: [PREFILL, still] })).toThrow(/no|none/);
  });
});

describe('a prompt that is computed where answers arrive', () => {
  it('goes on after whoever came from prefill has been evicted', () => {
    const steps = { type: 'linear', base: '5ms', perPrefillToken: '100us' };
    const fixed = (value: number) => ({ distribution: 'fixed', value });
    const { summary } = simulate(
      makeScenario({
        horizon: { requests: 100 },
        traffic: [
          { arrivals: { process: 'poisson', rate: 4 }, input: fixed(40), output: fixed(20) },
          { arrivals: { process: 'poisson', rate: 4 }, input: fixed(260), output: fixed(20) },
        ],
        factory: {
          pools: [
            { role: 'prefill', performance: { ...steps, kvCapacity: 20_000 } },
            {
              role: 'decode',
              performance: { ...steps, kvCapacity: 300 },
              batching: { maxSequences: 4, maxBatchedTokens: 4 },
              kvCache: { blockTokens: 1, watermark: 0 },
            },
          ],
          disaggregation: { localPrefillTokens: 100 },
        },
      }),
      { checkInvariants: true },
    );
    expect(summary.requests.preemptions).toBeGreaterThan(0);
    expect(summary.requests.completed).toBe(100);
  });
});
