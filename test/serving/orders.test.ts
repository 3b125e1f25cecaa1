import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { makeScenario } from '../support/scenarios.js';

const fixed = (value: number) => ({ distribution: 'fixed', value });

/** One instance that serves one request at a time: 10 ms a step and 0.1 ms a prompt token. */
function serve(order: string | undefined, traffic: object[], horizon: object) {
  const records: RequestRecord[] = [];
  simulate(
    makeScenario({
      horizon,
      traffic,
      factory: {
        pools: [
          {
            batching: { maxSequences: 1, maxBatchedTokens: 10_000, order },
            performance: { type: 'linear', base: '10ms', perPrefillToken: '100us' },
          },
        ],
      },
    }),
    {
      checkInvariants: true,
      onRecord: (record) => {
        records.push(record);
      },
    },
  );
  return records;
}

/** Everybody sends at time 0. */
const together = (name: string, users: number, input: number, priority?: number) => ({
  name,
  priority,
  arrivals: { process: 'closed-loop', users },
  input: fixed(input),
  output: fixed(1),
});

/** Requests of 20 ms at 0.9 of what the instance can do, and a few long ones beside them: more than it can do. */
const flood = (longPriority: number) => [
  { name: 'short', arrivals: { process: 'poisson', rate: 45 }, input: fixed(100), output: fixed(1), priority: 1 },
  {
    name: 'long',
    arrivals: { process: 'poisson', rate: 3 },
    input: fixed(1000),
    output: fixed(1),
    priority: longPriority,
  },
];

describe('who is admitted first', () => {
  const names = (records: RequestRecord[]) => records.map((record) => record.class);
  const mixed = [together('long', 2, 300, -1), together('short', 2, 100, 0), together('middle', 1, 200, 5)];

  it('fcfs: as they come', () => {
    expect(names(serve('fcfs', mixed, { requests: 5 }))).toEqual(['long', 'long', 'short', 'short', 'middle']);
    expect(serve(undefined, mixed, { requests: 5 })).toEqual(serve('fcfs', mixed, { requests: 5 }));
  });

  it('shortest-first: the fewest prompt tokens', () => {
    expect(names(serve('shortest-first', mixed, { requests: 5 }))).toEqual([
      'short',
      'short',
      'middle',
      'long',
      'long',
    ]);
  });

  it('priority: the highest class', () => {
    expect(names(serve('priority', mixed, { requests: 5 }))).toEqual(['middle', 'short', 'short', 'long', 'long']);
  });

  it('fcfs starves nobody: admissions are in order of arrival, also in overload', () => {
    const records = serve('fcfs', flood(0), { duration: 20 });
    const admitted = records.filter(({ admittedSeconds }) => !Number.isNaN(admittedSeconds)).map(({ id }) => id);
    expect(admitted.length).toBeGreaterThan(500);
    expect(admitted).toEqual([...admitted].sort((a, b) => a - b));
  });

  it('the other orders may starve: in overload those in front hold up the rest for as long as they come', () => {
    for (const order of ['shortest-first', 'priority']) {
      const records = serve(order, flood(0), { duration: 20 });
      const share = (name: string) => {
        const all = records.filter((record) => record.class === name);
        return all.filter((record) => record.outcome === 'completed').length / all.length;
      };
      expect(share('short')).toBeGreaterThan(0.99);
      expect(share('long')).toBeLessThan(0.5);
    }
  });
});
