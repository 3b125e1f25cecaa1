import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { Tier } from '../../src/serving/tier.js';
import { makeScenario } from '../support/scenarios.js';

const BY_TURNS = [
  [1, 2],
  [3, 4],
  [1, 2],
  [3, 4],
];

/** Two texts of two units, by turns, where the GPUs hold only one of them: 1 ms per prompt token, 1 MB per token. */
function play(tiers: unknown, replicas = 1, texts = BY_TURNS) {
  const lines = texts.map((blocks, i) =>
    JSON.stringify({ timestamp: i * 10_000, input_length: 1040, output_length: 1, hash_ids: [...blocks, 100 + i] }),
  );
  const records: RequestRecord[] = [];
  simulate(
    makeScenario({
      traffic: [{ arrivals: { process: 'trace', file: 'trace.jsonl', format: 'mooncake', spread: 'off' } }],
      router: { policy: 'round-robin' },
      factory: {
        transfer: { bytesPerToken: 1e6 },
        pools: [
          {
            replicas,
            performance: { type: 'linear', base: '10ms', perPrefillToken: '1ms', kvCapacity: 1100 },
            batching: { maxBatchedTokens: 100_000 },
            kvCache: { prefixCaching: true, watermark: 0, tiers },
          },
        ],
      },
    }),
    { openFile: () => [`${lines.join('\n')}\n`], checkInvariants: true, onRecord: (of) => records.push(of) },
  );
  records.sort((a, b) => a.id - b.id);
  return {
    cached: records.map((of) => of.cachedTokens),
    ttft: records.map((of) => of.firstTokenSeconds - of.arrivalSeconds),
  };
}

describe('offload tiers', () => {
  it('keep what the GPUs evict, and load it back while the rest is computed', () => {
    const none = play(undefined);
    expect(none.cached[2]).toBe(0);
    const host = play([{ kind: 'host', capacity: '10GB', bandwidth: '100GB/s' }]);
    expect(host.cached[2]).toBe(1024);
    // 16 tokens and a base of 10 ms are 26 ms, the load of 1,024 MB takes 10.24 ms meanwhile.
    expect(host.ttft[2]).toBeCloseTo(0.026, 9);
  });

  it('make the first token wait for a load that takes longer than the rest of the prompt', () => {
    expect(play([{ kind: 'host', capacity: '10GB', bandwidth: '10GB/s' }]).ttft[2]).toBeCloseTo(0.1024, 9);
  });

  it('are passed over where it is faster to compute: never slower than without', () => {
    const slow = play([{ kind: 'ssd', capacity: '10GB', bandwidth: '500MB/s' }]);
    expect(slow.cached[2]).toBe(0);
    expect(slow.ttft).toEqual(play(undefined).ttft);
  });

  it('hold no more than their capacity, and pass the least recently used on to the next', () => {
    // Room for one unit of 512 tokens: the second one of a text goes first and is pushed out by the first.
    const small = { kind: 'host', capacity: '600MB', bandwidth: '100GB/s' };
    expect(play([small]).cached[2]).toBeLessThan(1024);
    expect(play([small, { kind: 'ssd', capacity: '10GB', bandwidth: '100GB/s' }]).cached[2]).toBe(1024);
  });

  it('are of one replica each, but for a remote pool that all share', () => {
    // Two replicas by turns: the first text comes to the second replica after the first one has lost it.
    const texts = [
      [1, 2],
      [5, 6],
      [3, 4],
      [1, 2],
    ];
    const cached = (kind: string) => play([{ kind, capacity: '10GB', bandwidth: '100GB/s' }], 2, texts).cached[3];
    expect(cached('host')).toBe(0);
    expect(cached('remote')).toBe(1024);
  });

  it('share the bandwidth of a link among loads', () => {
    const tier = new Tier({ kind: 'host', capacityBlocks: 100, secondsPerBlock: 0.1 });
    tier.load(10, 5);
    expect(tier.loadedAt(10, 5)).toBeCloseTo(7, 12);
    expect(tier.loadedAt(10, 20)).toBeCloseTo(21, 12);
  });

  it('need prefix caching, and the size of a token', () => {
    const pool = { performance: { type: 'linear', base: '1ms' } };
    const tiers = [{ kind: 'host', capacity: '1GB' }];
    const scenario = (kvCache: unknown) => ({
      traffic: [
        {
          arrivals: { process: 'poisson', rate: 1 },
          input: { distribution: 'fixed', value: 1 },
          output: { distribution: 'fixed', value: 1 },
        },
      ],
      factory: { pools: [{ ...pool, kvCache }] },
    });
    expect(() => makeScenario(scenario({ tiers }))).toThrow(/prefixCaching/);
    expect(() => simulate(makeScenario(scenario({ prefixCaching: true, tiers })))).toThrow(/bytesPerToken/);
  });
});
