import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { median, sampleRankCorrelation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import type { OpenArrivals } from '../../src/scenario/traffic-schema.js';
import { arrivalProcess } from '../../src/traffic/arrivals/index.js';
import { ArrivalCounter, describeTrace } from '../../src/traffic/describe/describe.js';
import { Dispersion } from '../../src/traffic/describe/dispersion.js';
import { LengthCounts } from '../../src/traffic/describe/length-counts.js';
import { PrefixReuse } from '../../src/traffic/describe/prefix-reuse.js';
import { fitArrivals } from '../../src/traffic/fit/fit.js';
import { nelderMead } from '../../src/traffic/fit/nelder-mead.js';
import { type KnownTraceFormat, openTrace } from '../../src/traffic/traces/index.js';

/** Figures as they are published: six significant digits. */
function expectFigure(found: number | null | undefined, published: number): void {
  expect(found, `found ${found}, published ${published}`).toBeGreaterThanOrEqual(published * (1 - 6e-6) - 1e-12);
  expect(found).toBeLessThanOrEqual(published * (1 + 6e-6) + 1e-12);
}

describe('length counts', () => {
  it('give the quantiles and ranks of the sorted list', () => {
    const tokens = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 3, maxLength: 50 });
    fc.assert(
      fc.property(tokens, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const counts = new LengthCounts();
        for (const value of list) counts.add(value);
        const sorted = [...list].sort((a, b) => a - b);
        const position = share * (list.length - 1);
        const low = sorted[Math.floor(position)];
        const high = sorted[Math.ceil(position)];
        expect(counts.quantile(share)).toBeCloseTo(low + (position % 1) * (high - low), 9);
        const of = list[0];
        const below = list.filter((value) => value < of).length;
        const equal = list.filter((value) => value === of).length;
        expect(counts.rank(of)).toBe(below + (equal + 1) / 2);
      }),
    );
  });
});

describe('prefix reuse', () => {
  const ids = (...blocks: number[]) => ({ ids: Int32Array.from(blocks), count: blocks.length, tokensPerBlock: 512 });

  it('counts the blocks from the beginning that are there, and no others', () => {
    const reuse = new PrefixReuse(Infinity);
    for (const blocks of [
      [1, 2, 3],
      [1, 2, 4],
      [5, 2, 3],
    ])
      reuse.add(ids(...blocks));
    expect(reuse.hitShare).toBeCloseTo(2 / 9, 12);
    expect(reuse.size).toBe(5);
  });

  it('forgets the least recently used, ends of prompts before their beginnings', () => {
    const reuse = new PrefixReuse(3);
    reuse.add(ids(1, 2, 3));
    reuse.add(ids(4));
    reuse.add(ids(1, 2, 3));
    // Block 3 made room for block 4.
    expect(reuse.hitShare).toBeCloseTo(2 / 7, 12);
    expect(reuse.size).toBe(3);
  });
});

describe('an unlimited cache', () => {
  it('is followed up to so many different blocks, and no figure is made up beyond', () => {
    const reuse = new PrefixReuse(Infinity, 4);
    const use = (...blocks: number[]) =>
      reuse.add({ ids: Int32Array.from(blocks), count: blocks.length, tokensPerBlock: 512 });
    use(1, 2, 3);
    expect(reuse.followed).toBe(true);
    use(1, 2, 4);
    expect(reuse.followed).toBe(false);
  });
});

describe('a description', () => {
  const rows = [
    [0, 100, 7],
    [1, 300, 5],
    [9, 200, 9],
    [70, 400, 8],
    [125, 150, 8],
  ];
  const text = rows
    .map(([s, i, o]) => `{"timestamp": ${1000 * s}, "input_length": ${i}, "output_length": ${o}}`)
    .join('\n');
  const found = describeTrace(() => openTrace('mooncake', [text], 't'));

  it('holds the figures of a trace that can be reckoned by hand', () => {
    expect(found).toMatchObject({
      requests: 5,
      spanSeconds: 125,
      requestsPerSecond: 0.04,
      rateSeries: { intervalSeconds: 60, requests: [3, 1] },
      peakToMeanPerMinute: 1.5,
      silences: { longerThanSeconds: 5, count: 3, shareOfTime: 124 / 125, longestSeconds: 61 },
      coarseTimes: null,
      prefixReuse: null,
    });
    expect(found.inputTokens).toMatchObject({ mean: 230, p50: 200, p90: 360, max: 400 });
    expect(found.dispersion[2]).toEqual({ windowSeconds: 60, windows: 2, value: 1 });
    expect(found.dispersion[3].value).toBeNull();
    expect(found.rankCorrelation).toBeCloseTo(sampleRankCorrelation([1, 4, 3, 5, 2], [2, 1, 5, 3.5, 3.5]), 12);
  });

  it('of a single request has no burst figures instead of NaN', () => {
    const one = describeTrace(() => openTrace('mooncake', [text.split('\n')[0]], 't'));
    expect(one).toMatchObject({ requests: 1, requestsPerSecond: 0, gapCv: null, rankCorrelation: null });
    expect(fitArrivals(one)).toEqual([]);
  });
});

describe('a gap of many years', () => {
  it('is described without a step for every second of it', () => {
    const text = 't,i,o\n0,1,1\n0.5,1,1\n400000000000,1,1\n400000000001,1,1\n';
    const columns = { time: 't', input: 'i', output: 'o', unit: 's' } as const;
    const found = describeTrace(() => openTrace('csv', [text], 't', { columns }));
    expect(found.dispersion[0]).toMatchObject({ windowSeconds: 1, windows: 400_000_000_001 });
    // One window of two requests, one of one, all others empty.
    expect(found.dispersion[0].value).toBeCloseTo(5 / 3, 6);
    expect(found.rateSeries.requests.length).toBeLessThanOrEqual(20_160);
    expect(found.rateSeries.requests.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('leaves windows where they are: skipped at once or one by one', () => {
    const seconds = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(seconds, fc.constantFrom(0.1, 0.3, 1, 7), (list, windowSeconds) => {
        const sorted = list.sort((a, b) => a - b);
        const dispersion = new Dispersion(windowSeconds);
        for (const at of sorted) dispersion.add(at);
        let windows = 0;
        while ((windows + 1) * windowSeconds <= sorted[sorted.length - 1]) windows += 1;
        expect(dispersion.windows).toBe(windows);
        const counts = Array.from(
          { length: windows },
          (_, i) => sorted.filter((at) => at >= i * windowSeconds && at < (i + 1) * windowSeconds).length,
        );
        expect(dispersion.peak).toBe(Math.max(0, ...counts));
        expect(dispersion.mean).toBeCloseTo(counts.reduce((sum, n) => sum + n, 0) / Math.max(1, windows), 12);
      }),
    );
  });
});

describe('the simplex method', () => {
  it('finds the minimum of the banana function', () => {
    const { point } = nelderMead(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1], 0.5);
    expect(point[0]).toBeCloseTo(1, 4);
    expect(point[1]).toBeCloseTo(1, 4);
  });
});

function recorded(name: string) {
  const file = fileURLToPath(new URL(`../../../shared/data/traces/${name}`, import.meta.url));
  const present = existsSync(file);
  const open = (format: KnownTraceFormat) => () => openTrace(format, [readFileSync(file, 'utf8')], name);
  return { present, open, note: present ? '' : ' (skipped: shared/data/traces is not beside the project)' };
}

const code = recorded('azure-llm-inference-2023-code.csv');
const conversation = recorded('mooncake-fast25-conversation.jsonl');

/** Medians of index of dispersion at 1, 10, 60 and 600 s and of the CV, over runs of a length with seeds of their own. */
function medians(arrivals: OpenArrivals, spanSeconds: number): number[] {
  const runs = Array.from({ length: 20 }, (_, seed) => {
    const process = arrivalProcess(arrivals, randomStream(1000 + seed, 0, 'arrivals/code'));
    const counter = new ArrivalCounter();
    for (let s = process.next(); s < spanSeconds; s = process.next()) counter.add(s);
    const { dispersion, gapCv } = counter.statistics;
    return [...dispersion.map(({ value }) => value ?? 0), gapCv ?? 0];
  });
  return runs[0].map((_, i) => median(runs.map((run) => run[i])));
}

describe(`the Azure code trace of 2023${code.note}`, () => {
  it.skipIf(!code.present)(
    'is described by the published figures, and fitted within 25 % of its dispersion',
    () => {
      const found = describeTrace(code.open('azure'));
      expect(found.requests).toBe(8819);
      expectFigure(found.spanSeconds, 3435.95);
      expectFigure(found.requestsPerSecond, 2.56669);
      expectFigure(found.gapCv, 13.152);
      expectFigure(found.dispersion[0].value, 13.1903);
      expectFigure(found.dispersion[1].value, 71.8509);
      expectFigure(found.dispersion[2].value, 166.893);
      expectFigure(found.peakToMeanPerMinute, 4.17766);
      expectFigure(found.inputTokens.mean, 2047.85);
      expect(found.inputTokens).toMatchObject({ p50: 1469, p99: 7436, max: 7437 });
      expectFigure(found.inputTokens.p90, 5187.6);
      expectFigure(found.outputTokens.mean, 27.8825);
      expect(found.outputTokens).toMatchObject({ p50: 13, p90: 55, max: 1899 });
      expectFigure(found.outputTokens.p99, 251.46);
      expect(found.rankCorrelation).toBeCloseTo(-0.0214624, 7);
      expect(found.silences.count).toBe(57);
      expect(found.silences.shareOfTime).toBeCloseTo(0.72, 2);

      const [best, ...others] = fitArrivals(found);
      expect(best.error).toBeLessThan(0.1);
      const [idc1, idc10, idc60, , cv] = medians(best.arrivals, found.spanSeconds);
      for (const [fit, trace] of [
        [idc1, 13.19],
        [idc10, 71.85],
        [idc60, 166.89],
        [cv, 13.15],
      ]) {
        expect(fit / trace).toBeGreaterThan(0.75);
        expect(fit / trace).toBeLessThan(1.25);
      }
      // What all this is for: neither of these comes near.
      for (const name of ['poisson', 'gamma']) {
        expect(others.find((fit) => fit.name === name)?.error).toBeGreaterThan(0.6);
      }
    },
    120_000,
  );
});

describe(`the Mooncake conversation trace${conversation.note}`, () => {
  it.skipIf(!conversation.present)(
    'is described by the published figures, prefix reuse included',
    () => {
      const found = describeTrace(conversation.open('mooncake'));
      expect(found.requests).toBe(12_031);
      expect(found.spanSeconds).toBeCloseTo(3537, 1);
      expectFigure(found.requestsPerSecond, 3.40147);
      expectFigure(found.gapCv, 3.03386);
      expectFigure(found.dispersion[0].value, 7.89985);
      expectFigure(found.dispersion[1].value, 2.10475);
      expectFigure(found.dispersion[2].value, 2.94576);
      expectFigure(found.peakToMeanPerMinute, 1.21119);
      expectFigure(found.inputTokens.mean, 12035.1);
      expect(found.inputTokens).toMatchObject({ p50: 6909, p90: 27367, max: 126195 });
      expectFigure(found.inputTokens.p99, 85400.4);
      expectFigure(found.outputTokens.mean, 342.619);
      expect(found.outputTokens).toMatchObject({ p50: 350, p90: 597, max: 2000 });
      expect(found.rankCorrelation).toBeCloseTo(0.0716925, 6);
      expectFigure(found.prefixReuse?.unlimited, 0.366412);
      expect(found.prefixReuse?.tokensPerBlock).toBe(512);
      expectFigure(found.prefixReuse?.lru[0].hitShare, 0.0445303);
      expectFigure(found.prefixReuse?.lru[1].hitShare, 0.211598);
      expectFigure(found.prefixReuse?.lru[2].hitShare, 0.354558);
      // Spread over their ticks at random; the published figures are one draw of that, ours another.
      expect(found.coarseTimes?.tickSeconds).toBeCloseTo(3, 2);
      expect(Math.abs((found.coarseTimes?.gapCv ?? 0) - 1.01027)).toBeLessThan(0.03);
      expect(Math.abs((found.coarseTimes?.dispersion[0].value ?? 0) - 1.04504)).toBeLessThan(0.08);
    },
    60_000,
  );
});
