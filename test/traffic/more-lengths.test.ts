import { sampleRankCorrelation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import { type Lengths, trafficSchema } from '../../src/scenario/traffic-schema.js';
import { buildDemand } from '../../src/traffic/build.js';
import { GammaLength } from '../../src/traffic/lengths/gamma.js';
import { boundedLengths } from '../../src/traffic/lengths/index.js';
import { cutNote, truncationNote } from '../../src/traffic/lengths/truncation-notes.js';
import { ZipfLength } from '../../src/traffic/lengths/zipf.js';
import { normalQuantile } from '../../src/traffic/normal.js';
import { normalCdf } from '../../src/traffic/normal-cdf.js';
import { average, draws, expectWithinStandardErrors, overReplications } from './statistics.js';

function runs(lengths: Lengths, count = 40_000): Float64Array[] {
  return overReplications(20, (replication) => {
    const { sampler } = boundedLengths(lengths, randomStream(23, replication, 'lengths/test/input'), () => []);
    return draws(sampler, count);
  });
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

/** Share of the draws at or below a length. */
function shares(samples: Float64Array[], tokens: number): number[] {
  return samples.map((sample) => average(sample, (length) => (length <= tokens ? 1 : 0)));
}

describe('the normal distribution function', () => {
  it('is the inverse of the quantile, in the tails too', () => {
    for (const p of [1e-280, 1e-20, 1e-9, 0.001, 0.02425, 0.3, 0.5, 0.8, 0.999]) {
      expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-8);
      expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-15);
    }
    expect(normalCdf(-40)).toBe(0);
    expect(normalCdf(40)).toBe(1);
  });
});

describe('normal lengths', () => {
  it('keep mean and cv, rounding included', () => {
    expectMoments(runs({ distribution: 'normal', mean: 500, cv: 0.1, min: 1 }), 500, 50 ** 2 + 1 / 12);
  });
});

describe('gamma lengths', () => {
  it.each([0.2, 1, 2.5])('keep mean and cv at cv %d', (cv) => {
    // So long that rounding and the bound of one token are not felt.
    expectMoments(runs({ distribution: 'gamma', mean: 1e6, cv, min: 1 }), 1e6, (1e6 * cv) ** 2);
  });

  it('of cv 1 are exponential, of cv sqrt(2) squared normals, at every quantile', () => {
    const exponential = new GammaLength(1000, 1, 1, Infinity, Math.random);
    const squared = new GammaLength(1, Math.SQRT2, 1, Infinity, Math.random);
    for (const u of [1e-9, 1e-3, 0.1, 0.37, 0.5, 0.9, 0.999, 1 - 1e-9]) {
      expect(exponential.quantile(u) / (-1000 * Math.log1p(-u))).toBeCloseTo(1, 6);
      expect(squared.quantile(u) / normalQuantile((1 + u) / 2) ** 2).toBeCloseTo(1, 5);
    }
  });

  it('rise with u, at any cv', () => {
    for (const cv of [0, 0.001, 0.05, 1, 4, 10]) {
      const law = new GammaLength(1000, cv, 1, Infinity, Math.random);
      const tokens = Array.from({ length: 10_000 }, (_, i) => law.quantile(i / 10_000));
      expect(tokens.every((value, i) => i === 0 || value >= tokens[i - 1])).toBe(true);
      expect(Number.isFinite(law.quantile(1 - 2 ** -53))).toBe(true);
    }
  });
});

describe('zipf lengths', () => {
  it.each([0, 0.7, 1, 1.5, 3])('have the chances of the law, beyond the table too, at exponent %d', (exponent) => {
    const max = 50_000;
    const chances = Array.from({ length: max }, (_, i) => (i + 1) ** -exponent);
    const total = chances.reduce((sum, chance) => sum + chance, 0);
    const upTo = (tokens: number) => chances.slice(0, tokens).reduce((sum, chance) => sum + chance, 0) / total;
    const law = new ZipfLength(exponent, 1, max, Math.random);
    for (const tokens of [1, 2, 10, 4096, 4097, 10_000, 49_999]) {
      // A hundredth of its chance below the share up to a length lies the length itself, above it the next one.
      const hair = (0.01 * chances[tokens - 1]) / total;
      if (hair < 1e-12) continue;
      expect(law.quantile(upTo(tokens) - hair)).toBe(tokens);
      expect(law.quantile(upTo(tokens) + hair)).toBe(tokens + 1);
    }
    expect(law.quantile(1 - 2 ** -53)).toBeLessThanOrEqual(max);
  });

  it('run from min to max', () => {
    const samples = runs({ distribution: 'zipf', exponent: 1.2, min: 10, max: 13 }, 20_000);
    expect(new Set(samples[0])).toEqual(new Set([10, 11, 12, 13]));
    const weights = [10, 11, 12, 13].map((n) => n ** -1.2);
    expectWithinStandardErrors(shares(samples, 10), weights[0] / weights.reduce((a, b) => a + b));
  });
});

describe('truncation', () => {
  const of = (truncation: 'clamp' | 'resample' | 'mean-preserving'): Lengths => ({
    distribution: 'lognormal',
    mean: 1000,
    cv: 1,
    min: 100,
    max: 2000,
    truncation,
  });
  /** P(X <= x) of the lognormal with mean 1000 and cv 1. */
  const sigma = Math.sqrt(Math.LN2);
  const cdf = (x: number) => normalCdf((Math.log(x / 1000) + Math.LN2 / 2) / sigma);

  it('clamp is what happens unasked, and moves the mean', () => {
    const clamped = runs(of('clamp'));
    const unasked = runs({ distribution: 'lognormal', mean: 1000, cv: 1, min: 100, max: 2000 });
    expect([...clamped[0].subarray(0, 100)]).toEqual([...unasked[0].subarray(0, 100)]);
    // Values between the bounds, and what is heaped up at them.
    const partial = (x: number) => 1000 * normalCdf((Math.log(x / 1000) - Math.LN2 / 2) / sigma);
    const mean = partial(2000) - partial(100) + 100 * cdf(100) + 2000 * (1 - cdf(2000));
    const found = clamped.map((sample) => average(sample));
    expect(average(Float64Array.from(found)) / mean).toBeCloseTo(1, 2);
  });

  it('resample draws from what lies between the bounds, in its proportions', () => {
    const samples = runs(of('resample'));
    expect(Math.max(...samples[0])).toBe(2000);
    const conditional = (cdf(500.5) - cdf(99.5)) / (cdf(2000.5) - cdf(99.5));
    expectWithinStandardErrors(shares(samples, 500), conditional);
    expect(average(samples[0], (length) => (length === 2000 ? 1 : 0))).toBeLessThan(0.001);
  });

  it.each<Lengths>([
    of('mean-preserving'),
    { distribution: 'gamma', mean: 300, cv: 1.5, min: 1, max: 600, truncation: 'mean-preserving' },
    { distribution: 'normal', mean: 100, cv: 1, min: 1, max: 150, truncation: 'mean-preserving' },
    { distribution: 'geometric', mean: 40, min: 8, max: 100, truncation: 'mean-preserving' },
    { distribution: 'lognormal', mean: 4, cv: 1.5, min: 2, truncation: 'mean-preserving' },
  ])('mean-preserving keeps the mean that was asked for: %o', (lengths) => {
    const samples = runs(lengths);
    const means = samples.map((sample) => average(sample));
    const mean = 'mean' in lengths ? lengths.mean : 0;
    expect(Math.abs(average(Float64Array.from(means)) / mean - 1)).toBeLessThan(0.004);
    expect(Math.max(...samples[0])).toBeLessThanOrEqual(lengths.max ?? Infinity);
    expect(Math.min(...samples[0])).toBeGreaterThanOrEqual(lengths.min);
  });

  const note = (lengths: Lengths) => truncationNote(lengths, () => ['n\n10\n20\n60\n']);

  it('says what bounds do to the mean, where that is more than 1 %', () => {
    expect(note(of('clamp'))).toMatch(/^min 100 and max 2000 lower the mean from 1000 to 8\d\d \(truncation: clamp\)$/);
    expect(note(of('resample'))).toMatch(/lower the mean from 1000 to 7\d\d \(truncation: resample\)/);
    expect(note(of('mean-preserving'))).toBeUndefined();
    expect(note({ distribution: 'lognormal', mean: 100, cv: 0.5, min: 1, max: 4096 })).toBeUndefined();
    expect(note({ distribution: 'fixed', value: 7, min: 1 })).toBeUndefined();
    const observed = { distribution: 'empirical', file: 'n.csv', column: 'n', min: 1 } as const;
    expect(note(observed)).toBeUndefined();
    expect(note({ ...observed, max: 30 })).toBe('max 30 lowers the mean from 30 to 20');
  });

  it.each<Lengths>([
    // No bound was given, but a length has at least one token.
    { distribution: 'normal', mean: 100, cv: 1, min: 1 },
    { distribution: 'lognormal', mean: 2, cv: 3, min: 1 },
    { distribution: 'gamma', mean: 500, cv: 2, min: 50, max: 900, truncation: 'resample' },
    { distribution: 'geometric', mean: 40, min: 1, max: 60 },
    {
      distribution: 'empirical',
      quantiles: [
        [0, 10],
        [0.9, 100],
        [1, 5000],
      ],
      min: 20,
      max: 1000,
    },
  ])('says the mean that is drawn: %o', (lengths) => {
    const said = Number(/to ([\d.]+)/.exec(note(lengths) ?? '')?.[1]);
    const drawn = average(Float64Array.from(runs(lengths).map((sample) => average(sample))));
    expect(Math.abs(said / drawn - 1)).toBeLessThan(0.01);
  });

  it.each([1, 5, 30])('finds nothing to say of a long tail, CV %d, below a bound beyond it', (cv) => {
    expect(note({ distribution: 'lognormal', mean: 3000, cv, min: 1 })).toBeUndefined();
    expect(note({ distribution: 'lognormal', mean: 3000, cv: Math.min(cv, 5), min: 1, max: 1e7 })).toBeUndefined();
  });

  it('says what maxOutputTokens does to answers', () => {
    const cut = (lengths: Lengths, tokens: number) => cutNote(lengths, tokens, () => []);
    expect(cut({ distribution: 'uniform', min: 1, max: 10 }, 5)).toBe(
      'maxOutputTokens 5 lowers the mean from 5.5 to 4',
    );
    expect(cut({ distribution: 'uniform', min: 1, max: 10 }, 10)).toBeUndefined();
    expect(cut({ distribution: 'fixed', value: 80, min: 1 }, 60)).toBe(
      'maxOutputTokens 60 lowers the mean from 80 to 60',
    );
    expect(cut({ distribution: 'geometric', mean: 10, min: 1 }, 4000)).toBeUndefined();
  });

  it('every distribution of a class with sessions has its note', () => {
    const short = { distribution: 'lognormal', mean: 100, cv: 2, max: 150 };
    const traffic = trafficSchema.parse([
      {
        name: 'agents',
        arrivals: { process: 'poisson', rate: 1 },
        input: short,
        output: short,
        maxOutputTokens: 50,
        sessions: {
          turns: short,
          first: short,
          system: { tokens: short },
          tools: { share: 0.5, time: 1, result: short },
          subAgents: { share: 0.1, count: short, turns: short, input: short, output: short },
        },
      } as never,
    ]);
    const [demand] = buildDemand(traffic, { seed: 1, replication: 0, openFile: () => [] });
    const notes = demand.notes?.() ?? [];
    expect(notes.filter((text) => text.includes('max 150 lowers'))).toHaveLength(10);
    expect(notes.filter((text) => text.includes('maxOutputTokens 50 lowers'))).toHaveLength(2);
    expect(notes[0]).toMatch(/^class agents, input lengths: max 150 lowers the mean from 100 to \d\d/);
  });
});

describe('correlation of prompts and answers', () => {
  const build = (correlation: number | undefined, seed = 4) => {
    const traffic = trafficSchema.parse([
      {
        name: 'chat',
        arrivals: { process: 'poisson', rate: 1 },
        input: { distribution: 'lognormal', mean: 1e5, cv: 1.2 },
        output: { distribution: 'gamma', mean: 1e5, cv: 0.9 },
        ...(correlation === undefined ? {} : { correlation }),
      },
    ]);
    const [{ source }] = buildDemand(traffic, { seed, replication: 0, openFile: () => [] });
    const pairs: [number, number][] = [];
    while (pairs.length < 4000 && source.kind === 'open' && source.next()) {
      pairs.push([source.inputTokens, source.outputTokens]);
    }
    return pairs;
  };

  it.each([-0.9, -0.3, 0.2, 0.7])('has the rank correlation %d that was asked for', (rho) => {
    const found = overReplications(12, (replication) => {
      const pairs = build(rho, replication);
      return sampleRankCorrelation(
        pairs.map(([input]) => input),
        pairs.map(([, output]) => output),
      );
    });
    expectWithinStandardErrors(found, rho);
  });

  it('keeps the prompts as they are, and each distribution its shape', () => {
    expect(build(0.7).map(([input]) => input)).toEqual(build(undefined).map(([input]) => input));
    expect(build(0)).toEqual(build(undefined));
    const means = overReplications(20, (r) => average(Float64Array.from(build(0.7, r), ([, output]) => output)));
    expectWithinStandardErrors(means, 1e5);
  });

  it('at 1 puts answers in the order of prompts', () => {
    const pairs = build(1).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    expect(pairs.every(([, output], i) => i === 0 || output >= pairs[i - 1][1])).toBe(true);
  });

  it('needs two lengths that vary', () => {
    const fixed = { distribution: 'fixed' as const, value: 8 };
    const parse = () =>
      trafficSchema.parse([
        { arrivals: { process: 'poisson', rate: 1 }, input: fixed, output: fixed, correlation: 0.5 },
      ]);
    expect(parse).toThrow(/prompts and answers that vary/);
  });
});
