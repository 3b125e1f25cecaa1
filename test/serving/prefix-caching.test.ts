import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

/** A request of a trace: when it comes, the blocks of 512 tokens of its prompt, tokens of its prompt and answer. */
interface Asked {
  at: number;
  blocks: number[];
  input: number;
  output?: number;
}

const LINEAR = { type: 'linear', base: '1s', perPrefillToken: '1ms', kvCapacity: 512 * 100 };

/** Plays requests on one replica, 1 ms per prompt token and 1 s per step, unless `pool` says otherwise. */
function play(asked: readonly Asked[], pool: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
  const lines = asked.map(({ at, blocks, input, output = 1 }) =>
    JSON.stringify({ timestamp: at * 1000, input_length: input, output_length: output, hash_ids: blocks }),
  );
  const records: RequestRecord[] = [];
  const { kvCache, performance, ...rest } = pool;
  const scenario = makeScenario({
    traffic: [{ arrivals: { process: 'trace', file: 'trace.jsonl', format: 'mooncake', spread: 'off' } }],
    factory: {
      pools: [
        {
          ...(rest.gpu === undefined && { performance: { ...LINEAR, ...(performance as object) } }),
          batching: { maxBatchedTokens: 100_000 },
          kvCache: { prefixCaching: true, watermark: 0, ...(kvCache as object) },
          ...rest,
        },
      ],
      ...more,
    },
  });
  const { summary } = simulate(scenario, {
    openFile: () => [`${lines.join('\n')}\n`],
    checkInvariants: true,
    onRecord: (record) => records.push(record),
  });
  records.sort((a, b) => a.id - b.id);
  return { summary, records, cached: records.map(({ cachedTokens }) => cachedTokens) };
}

describe('prefix caching', () => {
  it('computes what a prompt shares with an earlier one only once', () => {
    const { records, cached } = play([
      { at: 0, blocks: [1, 2, 3], input: 1536 },
      { at: 10, blocks: [1, 2, 9], input: 1500 },
    ]);
    expect(cached).toEqual([0, 1024]);
    expect(records[1].firstTokenSeconds - records[1].arrivalSeconds).toBeCloseTo(1 + 0.476, 9);
  });

  it('does nothing when it is off', () => {
    const asked = [
      { at: 0, blocks: [1, 2, 3], input: 1536 },
      { at: 10, blocks: [1, 2, 3], input: 1536 },
    ];
    const off = play(asked, { kvCache: { prefixCaching: false } });
    expect(off.cached).toEqual([0, 0]);
    expect(off.summary.utilization.prefixHitRate).toBe(0);
    expect(off.records[1].firstTokenSeconds).toBeCloseTo(10 + 1 + 1.536, 9);
  });

  it('computes at least the last token of a prompt that is cached as a whole', () => {
    const { cached, summary } = play([
      { at: 0, blocks: [1, 2], input: 1024 },
      { at: 10, blocks: [1, 2], input: 1024 },
    ]);
    expect(cached[1]).toBe(1023);
    expect(summary.utilization.prefixHitRate).toBe(0.5);
    expect(summary.tokens.inputCached).toBe(1023);
  });

  it('finds the last, shorter block of a prompt again, in whole KV blocks', () => {
    const { cached } = play([
      { at: 0, blocks: [1, 2], input: 512 + 100 },
      { at: 10, blocks: [1, 2], input: 512 + 100 },
    ]);
    expect(cached[1]).toBe(512 + 96);
  });

  it('only uses blocks behind an unbroken beginning', () => {
    const { cached } = play([
      { at: 0, blocks: [1, 2, 3], input: 1536 },
      { at: 10, blocks: [8, 2, 3], input: 1536 },
    ]);
    expect(cached[1]).toBe(0);
  });

  it('forgets the least recently used chain first, and of a chain its end', () => {
    // Room for six units: after two chains of three, another two units push out the end of the older one.
    const { cached } = play(
      [
        { at: 0, blocks: [1, 2, 3], input: 1536 },
        { at: 10, blocks: [4, 5, 6], input: 1536 },
        { at: 20, blocks: [7, 8], input: 1024 },
        { at: 30, blocks: [1, 2], input: 1536 },
      ],
      { performance: { kvCapacity: 6 * 512 + 16 } },
    );
    expect(cached[3]).toBe(512);
  });

  it('counts what several requests share once, so that more of them fit', () => {
    // Ten requests of 1,024 + 16 tokens at once where memory holds four of them alone.
    const asked = Array.from({ length: 10 }, (_, i) => ({ at: 100, blocks: [1, 2, 100 + i], input: 1040, output: 10 }));
    const first = { at: 0, blocks: [1, 2], input: 1024 };
    const pool = { performance: { kvCapacity: 4 * 1056 } };
    const admitted = (prefixCaching: boolean) =>
      play([first, ...asked], { ...pool, kvCache: { prefixCaching } }).records.filter(
        (of) => of.admittedSeconds === 100,
      ).length;
    expect(admitted(false)).toBe(4);
    expect(admitted(true)).toBe(10);
  });

  it('lets a preempted request find its own blocks again', () => {
    const asked = [
      { at: 0, blocks: [1], input: 512, output: 400 },
      { at: 0.1, blocks: [2], input: 512, output: 400 },
    ];
    const run = (prefixCaching: boolean) =>
      play(asked, { performance: { kvCapacity: 1600 }, kvCache: { prefixCaching } });
    const on = run(true);
    expect(on.records[1].preemptions).toBeGreaterThan(0);
    // The prompt is not computed twice: 511 ms earlier, since the last token of a prompt is always computed.
    expect(run(false).records[1].endSeconds - on.records[1].endSeconds).toBeGreaterThan(0.3);
  });

  it('costs attention of what is computed to all that is cached before it', () => {
    // Half of a prompt takes more than half of the attention: the second half sees the first.
    const pool = { gpu: 'h100-sxm' };
    const asked = (blocks: number[]) => [
      { at: 0, blocks: Array.from({ length: 64 }, (_, i) => i), input: 32_768 },
      { at: 100, blocks, input: 65_536 },
    ];
    const all = Array.from({ length: 128 }, (_, i) => i);
    const seconds = (blocks: number[]) => {
      const { records } = play(
        asked(blocks),
        { ...pool, batching: { maxBatchedTokens: 131_072 } },
        { model: 'llama-3.1-8b' },
      );
      return records[1].firstTokenSeconds - records[1].admittedSeconds;
    };
    const whole = seconds(all.map((i) => i + 1000));
    const rest = seconds(all);
    expect(rest).toBeLessThan(whole);
    expect(rest).toBeGreaterThan(0.55 * whole);
  });
});

describe('prefix caching on prefill and decode pools', () => {
  const pools = (decodeCaches: boolean) => {
    const linear = { type: 'linear', base: '10ms', perPrefillToken: '1ms', kvCapacity: 51_200 };
    const pool = { batching: { maxBatchedTokens: 100_000 }, performance: linear };
    return [
      { ...pool, role: 'prefill', kvCache: { prefixCaching: true } },
      { ...pool, role: 'decode', kvCache: { prefixCaching: decodeCaches } },
    ];
  };
  const asked = [
    { at: 0, blocks: [1, 2], input: 1024, output: 3 },
    { at: 10, blocks: [1, 2, 3], input: 1536, output: 3 },
  ];
  const endToEnd = (decodeCaches: boolean) => {
    const transfer = { bytesPerToken: 1e6, latency: 0, efficiency: 1 };
    const { records, cached } = play(asked, {}, { pools: pools(decodeCaches), transfer });
    expect(cached[1]).toBe(1024);
    return records[1].endSeconds - records[1].arrivalSeconds;
  };

  it('sends only what the decode side lacks', () => {
    // 50 GB/s: 1,536 MB take 30.72 ms, 512 MB a third of that.
    expect(endToEnd(false) - endToEnd(true)).toBeCloseTo((1024 * 1e6) / 50e9, 9);
  });
});
