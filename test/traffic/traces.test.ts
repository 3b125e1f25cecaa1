import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { randomStream } from '../../src/engine/random.js';
import { InputError } from '../../src/scenario/input-error.js';
import { trafficSchema } from '../../src/scenario/traffic-schema.js';
import { buildDemand } from '../../src/traffic/build.js';
import { openTrace, traceFormat } from '../../src/traffic/traces/index.js';
import { SpreadReader } from '../../src/traffic/traces/spread.js';
import { Ticks } from '../../src/traffic/traces/ticks.js';
import { summarizeTrace, type TraceReader } from '../../src/traffic/traces/trace-reader.js';
import { average, expectWithinStandardErrors, indexOfDispersion, overReplications } from './statistics.js';

type Row = [seconds: number, input: number, output: number, ...blocks: number[]];

function rowsOf(reader: TraceReader): Row[] {
  const rows: Row[] = [];
  while (reader.next()) {
    const { prefix } = reader;
    const blocks = prefix === undefined ? [] : [...prefix.ids.subarray(0, prefix.count)];
    rows.push([reader.seconds, reader.inputTokens, reader.outputTokens, ...blocks]);
  }
  return rows;
}

const mooncake = [
  '{"timestamp": 27000, "input_length": 600, "output_length": 52, "hash_ids": [46, 47]}',
  '',
  '{"timestamp": 27000, "input_length": 30, "output_length": 1}',
  '{"timestamp": 30000.5, "input_length": 1100, "output_length": 9, "hash_ids": [46, 48, 9007199254740991]}',
].join('\n');
const burstgpt = [
  'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type',
  '5,ChatGPT,472,18,490,Conversation log',
  '45,GPT-4,1087,230,1317,"API log, retried"',
].join('\n');
const record = (start: number, input: number, output: number, phase = 'profiling') =>
  JSON.stringify({
    metadata: { request_start_ns: start, request_end_ns: start + 9, benchmark_phase: phase },
    metrics: { input_sequence_length: { value: input, unit: 'tokens' }, output_sequence_length: { value: output } },
    error: null,
  });
const aiperf = [
  record(1_700_000_000_000_000_000, 9, 9, 'warmup'),
  record(1_700_000_003_000_000_000, 300, 30),
  record(1_700_000_001_000_000_000, 100, 10),
  record(1_700_000_002_500_000_000, 200, 20),
].join('\n');

describe('trace formats', () => {
  it.each<[string, 'mooncake' | 'burstgpt' | 'aiperf', string, Row[]]>([
    [
      'Mooncake JSONL with prefix hashes',
      'mooncake',
      mooncake,
      [
        [0, 600, 52, 46, 47],
        [0, 30, 1],
        [3.0005, 1100, 9, 46, 48, 0],
      ],
    ],
    [
      'BurstGPT CSV',
      'burstgpt',
      burstgpt,
      [
        [0, 472, 18],
        [40, 1087, 230],
      ],
    ],
    [
      'AIPerf records, out of order',
      'aiperf',
      aiperf,
      [
        [0, 100, 10],
        [1.5, 200, 20],
        [2, 300, 30],
      ],
    ],
  ])('%s', (_, format, text, expected) => {
    expect(traceFormat('auto', 'trace', () => [text])).toBe(format);
    const rows = rowsOf(openTrace(format, [text], 'trace'));
    const folded = rows.map((row) => row.map((value, i) => (i > 2 && value > 1e6 ? 0 : value)));
    expect(folded).toEqual(expected);
    // The same wherever its chunks are cut.
    expect(rowsOf(openTrace(format, text, 'trace'))).toEqual(rows);
  });

  it.each([
    ['s', '10.5', '12'],
    ['ms', '10500', '12000'],
    ['us', '10500000', '12000000'],
    ['ns', '10500000000', '12000000000'],
    ['date', '2024-05-10 00:00:10.5', '2024-05-10T00:00:12Z'],
  ] as const)('CSV with columns of any name, times in %s', (unit, first, second) => {
    const text = `id,answer,t,prompt\n1,10,${first},100\n2,20,${second},200\n`;
    const columns = { time: 't', input: 'prompt', output: 'answer', unit };
    expect(rowsOf(openTrace('csv', [text], 'log.csv', { columns }))).toEqual([
      [0, 100, 10],
      [1.5, 200, 20],
    ]);
  });

  it('that are not known are refused with what is', () => {
    const detect = (text: string) => () => traceFormat('auto', 'x.csv', () => [text]);
    expect(detect('a,b,c\n1,2,3')).toThrow(
      /x\.csv:1: is no trace of a known format \(found "a,b,c"; allowed: azure, mooncake/,
    );
    expect(detect('')).toThrow(/x\.csv: the trace holds no request/);
    expect(() => rowsOf(openTrace('burstgpt', ['a,b\n'], 'x.csv'))).toThrow(
      /x\.csv:1: no such column \(found "Timestamp"/,
    );
  });

  it.each([
    [
      'mooncake',
      '{"timestamp": 1, "input_length": 0, "output_length": 1}',
      /:1: input_length is no number of tokens \(found "0"/,
    ],
    ['mooncake', '{"timestamp": 1, "input_length": 4', /:1: not a JSON object/],
    [
      'mooncake',
      '{"timestamp": 1, "input_length": 1000, "output_length": 1, "hash_ids": [1, 2, 3]}',
      /:1: more hash_ids than the prompt has blocks \(found "?3 blocks for 1000 tokens"?; allowed: 2 of 512 tokens\).*blockTokens/,
    ],
    [
      'mooncake',
      '{"timestamp": 1, "input_length": 4, "output_length": 1, "hash_ids": [0.5]}',
      /:1: hash_ids holds no block \(found "0.5"/,
    ],
    ['mooncake', '{"timestamp": "x", "input_length": 4, "output_length": 1}', /:1: timestamp is no time/],
    [
      'mooncake',
      '{"timestamp": 1, "input_length": 4, "output_length": 1, "hash_ids": [-1]}',
      /:1: hash_ids holds no block/,
    ],
    [
      'mooncake',
      `${mooncake}\n{"timestamp": 1, "input_length": 4, "output_length": 1}`,
      /:5: earlier than the row before \(found "1"/,
    ],
    [
      'burstgpt',
      `${burstgpt}\n50,GPT-4,0,0,0,API log`,
      /:4: Request tokens is no number of tokens \(found "0".*skipBadLines/,
    ],
    ['burstgpt', `${burstgpt}\n50,GPT-4,1`, /:4: wrong number of columns \(found 3; allowed: 6\)/],
    [
      'aiperf',
      '{"metadata": {"request_start_ns": 1}, "error": {"message": "timeout"}}',
      /:1: the request failed \(found "timeout".*skipBadLines/,
    ],
    ['aiperf', '{"metadata": {}}', /:1: metadata\.request_start_ns is no time/],
  ] as const)('%s: a broken line is refused with its number: %s', (format, text, message) => {
    const read = () => rowsOf(openTrace(format, [text], 'trace'));
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  it.each([
    ['mooncake', `nonsense\n${mooncake}\n{"timestamp": 1}\n`, 2, 'nonsense'],
    ['burstgpt', `${burstgpt}\n50,GPT-4,0,0,0,API log\n2,GPT-4,1,1,1,API log\n`, 2, '"0"'],
    ['aiperf', `${aiperf}\n{"metadata": {"request_start_ns": 1}, "error": {"message": "timeout"}}`, 1, 'timeout'],
  ] as const)('%s: broken lines are left out and counted when asked', (format, text, count, found) => {
    const reader = openTrace(format, [text], 'trace', { skipBadLines: true });
    const clean = { mooncake, burstgpt, aiperf }[format];
    expect(rowsOf(reader)).toEqual(rowsOf(openTrace(format, [clean], 'trace')));
    expect(reader.skipped.count).toBe(count);
    expect(reader.skipped.first?.found).toContain(found);
  });

  it('a file of nothing but broken lines, or with a wrong header, is refused all the same', () => {
    const read = (format: 'mooncake' | 'azure', text: string) => () =>
      rowsOf(openTrace(format, [text], 'trace', { skipBadLines: true }));
    expect(read('mooncake', 'x\ny\n')).toThrow(
      /trace: the trace holds no request: all 2 lines are broken; the first is line 1/,
    );
    expect(read('azure', 'x\ny\n')).toThrow(/trace:1: not the header/);
  });
});

describe('hashes of blocks', () => {
  const blocksOf = (ids: number[], blockTokens = 1) => {
    const line = JSON.stringify({ timestamp: 0, input_length: ids.length, output_length: 1, hash_ids: ids });
    return rowsOf(openTrace('mooncake', [line], 't', { blockTokens }))[0].slice(3);
  };

  it('stand for as many tokens as they are said to', () => {
    const reader = openTrace('mooncake', [mooncake.replaceAll('600', '18')], 't', { blockTokens: 16 });
    reader.next();
    expect(reader.prefix?.tokensPerBlock).toBe(16);
    expect(() => blocksOf([1, 2, 3], 2)).toThrow(/3 blocks for 3 tokens/);
  });

  it('of more than 31 bits are folded without families that always meet', () => {
    // Neighbours, multiples of a power of two, bit 31 alone: numbers as programs make them.
    const numbers = [0, 1, 2, 3].flatMap((k) =>
      Array.from({ length: 2000 }, (_, i) => 2 ** 45 + i * 2 ** (16 + 5 * k) + k),
    );
    const folded = blocksOf(numbers);
    expect(folded.every((id) => Number.isInteger(id) && id >= 0 && id <= 0x7fffffff)).toBe(true);
    // 8000 at random among 2^31: 0.015 pairs meet on average.
    expect(new Set(folded).size).toBeGreaterThanOrEqual(new Set(numbers).size - 1);
  });
});

/** A trace of `n` requests with ticks of 3 s, `perTick` requests each. */
function ticking(ticks: number, perTick: number): string {
  return Array.from({ length: ticks * perTick }, (_, i) => {
    const tick = Math.floor(i / perTick);
    return `{"timestamp": ${3000 * tick + (tick % 3)}, "input_length": ${i + 1}, "output_length": 1, "hash_ids": [${i}]}`;
  }).join('\n');
}

describe('coarse times', () => {
  const text = ticking(400, 10);

  it('are found out: ticks of 3 s, give or take milliseconds', () => {
    expect(summarizeTrace(openTrace('mooncake', [text], 't')).tickSeconds).toBeCloseTo(2.998, 9);
    expect(summarizeTrace(openTrace('burstgpt', [burstgpt], 't')).tickSeconds).toBe(0);
  });

  it('spread at random are as good as Poisson inside a tick, and each request keeps its lengths', () => {
    const dispersions = overReplications(10, (replication) => {
      const random = randomStream(1, replication, 'spread');
      const rows = rowsOf(new SpreadReader(openTrace('mooncake', [text], 't'), 3, 'random', random));
      expect(rows.map(([, input]) => input)).toEqual(Array.from({ length: 4000 }, (_, i) => i + 1));
      expect(rows.every(([, input, , block]) => block === input - 1)).toBe(true);
      expect(rows.every(([seconds], i) => Math.abs(seconds - 3 * Math.floor(i / 10)) < 3.01)).toBe(true);
      expect(rows.every(([seconds], i) => i === 0 || seconds >= rows[i - 1][0] - 0.01)).toBe(true);
      return indexOfDispersion(
        Float64Array.from(rows, ([seconds]) => seconds),
        0.3,
      );
    });
    // Ten uniform times over ten windows: multinomial counts of variance 0.9 and mean 1.
    expectWithinStandardErrors(dispersions, 0.9);
  });

  it('are found where a clock jumps once, and not where times only seem to', () => {
    const ticks = (list: number[]) => {
      const found = new Ticks();
      for (const seconds of list.sort((a, b) => a - b)) found.add(seconds);
      return found.seconds;
    };
    const every3 = Array.from({ length: 300 }, (_, i) => 3 * Math.floor(i / 2));
    expect(ticks(every3)).toBe(3);
    expect(ticks([...every3, 30.001, 200.7])).toBeCloseTo(3, 2);
    // Two requests at one time do not make a clock of a process with long gaps.
    const random = randomStream(1, 0, 'gaps');
    let at = 0;
    const slow = Array.from({ length: 300 }, () => (at += 0.6 + 20 * random()));
    expect(ticks([...slow, slow[7]])).toBe(0);
    // Half of all seconds hold nothing: still a clock of seconds.
    const seconds = Array.from({ length: 400 }, () => Math.floor(600 * random()));
    expect(ticks(seconds)).toBe(1);
  });

  it('spread in order where a tick is split by a millisecond', () => {
    const text = [0, 3000, 3001, 6000, 6000].map((t) => `{"timestamp": ${t}, "input_length": 9, "output_length": 1}`);
    const random = randomStream(1, 0, 'spread');
    const rows = rowsOf(new SpreadReader(openTrace('mooncake', [text.join('\n')], 't'), 3, 'random', random));
    const times = rows.map(([seconds]) => seconds);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.map((seconds) => Math.floor(seconds / 3))).toEqual([0, 1, 1, 2, 2]);
  });

  it('spread evenly have equal gaps inside a tick', () => {
    const rows = rowsOf(new SpreadReader(openTrace('mooncake', [ticking(2, 3)], 't'), 3, 'even', Math.random));
    expect(rows.map(([seconds]) => Number(seconds.toFixed(9)))).toEqual([0.5, 1.5, 2.5, 3.501, 4.501, 5.501]);
  });
});

type TraceInput = Extract<z.input<typeof trafficSchema>[number]['arrivals'], { process: 'trace' }>;

function play(text: string, changes: Omit<TraceInput, 'process' | 'file'> = {}, seed = 1) {
  const traffic = trafficSchema.parse([{ name: 'a', arrivals: { process: 'trace', file: 't', ...changes } }]);
  const [demand] = buildDemand(traffic, { seed, replication: 0, openFile: () => [text] });
  if (demand.source.kind !== 'open') throw new Error('closed');
  const { source } = demand;
  const rows: Row[] = [];
  while (source.next()) {
    const { prefix } = source;
    const blocks = prefix === undefined ? [] : [...prefix.ids.subarray(0, prefix.count)];
    rows.push([source.arrivalSeconds, source.inputTokens, source.outputTokens, ...blocks]);
  }
  return { rows, notes: demand.notes?.() ?? [] };
}

/** Requests at 0, 1, 2 ... seconds. */
const steady = (count: number) =>
  ['TIMESTAMP,ContextTokens,GeneratedTokens']
    .concat(
      Array.from(
        { length: count },
        (_, i) => `${new Date(1000 * i).toISOString().slice(0, 19).replace('T', ' ')},${i + 1},1`,
      ),
    )
    .join('\n');

describe('rescaling a trace', () => {
  it('finds the format by itself, spreads Mooncake times and carries prefix hashes', () => {
    const { rows } = play(ticking(5, 4));
    expect(rows.map(([, input, , block]) => [input, block])).toEqual(Array.from({ length: 20 }, (_, i) => [i + 1, i]));
    expect(new Set(rows.map(([seconds]) => seconds)).size).toBe(20);
    expect(new Set(play(ticking(5, 4), { spread: 'off' }).rows.map(([seconds]) => seconds)).size).toBe(5);
  });

  it('a window is a part, counted from its start', () => {
    const { rows } = play(steady(100), { window: { from: 10, to: 13 } });
    expect(rows).toEqual([
      [0, 11, 1],
      [1, 12, 1],
      [2, 13, 1],
    ]);
    expect(play(steady(20), { window: { from: '17s' } }).rows).toHaveLength(3);
    expect(() => play(steady(20), { window: { from: 30 } })).toThrow(/the window holds no request/);
  });

  it('keep keeps a share, and takes the dispersion from I to 1 + share (I - 1)', () => {
    const shares = overReplications(30, (seed) => play(steady(2000), { keep: 0.3 }, seed).rows.length / 2000);
    expectWithinStandardErrors(shares, 0.3);
    // Evenly spaced requests have a dispersion of 0.
    const dispersions = overReplications(30, (seed) => {
      const { rows } = play(steady(5000), { keep: 0.3 }, seed);
      return indexOfDispersion(
        Float64Array.from(rows, ([seconds]) => seconds),
        50,
      );
    });
    expectWithinStandardErrors(dispersions, 0.7);
  });

  it('copies are shifted against each other; each request of the trace comes once in each', () => {
    const { rows } = play(steady(9), { copies: 3 });
    expect(rows).toHaveLength(27);
    // A period of nine seconds, shifted by three.
    expect(rows.slice(0, 6).map(([seconds, input]) => [seconds, input])).toEqual([
      [0, 1],
      [0, 4],
      [0, 7],
      [1, 2],
      [1, 5],
      [1, 8],
    ]);
    const often = new Map<number, number>();
    for (const [, input] of rows) often.set(input, (often.get(input) ?? 0) + 1);
    expect([...often.values()]).toEqual(Array.from({ length: 9 }, () => 3));
    expect(rows.every(([seconds], i) => i === 0 || seconds >= rows[i - 1][0])).toBe(true);
  });

  it('copies of a window go round in the length of the window, silences at its ends included', () => {
    // Requests at 10, 11 ... 14 s in a window from 5 to 25 s, and the next one long after it.
    const gappy = steady(15)
      .split('\n')
      .filter((_, i) => i < 2 || i > 10);
    const text = `${gappy.join('\n')}\n1970-01-01 00:02:00,1,1\n`;
    const { rows } = play(text, { copies: 2, window: { from: 5, to: 25 } });
    const times = rows.map(([seconds]) => seconds);
    // Shifted by ten seconds, its requests come at the end of the window.
    expect(times).toEqual([5, 6, 7, 8, 9, 15, 16, 17, 18, 19]);
    const faster = play(text, { rate: 1, window: { from: 5, to: 25 } }).rows.map(([seconds]) => seconds);
    // Five requests in twenty seconds are 0.25/s, not one a second.
    expect(faster).toEqual([1.25, 1.5, 1.75, 2, 2.25]);
  });

  it('copies share no prefixes', () => {
    const { rows } = play(ticking(10, 2), { copies: 2 });
    expect(new Set(rows.map(([, , , block]) => block)).size).toBe(40);
  });

  it('a rate is reached after keeping and copying', () => {
    const of = (changes: Omit<TraceInput, 'process' | 'file'>) => {
      const { rows } = play(steady(4000), changes);
      return (rows.length - 1) / rows[rows.length - 1][0];
    };
    expect(of({ rate: 5 })).toBeCloseTo(5, 6);
    expect(of({ rate: 5, copies: 4 })).toBeCloseTo(5, 1);
    expect(Math.abs(of({ rate: 5, keep: 0.5 }) / 5 - 1)).toBeLessThan(0.1);
    expect(Math.abs(of({ rate: 5, keep: 0.5, copies: 4 }) / 5 - 1)).toBeLessThan(0.05);
  });

  it('says how many broken lines were left out', () => {
    const { rows, notes } = play(`${steady(5)}\n1970-01-01 00:01:00,0,0\n`, { skipBadLines: true });
    expect(rows).toHaveLength(5);
    expect(notes).toEqual([
      't: 1 of 6 lines are broken and were left out; the first is line 7: ContextTokens is no number of tokens',
    ]);
    expect(play(steady(5)).notes).toEqual([]);
  });

  it('mean of the lengths stays under all of them', () => {
    const mean = average(Float64Array.from(play(steady(3000), { copies: 2 }).rows, ([, input]) => input));
    expect(mean).toBeCloseTo(1500.5, 6);
  });
});
