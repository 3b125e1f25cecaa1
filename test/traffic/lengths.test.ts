import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import type { LengthDistribution } from '../../src/scenario/schema.js';
import { boundedLengths } from '../../src/traffic/lengths/index.js';
import { wholeTokens } from '../../src/traffic/lengths/whole-tokens.js';
import { average, draws, expectWithinStandardErrors, overReplications } from './statistics.js';

const lengthsFile = 'input,output\r\n5,10\r\n6,"30"\r\n\r\n7,20';

function sampler(lengths: LengthDistribution, replication = 0) {
  return boundedLengths(lengths, randomStream(11, replication, 'lengths/test/input'), () => [lengthsFile]);
}

function runs(lengths: LengthDistribution, count = 50_000): Float64Array[] {
  return overReplications(20, (r) => r).map((r) => draws(sampler(lengths, r).sampler, count));
}

/** Share of the draws at or below a length. */
function shares(samples: Float64Array[], tokens: number): number[] {
  return samples.map((sample) => average(sample, (length) => (length <= tokens ? 1 : 0)));
}

function expectMoments(samples: Float64Array[], mean: number, variance: number): void {
  expectWithinStandardErrors(
    samples.map((sample) => average(sample)),
    mean,
  );
  expectWithinStandardErrors(
    samples.map((sample) => average(sample, (length) => (length - mean) ** 2)),
    variance,
  );
}

describe('lengths', () => {
  it('fixed: always the value', () => {
    expect([...draws(sampler({ distribution: 'fixed', value: 512, min: 1 }).sampler, 3)]).toEqual([512, 512, 512]);
  });

  it('uniform: both ends included, mean and variance of the discrete law', () => {
    const samples = runs({ distribution: 'uniform', min: 80, max: 100 });
    expectMoments(samples, 90, (21 ** 2 - 1) / 12);
    expectWithinStandardErrors(shares(samples, 80), 1 / 21);
    expect(Math.min(...samples[0])).toBe(80);
    expect(Math.max(...samples[0])).toBe(100);
  });

  it.each([1.25, 3, 256])('geometric: mean %d exactly, variance mean (mean - 1), from 1', (mean) => {
    const samples = runs({ distribution: 'geometric', mean, min: 1 });
    expectMoments(samples, mean, mean * (mean - 1));
    expectWithinStandardErrors(shares(samples, 1), 1 / mean);
  });

  it('geometric of mean 1: always 1', () => {
    expect(new Set(draws(sampler({ distribution: 'geometric', mean: 1, min: 1 }).sampler, 1000))).toEqual(new Set([1]));
  });

  it.each([
    [1024, 1.2],
    [256, 0.9],
    [100, 0.1],
  ])('lognormal: mean %d and cv %d are those of the lengths, rounding included', (mean, cv) => {
    // Rounding to whole tokens adds 1/12 to the variance and nothing to the mean.
    expectMoments(runs({ distribution: 'lognormal', mean, cv, min: 1 }), mean, (mean * cv) ** 2 + 1 / 12);
  });

  it('lognormal: median mean / sqrt(1 + cv^2), the 97.5 % quantile 1.96 sigma above', () => {
    const samples = runs({ distribution: 'lognormal', mean: 100_000, cv: 1, min: 1 });
    const median = 100_000 / Math.SQRT2;
    expectWithinStandardErrors(shares(samples, median), 0.5);
    expectWithinStandardErrors(shares(samples, median * Math.exp(1.959963984540054 * Math.sqrt(Math.LN2))), 0.975);
  });

  it('lognormal of cv 0: always the mean', () => {
    const { sampler: lengths } = sampler({ distribution: 'lognormal', mean: 300.4, cv: 0, min: 1 });
    expect([...draws(lengths, 2)]).toEqual([300, 300]);
  });

  it('a bound holds what lies beyond it: the tail counts as max', () => {
    const samples = runs({ distribution: 'lognormal', mean: 1000, cv: 1, min: 100, max: 2000 });
    expect(Math.max(...samples[0])).toBe(2000);
    expect(Math.min(...samples[0])).toBe(100);
    // P(X >= 1999.5) = 1 - Phi(1.2485316), the argument being ln(1999.5 sqrt(2) / 1000) / sigma.
    expectWithinStandardErrors(
      samples.map((sample) => average(sample, (length) => (length === 2000 ? 1 : 0))),
      0.1059182,
    );
  });

  it('quantiles: straight lines between the pairs', () => {
    const samples = runs({
      distribution: 'empirical',
      quantiles: [
        [0, 1000],
        [0.5, 20_000],
        [0.9, 20_000],
        [1, 80_000],
      ],
      min: 1,
    });
    expectWithinStandardErrors(shares(samples, 10_500), 0.25);
    expectWithinStandardErrors(shares(samples, 20_000), 0.9);
    expectWithinStandardErrors(shares(samples, 50_000), 0.95);
    expectWithinStandardErrors(
      samples.map((sample) => average(sample)),
      0.5 * 10_500 + 0.4 * 20_000 + 0.1 * 50_000,
    );
  });

  it('a column of a file: its values, equally likely', () => {
    const samples = runs({ distribution: 'empirical', file: 'lengths.csv', column: 'output', min: 1 }, 10_000);
    expect(new Set(samples[0])).toEqual(new Set([10, 20, 30]));
    for (const [tokens, share] of [
      [10, 1 / 3],
      [20, 2 / 3],
    ])
      expectWithinStandardErrors(shares(samples, tokens), share);
  });

  it.each<[LengthDistribution, number]>([
    [{ distribution: 'fixed', value: 512, min: 1 }, 512],
    [{ distribution: 'uniform', min: 1, max: 9 }, 9],
    [{ distribution: 'geometric', mean: 5, min: 1 }, Infinity],
    [{ distribution: 'geometric', mean: 5, min: 1, max: 50 }, 50],
    [{ distribution: 'lognormal', mean: 5, cv: 1, min: 1, max: 60 }, 60],
    [
      {
        distribution: 'empirical',
        quantiles: [
          [0, 1],
          [1, 70],
        ],
        min: 1,
      },
      70,
    ],
    [{ distribution: 'empirical', file: 'lengths.csv', column: 'output', min: 1 }, 30],
    [{ distribution: 'empirical', file: 'lengths.csv', column: 'output', min: 1, max: 15 }, 15],
  ])('the longest of %o is %d', (lengths, longest) => {
    expect(sampler(lengths).longestTokens).toBe(longest);
  });

  it('rounding and bounds give a whole number between min and max, whatever comes in', () => {
    fc.assert(
      fc.property(fc.double(), fc.integer({ min: 1, max: 1000 }), fc.nat(1000), (tokens, min, width) => {
        const whole = wholeTokens(tokens, min, min + width);
        expect(Number.isInteger(whole) && whole >= min && whole <= min + width).toBe(true);
      }),
    );
  });
});

describe('a length file', () => {
  const read = (text: string, column = 'output') =>
    boundedLengths({ distribution: 'empirical', file: 'l.csv', column, min: 1 }, Math.random, () => [text]);

  it.each([
    ['', 'output', /l\.csv: the file is empty/],
    ['input,output\n', 'output', /l\.csv: the file has a header but no rows/],
    ['input,output\n1,2\n', 'outputs', /l\.csv:1: no such column \(found outputs; allowed: input, output\)/],
    ['input,output\n1,2\n3\n', 'output', /l\.csv:3: wrong number of columns \(found 1; allowed: 2\)/],
    ['input,output\n1,x\n', 'output', /l\.csv:2: column "output" holds no number of tokens \(found "x"/],
    ['input,output\n1,\n', 'output', /l\.csv:2/],
    ['input,output\n1,0\n', 'output', /l\.csv:2/],
    ['input,output\n1,2.5\n', 'output', /l\.csv:2/],
    ['input,output\n1,"2\n', 'output', /l\.csv:2: a quote is never closed/],
  ])('that is broken (%j) is refused with its place', (text, column, message) => {
    expect(() => read(text, column)).toThrow(message);
  });

  it('may quote its fields and start with a byte order mark', () => {
    const text = '\ufeff"output","a ""b"", c"\r\n"12","34"\r\n';
    expect(read(text, 'output').longestTokens).toBe(12);
    expect(read(text, 'a "b", c').longestTokens).toBe(34);
  });
});
