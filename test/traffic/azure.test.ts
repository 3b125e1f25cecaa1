import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/scenario/input-error.js';
import { AzureTraceReader } from '../../src/traffic/traces/azure.js';
import { summarizeTrace } from '../../src/traffic/traces/trace-reader.js';
import { indexOfDispersion } from './statistics.js';

const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';

type Row = [seconds: number, inputTokens: number, outputTokens: number];

function read(chunks: Iterable<string>): Row[] {
  const trace = new AzureTraceReader(chunks, 'trace.csv');
  const rows: Row[] = [];
  while (trace.next()) rows.push([trace.seconds, trace.inputTokens, trace.outputTokens]);
  return rows;
}

/** Arrival of a second row with this time, after a first one with that. */
function secondsBetween(first: string, second: string): number {
  return read([`${header}\n${first},1,1\n${second},1,1\n`])[1][0];
}

describe('Azure trace', () => {
  const lines = [
    header,
    '2023-11-16 18:17:03.9799600,4808,10',
    '2023-11-16 18:17:04.0319600,3180,8',
    '2023-11-16 18:17:04.0319601,110,27',
  ];
  const rows: Row[] = [
    [0, 4808, 10],
    [0.052, 3180, 8],
    [0.0520001, 110, 27],
  ];

  it.each([
    ['LF', `${lines.join('\n')}\n`],
    ['CRLF', `${lines.join('\r\n')}\r\n`],
    ['no line end at the end', lines.join('\n')],
    ['CRLF, no line end at the end', lines.join('\r\n')],
    ['a byte order mark', `\ufeff${lines.join('\r\n')}`],
    ['blank lines at the end', `${lines.join('\n')}\n\n\r\n`],
  ])('reads the same rows with %s', (_, text) => {
    expect(read([text])).toEqual(rows);
  });

  it.each([
    [
      'quoted names',
      lines.map((line) =>
        line
          .split(',')
          .map((field) => `"${field}"`)
          .join(','),
      ),
    ],
    ['other capitals', [lines[0].toLowerCase(), ...lines.slice(1)]],
    ['spaces behind commas', lines.map((line) => line.replaceAll(',', ', '))],
    ['another order, and a column more', lines.map((line, i) => `${i === 0 ? 'id' : i},${line.split(',').reverse()}`)],
    ['blank lines before the header', ['', '  ', ...lines]],
    ['lines of nothing but spaces', lines.flatMap((line) => [line, ' \t'])],
  ])('reads the same rows with %s', (_, changed) => {
    expect(AzureTraceReader.recognises(changed.find((line) => line.trim() !== '') ?? '')).toBe(true);
    expect(read([`${changed.join('\n')}\n`])).toEqual(rows);
  });

  it('refuses broken lines behind another header too', () => {
    const read2 = (line: string) => () => read([`id,${header}\n1,2023-11-16 18:17:03,5,5\n${line}\n`]);
    expect(read2('2,2023-11-16 18:17:04,5')).toThrow(/:3: wrong number of columns \(found 3; allowed: 4\)/);
    expect(read2('2,yesterday,5,5')).toThrow(/:3: not a time \(found "yesterday"/);
    expect(read2('2,2023-11-16 18:17:04,x,5')).toThrow(/:3: ContextTokens is no number of tokens \(found "x"/);
    expect(read2('2,2023-11-16 18:17:02,5,5')).toThrow(/:3: earlier than the row before \(found "2023-11-16 18:17:02"/);
  });

  it('reads the same rows wherever its chunks are cut', () => {
    const text = `\ufeff${lines.join('\r\n')}\r\n`;
    expect(read(text)).toEqual(rows);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        expect(read(at.slice(1).map((end, i) => text.slice(at[i], end)))).toEqual(rows);
      }),
    );
  });

  it('reads the form of 2024: six digits or none, a zone', () => {
    expect(secondsBetween('2024-05-10 00:00:00.009930+00:00', '2024-05-10 00:00:01+00:00')).toBe(0.99007);
    expect(secondsBetween('2024-05-10T00:00:00Z', '2024-05-10T02:00:00.5+02:00')).toBe(0.5);
    expect(secondsBetween('2024-05-10 00:00:00', '2024-05-09 18:30:01-0530')).toBe(1);
    expect(secondsBetween('2024-05-10 00:00:00', '2024-05-10 03:00:02+03')).toBe(2);
  });

  it('keeps 100 ns, over midnight, leap days and years', () => {
    expect(secondsBetween('2023-11-16 18:17:03.9999999', '2023-11-16 18:17:04.0000000')).toBe(1e-7);
    expect(secondsBetween('2023-12-31 23:59:59.9999999', '2024-01-01 00:00:00.0000001')).toBe(2e-7);
    expect(secondsBetween('2024-02-28 00:00:00', '2024-03-01 00:00:00.123456789')).toBe(172800.123456789);
  });

  it('agrees with any two times written out', () => {
    const time = fc.integer({ min: 0, max: 4e9 });
    const ticks = fc.integer({ min: 0, max: 9_999_999 });
    const write = (seconds: number, fraction: number) =>
      `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${String(fraction).padStart(7, '0')}`;
    fc.assert(
      fc.property(time, ticks, fc.nat(1e7), ticks, (start, startTicks, span, endTicks) => {
        fc.pre(span > 0 || endTicks >= startTicks);
        const seconds = secondsBetween(write(start, startTicks), write(start + span, endTicks));
        expect(seconds).toBe((span * 1e7 + endTicks - startTicks) / 1e7);
      }),
    );
  });

  it.each([
    ['', /^trace\.csv: the trace holds no request$/],
    ['\ufeff', /^trace\.csv: the trace holds no request/],
    [`${header}\r\n`, /^trace\.csv: the trace holds no request$/],
    [`${header}\n\n\n`, /^trace\.csv: the trace holds no request$/],
    [
      '2023-11-16 18:17:03.9,1,1',
      /^trace\.csv:1: not the header of an Azure trace \(found "2023-11-16 18:17:03\.9,1,1"/,
    ],
    [
      `${header}\n2023-11-16 18:17:03.9,1,1\n2023-11-16 18:17:04,1\n`,
      /:3: wrong number of columns \(found 2; allowed: 3\)/,
    ],
    [`${header}\n2023-11-16 18:17:03.9\n`, /:2: wrong number of columns \(found 1/],
    [`${header}\n2023-11-16 18:17:03.9,1,1,1`, /:2: wrong number of columns \(found 4/],
    [`${header}\n2023-11-16 18:17:03.9,1,`, /:2: GeneratedTokens is no number of tokens \(found ""/],
    [`${header}\n2023-11-16 18:17:03.9,1,0`, /:2: GeneratedTokens is no number of tokens \(found "0"/],
    [`${header}\n2023-11-16 18:17:03.9,-5,7`, /:2: ContextTokens is no number of tokens \(found "-5"/],
    [`${header}\n2023-11-16 18:17:03.9,1.5,7`, /:2: ContextTokens is no number of tokens \(found "1\.5"/],
    [`${header}\n2023-11-16 18:17:03.9,NaN,7`, /:2: ContextTokens/],
    [`${header}\n2023-11-16 18:17:03.9,99999999999999999999,7`, /:2: ContextTokens/],
    [`${header}\n,1,1`, /:2: not a time \(found ""/],
    [`${header}\n1700000000,1,1`, /:2: not a time \(found "1700000000"/],
    [`${header}\n2023-11-31 18:17:03,1,1`, /:2: not a time/],
    [`${header}\n2023-11-16 24:00:00,1,1`, /:2: not a time/],
    [`${header}\n2023-11-16 18:17:3,1,1`, /:2: not a time/],
    [`${header}\n2023-11-16 18:17:03.,1,1`, /:2: not a time/],
    [`${header}\n2023-11-16 18:17:03.1234567890,1,1`, /:2: not a time/],
    [`${header}\n2023-11-16 18:17:03 PST,1,1`, /:2: not a time/],
    [`${header}\n2023-11-16 18:17:03+0,0,1`, /:2/],
    [
      `${header}\n2023-11-16 18:17:03.2,1,1\n2023-11-16 18:17:03.1,1,1`,
      /:3: earlier than the row before \(found "2023-11-16 18:17:03\.1"; allowed: rows in order of time\); sort the file/,
    ],
    ['x'.repeat(1_000_001), /:1: a line of more than 1000000 characters/],
  ])('refuses %j with its place', (text, message) => {
    expect(() => read([text])).toThrow(InputError);
    expect(() => read([text])).toThrow(message);
  });

  it('never throws anything but InputError, whatever the text', () => {
    const piece = fc.constantFrom('2023-11-16 18:17:03.9', ',', '1', '\n', '\r\n', '"', ':', '+', ' ', '\0', 'é', '-1');
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), fc.boolean(), (pieces, headed) => {
        try {
          for (const [seconds, inputTokens, outputTokens] of read(headed ? [`${header}\n`, ...pieces] : pieces)) {
            expect(seconds >= 0 && inputTokens >= 1 && outputTokens >= 1).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });

  it('takes simultaneous requests', () => {
    expect(secondsBetween('2024-05-10 00:00:00', '2024-05-10 00:00:00')).toBe(0);
  });
});

const file = fileURLToPath(new URL('../../../shared/data/traces/azure-llm-inference-2023-code.csv', import.meta.url));
const present = existsSync(file);

describe(`the Azure code trace of 2023${present ? '' : ' (skipped: shared/data/traces is not beside the project)'}`, () => {
  it.skipIf(!present)('has the rate, bursts and lengths that are known of it', () => {
    const text = readFileSync(file, 'utf8');
    const rows = read([text]);
    const times = Float64Array.from(rows, ([seconds]) => seconds);
    const gaps = Array.from(times.subarray(1), (seconds, i) => seconds - times[i]);

    const summary = summarizeTrace(new AzureTraceReader([text], file));
    expect(summary.requests).toBe(8819);
    expect(summary.spanSeconds).toBeCloseTo(3435.948056, 9);
    expect(summary.longestOutputTokens).toBe(1899);
    expect(summary.requests / summary.spanSeconds).toBeCloseTo(2.56669, 5);
    expect(sampleStandardDeviation(gaps) / mean(gaps)).toBeCloseTo(13.152, 2);
    expect(mean(rows.map(([, input]) => input))).toBeCloseTo(2047.85, 2);
    expect(mean(rows.map(([, , output]) => output))).toBeCloseTo(27.8825, 4);
    expect(indexOfDispersion(times, 1)).toBeCloseTo(13.1903, 3);
    expect(indexOfDispersion(times, 10)).toBeCloseTo(71.8509, 3);
    expect(indexOfDispersion(times, 60)).toBeCloseTo(166.893, 2);
  });
});
