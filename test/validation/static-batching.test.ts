import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

/** Every batch takes five steps of 10 ms, however many are in it: a server with bulk service. */
const SERVICE = 0.05;

function serve({ arrivals, places, maxWait, requests, seed = 1 }: Record<string, unknown>) {
  const records: RequestRecord[] = [];
  const { summary } = simulate(
    makeScenario({
      seed,
      horizon: { requests },
      traffic: [{ arrivals, input: { distribution: 'fixed', value: 1 }, output: { distribution: 'fixed', value: 5 } }],
      factory: {
        pools: [
          {
            batching: { policy: 'static', maxSequences: places, maxBatchedTokens: 8192, maxWait },
            performance: { type: 'linear', base: '10ms' },
          },
        ],
      },
    }),
    {
      onRecord: (record) => {
        records.push(record);
      },
    },
  );
  return { records, summary };
}

const poisson = (rate: number) => ({ process: 'poisson', rate });

/** Mean of six runs. */
function meanWait(rate: number, places: number): number {
  const waits = [1, 2, 3, 4, 5, 6].map(
    (seed) => serve({ arrivals: poisson(rate), places, requests: 30_000, seed }).summary.queueMs.mean as number,
  );
  return waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 1000;
}

/** P(A = n) for Poisson arrivals during one service, n = 0 .. 199. */
function arrivalsPerService(rate: number): number[] {
  const probabilities = [Math.exp(-rate * SERVICE)];
  for (let n = 1; n < 200; n++) probabilities.push((probabilities[n - 1] * rate * SERVICE) / n);
  return probabilities;
}

/**
 * Mean wait of M/D/1 with bulk service of 1 to `places`: the chain of those left behind when a service starts, iterated to its
 * stationary distribution; waiting per cycle over arrivals per cycle.
 */
function bulkServiceWait(rate: number, places: number): number {
  const comes = arrivalsPerService(rate);
  let left = [1, ...new Array<number>(199).fill(0)];
  for (let round = 0; round < 2000; round++) {
    const next = new Array<number>(200).fill(0);
    left.forEach((probability, behind) => {
      if (probability < 1e-15) return;
      comes.forEach((coming, n) => {
        next[Math.min(199, Math.max(0, behind + n - places))] += probability * coming;
      });
    });
    left = next;
  }
  const meanLeft = left.reduce((sum, probability, n) => sum + probability * n, 0);
  const idle = left[0] * comes[0];
  return (meanLeft * SERVICE + (rate * SERVICE ** 2) / 2) / (rate * SERVICE + idle);
}

describe('static batching', () => {
  it('a batch without limit: mean wait is the residual of a service, for those who meet one', () => {
    const rate = 60;
    const perService = rate * SERVICE;
    const theory = ((perService / (perService + Math.exp(-perService))) * SERVICE) / 2;
    expect(meanWait(rate, 4096) / theory).toBeCloseTo(1, 2);
    expect(bulkServiceWait(rate, 4096) / theory).toBeCloseTo(1, 6);
  });

  it('bulk service of at most four at 75 % load: mean wait within 1 % of theory', () => {
    const wait = meanWait(60, 4);
    const theory = bulkServiceWait(60, 4);
    expect(Math.abs(wait / theory - 1), `${wait} against ${theory}`).toBeLessThan(0.01);
  });

  it('nobody joins a batch, and the first waits for company no longer than maxWait', () => {
    const users = { process: 'closed-loop', users: 3 };
    const ends = (maxWait: string) =>
      serve({ arrivals: users, places: 2, maxWait, requests: 3 }).records.map(({ endSeconds }) =>
        Number((endSeconds * 1000).toFixed(6)),
      );
    // Two fill a batch at once; the third is alone, and has waited long enough when the batch has ended, or not.
    expect(ends('30ms')).toEqual([50, 50, 100]);
    expect(ends('70ms')).toEqual([50, 50, 120]);
  });
});
