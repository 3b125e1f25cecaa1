import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fileOpener } from '../../src/experiment/files.js';
import { simulate } from '../../src/experiment/simulate.js';
import { exportDemand } from '../../src/experiment/trace/export-demand.js';
import { tracePicture } from '../../src/experiment/trace/picture.js';
import { trafficBlock } from '../../src/experiment/trace/traffic-block.js';
import { InputError } from '../../src/scenario/input-error.js';
import { trafficSchema } from '../../src/scenario/traffic-schema.js';
import { describeTrace } from '../../src/traffic/describe/describe.js';
import { fitArrivals } from '../../src/traffic/fit/fit.js';
import { openTrace } from '../../src/traffic/traces/index.js';
import { makeScenario } from '../support/scenarios.js';

const folder = mkdtempSync(join(tmpdir(), 'goodput-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));
const openFile = fileOpener(folder);

const factory = {
  performance: { type: 'linear', base: '5ms', perPrefillToken: '1us' },
  pools: [{}],
};
const lengths = { distribution: 'lognormal', mean: 300, cv: 1 };
const chat = { name: 'chat', arrivals: { process: 'gamma', rate: 20, cv: 3 }, input: lengths, output: lengths };
const batch = { ...chat, name: 'batch', arrivals: { process: 'on-off', rate: 5, on: 3, off: 9 } };

function exported(traffic: object[], horizon: object) {
  const lines: string[] = [];
  const result = exportDemand(makeScenario({ traffic, horizon, factory }), {
    openFile,
    write: (line) => lines.push(line),
  });
  const rows = lines.map(
    (line) => JSON.parse(line) as { timestamp: number; input_length: number; output_length: number },
  );
  return { ...result, text: lines.join(''), rows };
}

describe('gzipped files', () => {
  const text = `${Array.from({ length: 200_000 }, (_, i) => `${i},${i * 7},täxt`).join('\n')}\n`;

  it('are unpacked on the way, in pieces, several members too', () => {
    writeFileSync(join(folder, 'a.csv.gz'), Buffer.concat([gzipSync(text), gzipSync('end\n')]));
    const chunks = [...openFile('a.csv.gz')];
    expect(chunks.join('') === `${text}end\n`).toBe(true);
    expect(chunks.length).toBeGreaterThan(5);
    // Twice at the same time, one of them left in the middle.
    const [first] = openFile('a.csv.gz');
    expect(text.startsWith(first)).toBe(true);
  });

  it('that break off, or are none, are the mistake of a user', () => {
    writeFileSync(join(folder, 'cut.gz'), gzipSync(text).subarray(0, 5000));
    expect(() => [...openFile('cut.gz')]).toThrow(/cut\.gz: cannot be unpacked: unexpected end of file/);
    writeFileSync(join(folder, 'bad.gz'), Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(100, 0xee)]));
    expect(() => [...openFile('bad.gz')]).toThrow(InputError);
    writeFileSync(join(folder, 'binary.gz'), gzipSync(Buffer.alloc(100)));
    expect(() => [...openFile('binary.gz')]).toThrow(/binary\.gz: is not a text file/);
  });

  it('hold traces like any other file', () => {
    writeFileSync(
      join(folder, 't.csv.gz'),
      gzipSync('TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9,7,1\n'),
    );
    const trace = openTrace('azure', openFile('t.csv.gz'), 't.csv.gz');
    expect([trace.next(), trace.inputTokens, trace.next()]).toEqual([true, 7, false]);
  });
});

describe('export', () => {
  it('writes the demand of all classes in order of time, and reads it back', () => {
    const { rows, text, requests, simulated } = exported([chat, batch], { duration: '2m' });
    expect(requests).toBe(rows.length);
    expect(simulated).toBe(false);
    expect(rows.every(({ timestamp }, i) => i === 0 || timestamp >= rows[i - 1].timestamp)).toBe(true);
    expect(rows[rows.length - 1].timestamp).toBeLessThanOrEqual(120_000);
    const reader = openTrace('mooncake', [text], 'out.jsonl');
    for (const { timestamp, input_length, output_length } of rows) {
      expect(reader.next()).toBe(true);
      expect(reader.seconds).toBeCloseTo((timestamp - rows[0].timestamp) / 1000, 9);
      expect([reader.inputTokens, reader.outputTokens]).toEqual([input_length, output_length]);
    }
    expect(reader.next()).toBe(false);
  });

  it('keeps to a horizon in requests, and to the prefix hashes of a trace', () => {
    expect(exported([chat, batch], { requests: 77 }).rows).toHaveLength(77);
    const line = '{"timestamp": 0, "input_length": 600, "output_length": 2, "hash_ids": [4, 9]}\n';
    writeFileSync(join(folder, 'blocks.jsonl'), line);
    const trace = { arrivals: { process: 'trace', file: 'blocks.jsonl' } };
    expect(exported([trace], { requests: 5 }).text).toBe(line);
  });

  it('simulates a closed loop, whose demand depends on the fleet', () => {
    const agents = { ...chat, arrivals: { process: 'closed-loop', users: 3 } };
    const { rows, simulated } = exported([agents], { requests: 40 });
    expect(simulated).toBe(true);
    expect(rows).toHaveLength(40);
    expect(rows.slice(0, 3).map(({ timestamp }) => timestamp)).toEqual([0, 0, 0]);
    expect(rows.every(({ timestamp }, i) => i === 0 || timestamp >= rows[i - 1].timestamp)).toBe(true);
  });
});

describe('sessions as a trace', () => {
  const entry = {
    ...chat,
    arrivals: { process: 'poisson', rate: 1 },
    sessions: {
      turns: { distribution: 'fixed', value: 5 },
      think: 2,
      system: { tokens: { distribution: 'fixed', value: 1600 } },
    },
  };
  const { text, rows, simulated } = exported([entry], { requests: 200 });

  it('come as they came on the fleet, in order of time', () => {
    expect(simulated).toBe(true);
    expect(rows).toHaveLength(200);
    expect(rows.every(({ timestamp }, i) => i === 0 || timestamp >= rows[i - 1].timestamp)).toBe(true);
  });

  it('share nothing with those of another class', () => {
    const other = { ...entry, name: 'other' };
    const lines = exported([entry, other], { requests: 60 }).text.trimEnd().split('\n');
    const firsts = lines.map((line) => (JSON.parse(line) as { hash_ids: number[] }).hash_ids[0]);
    expect(new Set(firsts).size).toBe(2);
  });

  it('say what their prompts share, one number for every 512 tokens begun', () => {
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { input_length: number; hash_ids: number[] });
    for (const { input_length, hash_ids } of lines) expect(hash_ids.length).toBe(Math.ceil(input_length / 512));
    // The system prompt holds three whole blocks.
    expect(new Set(lines.map(({ hash_ids }) => hash_ids.slice(0, 3).join(' '))).size).toBe(1);
    const { prefixReuse } = describeTrace(() => openTrace('mooncake', [text], 'out.jsonl'));
    expect(prefixReuse!.unlimited).toBeGreaterThan(0.6);
  });
});

describe('prompts that begin alike, as a trace', () => {
  const hashes = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { input_length: number; hash_ids: number[] });

  // Blocks of 16, 512 and 1,024 tokens: below, at and above those of the format.
  it.each([500, 16_000, 30_000])('of %d tokens share what is whole of them, and nothing else', (tokens) => {
    const input = { distribution: 'uniform', min: 30_001, max: 40_000 };
    const entry = { ...chat, input, sharedPrefix: { groups: 2, tokens } };
    const lines = hashes(exported([entry, { ...entry, name: 'other' }], { requests: 200 }).text);
    for (const { input_length, hash_ids } of lines) expect(hash_ids.length).toBe(Math.ceil(input_length / 512));
    const often = new Map<number, number>();
    for (const id of lines.flatMap(({ hash_ids }) => hash_ids)) often.set(id, (often.get(id) ?? 0) + 1);
    const shared = [...often.values()].filter((count) => count > 1).length;
    // Two groups of each of two classes.
    const units = tokens === 30_000 ? 29 * 1024 : tokens;
    expect(shared).toBe(4 * Math.floor(units / 512));
    for (const { hash_ids } of lines) expect(new Set(hash_ids).size).toBe(hash_ids.length);
  });

  it('in blocks that do not divide those of the format share no more than there is', () => {
    const sessions = {
      turns: { distribution: 'fixed', value: 3 },
      system: { tokens: { distribution: 'fixed', value: 1600 } },
      blockTokens: 48,
    };
    const entry = { ...chat, arrivals: { process: 'poisson', rate: 1 }, sessions };
    const lines = hashes(exported([entry], { requests: 60 }).text);
    // 33 blocks of 48 tokens are 1,584: three blocks of 512.
    expect(new Set(lines.map(({ hash_ids }) => hash_ids.slice(0, 3).join())).size).toBe(1);
    for (const { input_length, hash_ids } of lines) expect(hash_ids.length).toBe(Math.ceil(input_length / 512));
  });
});

describe('an exported demand', () => {
  it('that comes in batches at even times says that a reader would spread it', () => {
    const every2s = { ...chat, arrivals: { process: 'constant', rate: 2, batch: { size: 4 } } };
    expect(exported([every2s], { requests: 100 }).ticks).toBe(true);
    expect(exported([chat], { requests: 100 }).ticks).toBe(false);
    expect(exported([{ ...chat, arrivals: { process: 'constant', rate: 2 } }], { requests: 100 }).ticks).toBe(false);
  });

  it('played on the same fleet gives the same latencies', () => {
    const { text, rows } = exported([chat, batch], { requests: 300 });
    writeFileSync(join(folder, 'demand.jsonl'), text);
    const replay = { name: 'chat', arrivals: { process: 'trace', file: 'demand.jsonl' } };
    const run = (traffic: object[]) =>
      simulate(makeScenario({ traffic, horizon: { requests: 300 }, factory }), { openFile }).summary;
    const [direct, again] = [run([chat, batch]), run([replay])];
    expect(again.requests.completed).toBe(300);
    expect(again.tokens).toEqual(direct.tokens);
    for (const key of ['ttftMs', 'tpotMs', 'e2eMs'] as const) {
      // Times are written to the microsecond.
      expect(Math.abs((again[key].p99 ?? 0) - (direct[key].p99 ?? 0))).toBeLessThan(0.01 * (direct[key].p99 ?? 0));
      expect(Math.abs((again[key].mean ?? 0) - (direct[key].mean ?? 0))).toBeLessThan(0.01);
    }
    expect(rows).toHaveLength(300);
  });
});

describe('a fit', () => {
  const { text } = exported([batch], { duration: '20m' });
  const trace = describeTrace(() => openTrace('mooncake', [text], 'out.jsonl'));
  const fits = fitArrivals(trace);

  it('comes as a traffic block that a scenario takes', () => {
    const yaml = trafficBlock('code', trace, fits[0]);
    expect(yaml).toMatch(/^# .*, fitted with an error of \d/);
    const { traffic } = parse(yaml) as { traffic: never[] };
    expect(trafficSchema.parse(traffic)[0].arrivals).toEqual(
      trafficSchema.parse([{ ...chat, arrivals: fits[0].arrivals } as never])[0].arrivals,
    );
  });

  it('comes with a picture of trace and fits', () => {
    const svg = tracePicture('a <b> & c', trace, fits);
    expect(svg).toMatch(/^<svg [^>]*>[\s\S]*<\/svg>\n$/);
    expect(svg).toContain('a &lt;b&gt; &amp; c');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<polyline/g)?.length).toBe(7);
    expect(tracePicture('none', trace, [])).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('of an on-off demand finds its way back to bursts of that length', () => {
    expect(fits[0].name).toMatch(/on-off|mmpp/);
    expect(fits[0].error).toBeLessThan(0.15);
  });
});
