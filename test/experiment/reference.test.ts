import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import type { TimeSeries } from '../../src/metrics/series/time-series.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { everythingAtOnce, randomScenario } from '../support/scenarios.js';

function run(scenario: Scenario, reference: boolean) {
  const records: RequestRecord[] = [];
  const result = simulate(scenario, {
    reference,
    checkInvariants: true,
    onRecord: (record) => {
      records.push(record);
    },
  });
  return { records, summary: result.summary, series: result.timeSeries };
}

function expectSame(scenario: Scenario): void {
  const fast = run(scenario, false);
  const reference = run(scenario, true);
  const order = (records: RequestRecord[]) => records.map(({ id, outcome, instance }) => [id, outcome, instance]);
  expect(order(fast.records)).toEqual(order(reference.records));
  fast.records.forEach((record, i) => {
    const other = reference.records[i];
    for (const key of ['arrivalSeconds', 'admittedSeconds', 'firstTokenSeconds', 'endSeconds'] as const) {
      if (Number.isNaN(record[key]) && Number.isNaN(other[key])) continue;
      expect(Math.abs(record[key] - other[key])).toBeLessThanOrEqual(1e-9 * Math.max(other[key], 1e-3));
    }
    expect([record.outputTokens, record.preemptions, record.cachedTokens, record.good]).toEqual([
      other.outputTokens,
      other.preemptions,
      other.cachedTokens,
      other.good,
    ]);
  });
  expectSameSeries(fast.series, reference.series);
  expect(fast.summary.tokens).toEqual(reference.summary.tokens);
  expect(fast.summary.requests).toEqual(reference.summary.requests);
  for (const metric of ['gpuBusy', 'kvCacheMean', 'kvCachePeak', 'prefixHitRate'] as const) {
    expect(fast.summary.utilization[metric]).toBeCloseTo(reference.summary.utilization[metric], 9);
  }
  if (reference.summary.itlMs.mean !== null) {
    expect(fast.summary.itlMs.mean! / reference.summary.itlMs.mean).toBeCloseTo(1, 9);
    // Gaps on the edge of a bucket of the histogram may fall to either side.
    expect(fast.summary.itlMs.p50! / reference.summary.itlMs.p50!).toBeCloseTo(1, 2);
  }
}

/** Counts of whole steps may fall to either side of an edge that a step ends on. */
function expectSameSeries(fast: TimeSeries | null, reference: TimeSeries | null): void {
  if (fast === null || reference === null) {
    expect(fast).toBe(reference);
    return;
  }
  expect(fast.edges.length).toBe(reference.edges.length);
  for (const key of ['arrived', 'completed', 'good', 'rejected', 'preemptions'] as const) {
    expect(fast[key]).toEqual(reference[key]);
  }
  for (const key of ['queueLength', 'running', 'kvCache', 'gpuBusy'] as const) {
    fast[key].forEach((value, k) => {
      expect(Math.abs(value - reference[key][k])).toBeLessThanOrEqual(1e-5 * (reference[key][k] + 1e-3));
    });
  }
  fast.throughput.outputTokensPerSecond.forEach((value, k) => {
    expect(value / (reference.throughput.outputTokensPerSecond[k] || 1)).toBeCloseTo(value === 0 ? 0 : 1, 5);
  });
}

describe('fast mode', () => {
  it('equals reference mode on 200 random scenarios, and both obey every invariant', () => {
    fc.assert(fc.property(randomScenario, expectSame), { numRuns: 200, seed: 20261122, endOnFailure: true });
  }, 180_000);

  it('equals reference mode on 80 random scenarios that use everything at once', () => {
    fc.assert(fc.property(everythingAtOnce, expectSame), { numRuns: 80, seed: 1, endOnFailure: true });
  }, 180_000);
});
