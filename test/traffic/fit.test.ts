import { median } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { trafficBlock } from '../../src/experiment/trace/traffic-block.js';
import { type OpenArrivals, trafficSchema } from '../../src/scenario/traffic-schema.js';
import { buildDemand } from '../../src/traffic/build.js';
import { ArrivalCounter, describeTrace, type TraceDescription } from '../../src/traffic/describe/describe.js';
import { candidates } from '../../src/traffic/fit/candidates.js';
import { type Fit, fitArrivals, missedFigures } from '../../src/traffic/fit/fit.js';
import { openTrace } from '../../src/traffic/traces/index.js';

/** Arrival times of a class, up to a time. */
function arrivalTimes(arrivals: object, seed: number, untilSeconds: number): number[] {
  const length = { distribution: 'fixed', value: 9 };
  const traffic = trafficSchema.parse([{ arrivals, input: length, output: length } as never]);
  const [{ source }] = buildDemand(traffic, { seed, replication: 0, openFile: () => [] });
  const times: number[] = [];
  while (source.kind === 'open' && source.next() && source.arrivalSeconds < untilSeconds) {
    times.push(source.arrivalSeconds);
  }
  return times;
}

/** A trace drawn from a process, as if it had been recorded. */
function recorded(arrivals: object, untilSeconds: number, seed = 5): TraceDescription {
  const text = arrivalTimes(arrivals, seed, untilSeconds).map((seconds) => `${seconds},9,9`);
  const columns = { time: 't', input: 'i', output: 'o', unit: 's' } as const;
  return describeTrace(() => openTrace('csv', [`t,i,o\n${text.join('\n')}`], 'trace', { columns }));
}

/** Figures of the arrivals of a fit under seeds that it has not seen, by their names. */
function fresh({ arrivals }: Fit, spanSeconds: number, runs = 20): Map<string, number> {
  const all = Array.from({ length: runs }, (_, seed) => {
    const counter = new ArrivalCounter();
    for (const seconds of arrivalTimes(arrivals, 100 + seed, spanSeconds)) counter.add(seconds);
    const { gapCv, dispersion } = counter.statistics;
    return [
      ['CV of gaps', gapCv ?? Number.NaN] as const,
      ...dispersion.map(({ windowSeconds, value }) => [`IDC at ${windowSeconds} s`, value ?? Number.NaN] as const),
    ];
  });
  return new Map(all[0].map(([name], i) => [name, median(all.map((run) => run[i][1]))]));
}

describe('a fit', () => {
  it.each<[string, object, number]>([
    [
      'of bursts with a memory',
      {
        process: 'mmpp',
        states: [
          { rate: 15, sojourn: 2 },
          { rate: 1, sojourn: 10 },
          { rate: 0.02, sojourn: 20 },
        ],
      },
      1200,
    ],
    ['of requests that excite others', { process: 'hawkes', rate: 1, branching: 0.8, memory: 2 }, 1200],
    ['of batches', { process: 'poisson', rate: 1, batch: { size: 8 } }, 3000],
    [
      'of a rate that follows a curve',
      { process: 'poisson', rate: 0.1, curve: { shape: 'diurnal', swing: 0.9, week: [1, 1, 1, 1, 1, 1, 1] } },
      20_000,
    ],
  ])('%s reproduces what it says, and under other seeds too', (_, arrivals, spanSeconds) => {
    const trace = recorded(arrivals, spanSeconds);
    const [best] = fitArrivals(trace);
    const again = fresh(best, trace.spanSeconds);
    expect(best.error).toBeLessThan(0.1);
    expect(best.figures[0].fit / trace.requestsPerSecond).toBeCloseTo(1, 2);
    for (const { name, trace: wanted, fit, weight } of best.figures) {
      if (weight < 1) continue;
      expect(Math.abs(fit / wanted - 1), `${name}: ${fit}, trace ${wanted}`).toBeLessThan(0.25);
      expect(Math.abs((again.get(name) ?? 0) / fit - 1), `${name}: ${again.get(name)}, stated ${fit}`).toBeLessThan(
        0.2,
      );
    }
  });

  it('of batches says so, with their size', () => {
    const [best] = fitArrivals(recorded({ process: 'poisson', rate: 1, batch: { size: 8 } }, 600));
    expect(best.name).toBe('poisson in batches of one size');
    expect(best.arrivals.batch?.size).toBeGreaterThanOrEqual(7);
    expect(best.arrivals.batch?.size).toBeLessThanOrEqual(9);
  });

  it('of clockwork is regular', () => {
    const [best] = fitArrivals(recorded({ process: 'constant', rate: 1 }, 600));
    expect(best.arrivals).toMatchObject({ process: 'gamma', cv: 0.01 });
    expect(missedFigures(best)).toEqual([]);
  });

  it('of a handful of requests is none', () => {
    expect(fitArrivals(recorded({ process: 'poisson', rate: 1 }, 15))).toEqual([]);
  });

  it('says which figures it misses', () => {
    const arrivals: OpenArrivals = { process: 'poisson', rate: 2 };
    const figure = (name: string, wanted: number, fit: number) => ({ name, trace: wanted, fit, weight: 1 });
    const figures = [figure('requests per second', 2, 2), figure('CV of gaps', 2, 1.6), figure('IDC at 10 s', 9, 1)];
    const fit: Fit = { name: 'poisson', arrivals, figures, rateSpread: 0.1, error: 1 };
    expect(missedFigures(fit).map(({ name }) => name)).toEqual(['IDC at 10 s']);
    const block = trafficBlock('code', recorded({ process: 'poisson', rate: 2 }, 60), fit);
    expect(block).toContain('# NOT REPRODUCED within 25 %: IDC at 10 s\n');
    expect(block).toContain('# IDC at 10 s 1 (trace 9)\n');
  });
});

describe('a fitted rate curve', () => {
  it('covers the whole trace, its last step what is left', () => {
    const requests = Array.from({ length: 64 }, (_, minute) => (minute < 60 ? 10 : 40));
    const curves = candidates({ intervalSeconds: 60, requests }).flatMap((candidate) => {
      const target = { rate: 1, spanSeconds: 3840, gapCv: 1, dispersion: [] };
      const arrivals = candidate.name.endsWith('steps x poisson') ? candidate.fit(target) : undefined;
      return arrivals?.curve?.shape === 'steps' ? [arrivals.curve] : [];
    });
    expect(curves.map(({ levels, period }) => [levels.length, period])).toEqual([
      [11, 3840],
      [32, 3840],
    ]);
    // Six minutes hold 60 requests, the last four, in proportion, 240.
    expect(curves[0].levels.slice(-2)).toEqual([
      [3240, 60],
      [3600, 240],
    ]);
  });
});
