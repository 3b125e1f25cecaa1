import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileStepTable, parseStepTable } from '../../src/perf/index.js';

const text = `# measured on our own engine
kind,batch,context,tokens,ms
decode,1,1000,,10
decode,1,2000,,12
decode,1,4000,,20
decode,64,1000,,20
decode,64,2000,,30
decode,64,4000,,60
prefill,,,1000,50
prefill,,,3000,130
`;
const limits = { maxBatchedTokens: 8192, maxSequences: 128 };
const ms = (seconds: number): number => seconds * 1e3;

describe('step-time table', () => {
  const steps = compileStepTable(parseStepTable(text, 'steps.csv'), limits);
  const decode = (b: number, context: number): number => ms(steps.stepSeconds(b, b * context, 0, 0, 0, 0));

  it('returns what was measured at every point', () => {
    expect(decode(1, 1000)).toBeCloseTo(10, 9);
    expect(decode(1, 4000)).toBeCloseTo(20, 9);
    expect(decode(64, 2000)).toBeCloseTo(30, 9);
    expect(ms(steps.stepSeconds(0, 0, 1000, 0, 0, 1))).toBeCloseTo(50, 9);
    expect(ms(steps.stepSeconds(0, 0, 3000, 0, 0, 1))).toBeCloseTo(130, 9);
  });

  it('is bilinear between points and goes on straight outside', () => {
    expect(decode(1, 1500)).toBeCloseTo(11, 9);
    expect(decode(22, 1000)).toBeCloseTo(10 + (10 * 21) / 63, 9);
    expect(decode(22, 3000)).toBeCloseTo((12 + (18 * 21) / 63 + 20 + (40 * 21) / 63) / 2, 9);
    expect(decode(1, 500)).toBeCloseTo(9, 9);
    expect(decode(1, 8000)).toBeCloseTo(36, 9);
    expect(decode(127, 1000)).toBeCloseTo(30, 9);
    expect(ms(steps.stepSeconds(0, 0, 5000, 0, 0, 1))).toBeCloseTo(210, 9);
  });

  it('a mixed step takes decode plus prefill less the fixed cost, here 10 ms at zero tokens', () => {
    expect(ms(steps.stepSeconds(64, 64 * 2000, 2000, 0, 0, 0))).toBeCloseTo(30 + 90 - 10, 9);
  });

  it('says the same through the run interface', () => {
    expect(ms(steps.decodeSeconds(steps.piece(64, 64 * 3000), 64, 64 * 3000))).toBeCloseTo(45, 9);
  });

  it('never returns a step without length, however odd the measurements', () => {
    const time = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 128 }),
        fc.nat(20000),
        fc.nat(9000),
        (t, b, context, p) => {
          const odd = compileStepTable(
            {
              batches: [4, 32],
              contexts: [1000, 3000],
              decodeSeconds: t.slice(0, 4),
              prefill: [
                { tokens: 500, seconds: t[4] },
                { tokens: 2000, seconds: t[5] },
              ],
            },
            limits,
          );
          expect(odd.stepSeconds(b, b * context, p, 0, 0, 0)).toBeGreaterThan(0);
          if (p > 0) expect(odd.stepSeconds(0, 0, p, 0, 0, 0)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('a single prefill point is a line through the origin', () => {
    const one = compileStepTable(
      parseStepTable('kind,batch,context,tokens,ms\ndecode,8,100,,9\nprefill,,,2000,80', 'steps.csv'),
      limits,
    );
    expect(ms(one.stepSeconds(0, 0, 500, 0, 0, 1))).toBeCloseTo(20, 9);
    expect(ms(one.stepSeconds(3, 3 * 777, 0, 0, 0, 0))).toBeCloseTo(9, 9);
  });

  it('names file, line and cure of every mistake', () => {
    const parse = (body: string) => () => parseStepTable(body, 'steps.csv');
    expect(parse('')).toThrow('steps.csv: the step-time table is empty');
    expect(parse('kind,batch,ms\n')).toThrow('steps.csv:1: the step-time table lacks the column context, tokens');
    expect(parse(`${text}decode,2,,,3\n`)).toThrow(
      'steps.csv:11: context: context is not a whole number (found nothing',
    );
    expect(parse(`${text}prefill,,,2000,-3\n`)).toThrow(
      'steps.csv:11: ms: ms is not a number (found -3; allowed: above 0)',
    );
    expect(parse(`${text}mixed,,,2000,3\n`)).toThrow(
      'steps.csv:11: kind: unknown kind of row (found mixed; allowed: decode, prefill)',
    );
    expect(parse(`${text}prefill,,,1000,3\n`)).toThrow('steps.csv:11: the same point is given twice');
    expect(parse(`${text}decode,2,1000,,3\n`)).toThrow('no row for batch 2 and context 2000');
    expect(parse('kind,batch,context,tokens,ms\ndecode,1,1,,1\n')).toThrow('no prefill row');
  });
});
