import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { renderJson } from '../../src/report/json.js';
import { renderSeriesCsv } from '../../src/report/series-csv.js';
import { makeScenario } from '../support/scenarios.js';

const day = {
  horizon: { duration: 400, warmup: 30 },
  timeSeries: { interval: 25 },
  traffic: [
    {
      name: 'chat',
      arrivals: { process: 'gamma', rate: 3, cv: 3 },
      input: { distribution: 'lognormal', mean: 300, cv: 1 },
      output: { distribution: 'lognormal', mean: 60, cv: 1 },
      slo: { ttft: '700ms', tpot: '60ms' },
    },
    {
      name: 'code',
      arrivals: { process: 'poisson', rate: 1, curve: { shape: 'spike', factor: 20, at: 150, lasts: 20 } },
      input: { distribution: 'fixed', value: 200 },
      output: { distribution: 'fixed', value: 30 },
      slo: { ttft: '300ms' },
    },
  ],
  factory: {
    pools: [
      {
        replicas: 2,
        performance: { type: 'linear', base: 0.02, perSequence: 0.001, perPrefillToken: 1e-4, kvCapacity: 20_000 },
      },
    ],
  },
};

describe('timeSeries', () => {
  const records: RequestRecord[] = [];
  const result = simulate(makeScenario(day), { onRecord: (record) => records.push(record) });
  const series = result.timeSeries!;
  const { summary } = result;
  const total = (counts: readonly number[]) => counts.reduce((sum, n) => sum + n, 0);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value, k) => sum + value * (series.edges[k + 1] - series.edges[k]), 0) / 370;

  it('adds up to the summary', () => {
    const { requests, throughput, utilization, goodput } = summary;
    expect(total(series.arrived)).toBe(requests.arrived);
    expect(total(series.good)).toBe(requests.good);
    expect(total(series.rejected)).toBe(requests.rejected);
    expect(total(series.preemptions)).toBe(requests.preemptions);
    expect(mean(series.throughput.requestsPerSecond) / throughput.requestsPerSecond).toBeCloseTo(1, 5);
    expect(mean(series.throughput.outputTokensPerSecond) / throughput.outputTokensPerSecond).toBeCloseTo(1, 5);
    expect(mean(series.goodput.outputTokensPerSecond) / goodput.outputTokensPerSecond).toBeCloseTo(1, 5);
    expect(mean(series.gpuBusy) / utilization.gpuBusy).toBeCloseTo(1, 3);
    expect(mean(series.kvCache) / utilization.kvCacheMean).toBeCloseTo(1, 3);
    for (const { name } of result.scenario.traffic) {
      expect(total(series.byClass[name].good)).toBe(summary.classes[name].requests.good);
      expect(total(series.byClass[name].arrived)).toBe(summary.classes[name].requests.arrived);
    }
  });

  it('tells each interval as the records do', () => {
    series.arrived.forEach((arrived, k) => {
      const [from, to] = [series.edges[k], series.edges[k + 1]];
      const here = records.filter(({ arrivalSeconds: at }) => at >= from && at < to);
      expect(arrived).toBe(here.length);
      expect(series.good[k]).toBe(here.filter(({ good }) => good).length);
      const ended = records.filter(({ outcome, endSeconds: at }) => outcome === 'completed' && at >= from && at < to);
      expect(series.completed[k]).toBe(ended.length);
      const overlap = (start: number, end: number) => Math.max(0, Math.min(end, to) - Math.max(start, from));
      const inSystem = records.reduce(
        (sum, { arrivalSeconds, endSeconds }) =>
          sum + overlap(arrivalSeconds, Number.isNaN(endSeconds) ? 400 : endSeconds),
        0,
      );
      expect(series.queueLength[k] + series.running[k]).toBeCloseTo(inSystem / (to - from), 3);
      const ttft = here
        .filter(({ outcome }) => outcome === 'completed')
        .map((record) => 1000 * (record.firstTokenSeconds - record.arrivalSeconds))
        .sort((a, b) => a - b);
      const rank = (ttft.length - 1) / 2;
      expect(series.ttftMs.p50[k]!).toBeGreaterThanOrEqual(0.98 * ttft[Math.floor(rank)]);
      expect(series.ttftMs.p50[k]!).toBeLessThanOrEqual(1.02 * ttft[Math.ceil(rank)]);
    });
  });

  it('shows a spike where it was', () => {
    const { arrived } = series.byClass.code;
    const k = arrived.indexOf(Math.max(...arrived));
    expect(series.edges[k]).toBeGreaterThanOrEqual(130);
    expect(series.edges[k]).toBeLessThan(180);
  });

  it('is null when it is off, and changes nothing else', () => {
    const {
      timeSeries,
      scenario: _,
      simulation: __,
      ...off
    } = simulate(makeScenario({ ...day, timeSeries: { interval: 'off' } }));
    expect(timeSeries).toBeNull();
    expect(off).toEqual(Object.fromEntries(Object.keys(off).map((key) => [key, result[key as keyof typeof off]])));
  });

  it('merges intervals that would be too many, and says so', () => {
    const { timeSeries, warnings } = simulate(makeScenario({ ...day, timeSeries: { interval: 0.01 } }));
    expect(timeSeries!.arrived.length).toBeLessThanOrEqual(3000);
    expect(warnings).toContainEqual('timeSeries: intervals of 0.01 s would be too many; they are 0.16 s long');
    expect(result.warnings.join()).not.toContain('timeSeries');
  });

  it('holds means where there are several runs', () => {
    const seen: number[][] = [];
    const { timeSeries } = simulate(
      makeScenario({ ...day, timeSeries: {}, horizon: { requests: 900 }, replications: 3 }),
      {
        onReplication: (document) => seen.push(document.timeSeries!.arrived),
      },
    );
    const points = Math.min(...seen.map(({ length }) => length));
    expect(timeSeries!.arrived.length).toBe(points);
    for (let k = 0; k < points; k++) {
      expect(timeSeries!.arrived[k]).toBeCloseTo((seen[0][k] + seen[1][k] + seen[2][k]) / 3, 3);
    }
  });

  it('prints as CSV with a row per interval, and as lists on one line each in JSON', () => {
    const rows = renderSeriesCsv(result).trimEnd().split('\n');
    expect(rows.length).toBe(1 + series.arrived.length);
    expect(rows[0]).toMatch(/^startSeconds,endSeconds,arrived,.*ttftMs\.p50.*byClass\.code\.attainment$/);
    expect(rows[1]).toMatch(new RegExp(`^30,55,${series.arrived[0]},`));
    expect(renderSeriesCsv({ ...result, timeSeries: null })).toBe('startSeconds,endSeconds\n');
    const json = renderJson(result);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(result)));
    expect(json).toContain(`"arrived": [ ${series.arrived.join(', ')} ]`);
  });
});
