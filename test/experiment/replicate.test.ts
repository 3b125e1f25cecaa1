import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import { InputError } from '../../src/scenario/input-error.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';
import { makeScenario } from '../support/scenarios.js';

const TOKENS = 50;
const STEP = 0.0002;
const LOAD = 0.3;

/** An M/M/1 queue, but for lengths in whole tokens: one server that answers `TOKENS` on average, `STEP` seconds each. */
function queue(changes: object = {}): ScenarioInput {
  return {
    horizon: { requests: 150, warmup: 0.3 },
    traffic: [
      {
        arrivals: { process: 'poisson', rate: LOAD / (TOKENS * STEP) },
        input: { distribution: 'fixed', value: 1 },
        output: { distribution: 'geometric', mean: TOKENS },
      },
    ],
    factory: {
      pools: [{ batching: { maxSequences: 1, maxBatchedTokens: 16 }, performance: { type: 'linear', base: STEP } }],
    },
    ...changes,
  } as ScenarioInput;
}

describe('replications', () => {
  it('leave no mark on a result when there is one', () => {
    const bytes = (input: ScenarioInput) => {
      const { simulation, ...document } = simulate(input);
      return JSON.stringify({ ...document, events: simulation.events });
    };
    expect(bytes(queue({ replications: 1 }))).toBe(bytes(queue()));
    expect(bytes(queue())).not.toMatch(/"(replications|intervals|metric)"/);
  });

  it('use streams of their own: the first is the single run, and no two are equal', () => {
    const seen: number[] = [];
    const single = simulate(queue({ horizon: { requests: 150 } })).summary.e2eMs.mean!;
    const two = simulate(queue({ horizon: { requests: 150 }, replications: 2 }), {
      onRecord: ({ arrivalSeconds }) => seen.push(arrivalSeconds),
    });
    expect(two.summary.e2eMs.mean).not.toBe(single);
    expect(two.intervals!.e2eMs.mean).toBeGreaterThan(0);
    // Only the first replication is recorded, request by request.
    expect(seen).toHaveLength(150);
  });

  it('mirror every figure of the summary, and no words', () => {
    const { summary, intervals } = simulate(queue({ replications: 3 }));
    const figures = (value: object, prefix = ''): string[] =>
      Object.entries(value).flatMap(([key, entry]) =>
        typeof entry === 'object' && entry !== null
          ? figures(entry, `${prefix}${key}.`)
          : typeof entry === 'string' || typeof entry === 'boolean'
            ? []
            : [`${prefix}${key}`],
      );
    expect(figures(intervals!)).toEqual(figures(summary));
    expect(intervals!.utilization.averageGpus).toBe(0);
    expect(summary.utilization.averageGpus).toBe(1);
  });

  it('hold expectations against the means', () => {
    const { expectations, summary } = simulate(
      queue({ replications: 3, expect: [{ metric: 'e2eMs.mean', max: 1000 }] }),
    );
    expect(expectations[0].value).toBe(summary.e2eMs.mean);
  });

  it('say so when nothing in the scenario is random', () => {
    const traffic = [
      {
        arrivals: { process: 'constant', rate: 10 },
        input: { distribution: 'fixed', value: 1 },
        output: { distribution: 'fixed', value: 5 },
      },
    ];
    expect(simulate(queue({ traffic, replications: 3 })).warnings.join()).toContain(
      'nothing in the scenario is random',
    );
  });

  it('count a warning of some runs once', () => {
    const { warnings } = simulate(queue({ replications: 3 }));
    expect(warnings.filter((text) => text.includes('p99 rests on'))).toHaveLength(1);
  });
});

describe('precision', () => {
  it('replicates until the interval is as narrow as asked', () => {
    const { summary, intervals, replications } = simulate(queue({ precision: { target: '4%', metric: 'e2eMs.mean' } }));
    expect(intervals!.e2eMs.mean! / summary.e2eMs.mean!).toBeLessThanOrEqual(0.04);
    expect(replications).toBeGreaterThanOrEqual(10);
    expect(replications).toBeLessThan(100);
  });

  it('ends at maxReplications and says what was reached', () => {
    const { replications, warnings } = simulate(
      queue({ precision: { target: '0.1%', metric: 'e2eMs.p99', maxReplications: 12 } }),
    );
    expect(replications).toBe(12);
    expect(warnings.join()).toMatch(/e2eMs.p99 is not known to 0.1 % after 12 runs: the interval reaches \d/);
  });

  it('takes a bare share for the mean TTFT', () => {
    expect(makeScenario(queue({ precision: '5%' })).precision).toEqual({
      target: 0.05,
      metric: 'ttftMs.mean',
      maxReplications: 100,
    });
  });

  it('resolves to itself', () => {
    const scenario = makeScenario(queue({ precision: '5%', replications: 20 }));
    expect(makeScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
  });

  it('refuses a metric that does not exist before anything runs', () => {
    const run = () => simulate(queue({ precision: { target: '5%', metric: 'ttftMs.p98' } }));
    expect(run).toThrow(InputError);
    expect(run).toThrow(/precision.metric: is not a metric of the summary \(found ttftMs.p98/);
  });

  it.each(['5', 'five', '-1%', '0%', 0.9])('refuses %s as a share', (precision) => {
    expect(() => simulate(queue({ precision }))).toThrow(/precision: .*0.01% to 50%/);
  });
});
