import { existsSync, readFileSync } from 'node:fs';
import { median } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { trafficPresets } from '../../src/catalog/index.js';
import { trafficSchema } from '../../src/scenario/traffic-schema.js';
import { buildDemand } from '../../src/traffic/build.js';
import { ArrivalCounter } from '../../src/traffic/describe/describe.js';

const lengths = { distribution: 'fixed' as const, value: 100 };
const build = (entry: object) => {
  const traffic = trafficSchema.parse([entry]);
  return { entry: traffic[0], demand: buildDemand(traffic, { seed: 1, replication: 0, openFile: () => [] })[0] };
};

/** Mean of the first lengths of a class. */
function means({ source }: ReturnType<typeof build>['demand'], count = 40_000): [input: number, output: number] {
  let [input, output] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (source.kind === 'open') source.next();
    else source.draw();
    input += source.inputTokens / count;
    output += source.outputTokens / count;
  }
  return [input, output];
}

describe('traffic presets', () => {
  it.each(Object.keys(trafficPresets))(
    '%s is a valid class, with a source, once rate and lengths are given',
    (name) => {
      const preset = trafficPresets[name];
      expect(preset.name).toBe(name);
      expect(preset.source.length).toBeGreaterThan(5);
      expect(preset.basis.length).toBeGreaterThan(5);
      expect(preset.asOf).toMatch(/^20\d\d-\d\d$/);
      const mlperf = name.startsWith('mlperf');
      const { entry, demand } = build({ preset: name, ...(mlperf ? { rate: '2/s', input: lengths } : {}) });
      expect(entry.preset).toBe(name);
      const [input, output] = means(demand, 100);
      expect(input).toBeGreaterThanOrEqual(1);
      expect(output).toBeGreaterThanOrEqual(1);
    },
  );

  it.each([
    ['azure-code-2023', 2047.85, 27.8825],
    ['azure-conv-2023', 1154.7, 211.126],
    ['mooncake-conversation', 12035.1, 342.619],
  ])('%s has the mean lengths of the trace within 5 %', (name, inputMean, outputMean) => {
    const [input, output] = means(build({ preset: name }).demand);
    expect(Math.abs(input / inputMean - 1)).toBeLessThan(0.05);
    expect(Math.abs(output / outputMean - 1)).toBeLessThan(0.05);
  });

  // Published statistics of the traces: span, CV of gaps, dispersion at 1, 10 and 60 s.
  it.each([
    ['azure-code-2023', 3435.95, 13.152, [13.1903, 71.8509, 166.893]],
    ['azure-conv-2023', 3501.72, 1.0942, [1.38554, 3.86805, 16.4112]],
  ])(
    '%s has rate, CV and dispersion of the trace within 15 %% (medians of 60 hours)',
    (name, span, gapCv, dispersion) => {
      const traffic = trafficSchema.parse([{ preset: name }]);
      const runs = Array.from({ length: 60 }, (_, seed) => {
        const [{ source }] = buildDemand(traffic, { seed, replication: 0, openFile: () => [] });
        const counter = new ArrivalCounter();
        if (source.kind !== 'open') throw new Error('not open');
        while (source.next() && source.arrivalSeconds < span) counter.add(source.arrivalSeconds);
        const found = counter.statistics;
        return [found.gapCv ?? 0, ...found.dispersion.slice(0, 3).map(({ value }) => value ?? 0)];
      });
      for (const [i, published] of [gapCv, ...dispersion].entries()) {
        expect(Math.abs(median(runs.map((run) => run[i])) / published - 1)).toBeLessThan(0.15);
      }
    },
  );

  it('takes a rate, and keeps the shape of the bursts', () => {
    const { entry } = build({ preset: 'azure-code-2023', rate: '10/s' });
    expect(entry.arrivals).toMatchObject({ process: 'mmpp', rate: 10 });
  });

  it('what stands beside it replaces a part of it', () => {
    const arrivals = { process: 'closed-loop', users: 8 };
    const { entry } = build({ preset: 'mlperf-llama2-70b', input: lengths, arrivals, slo: { ttft: '1s' } });
    expect(entry).toMatchObject({ arrivals, slo: { ttft: 1, tpot: 0.2 }, maxOutputTokens: 1024 });
    const replaced = build({ preset: 'azure-conv-2023', output: { distribution: 'fixed', value: 5 } }).entry;
    expect(replaced.correlation).toBeUndefined();
  });

  it('means the same when its resolved form is read again', () => {
    for (const name of ['azure-code-2023', 'azure-conv-2023', 'inferencex-8k1k']) {
      const { entry } = build({ preset: name });
      expect(trafficSchema.parse([JSON.parse(JSON.stringify(entry))])[0]).toEqual(entry);
    }
  });

  it.each([
    [{ preset: 'azure-code' }, /unknown traffic preset; the catalog has azure-code-2023/],
    [{ preset: 'mlperf-llama2-70b', rate: 3 }, /mlperf-llama2-70b says nothing about them/],
    [{ preset: 'mlperf-llama2-70b', input: lengths }, /is missing/],
    [{ preset: 'inferencex-1k1k', rate: 3 }, /has users, not a rate/],
    [{ rate: 3, arrivals: { process: 'poisson', rate: 1 }, input: lengths, output: lengths }, /belongs to a preset/],
  ])('%o is refused with a reason', (entry, message) => {
    expect(() => trafficSchema.parse([entry as never])).toThrow(message);
  });
});

const facts = '../shared/facts/mlperf-inference.csv';

describe.skipIf(!existsSync(facts))('presets of MLPerf', () => {
  it('have the limits of the benchmark, server and interactive', () => {
    const rows = readFileSync(facts, 'utf8').trim().split('\n').slice(1);
    let checked = 0;
    for (const row of rows) {
      const [benchmark, _dataset, _samples, ...limits] = row.split(',');
      const name = `mlperf-${benchmark.replace('-99 / 99.9', '')}`;
      for (const [preset, ttft, tpot] of [
        [name, limits[0], limits[1]],
        [`${name}-interactive`, limits[2], limits[3]],
      ]) {
        if (ttft === '') continue;
        expect(trafficPresets[preset].demand.slo, preset).toEqual({
          ttft: Number(ttft) / 1000,
          tpot: Number(tpot) / 1000,
        });
        checked++;
      }
    }
    expect(checked).toBe(8);
  });
});
