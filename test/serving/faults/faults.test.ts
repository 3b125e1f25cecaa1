import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/engine/random.js';
import { simulate } from '../../../src/experiment/simulate.js';
import type { RequestRecord } from '../../../src/metrics/recorder.js';
import type { ScenarioInput } from '../../../src/scenario/schema.js';
import { drawSeconds } from '../../../src/serving/faults/index.js';
import { Timeline } from '../../../src/serving/timeline.js';
import { makeScenario } from '../../support/scenarios.js';

/** Steps of 10 ms, whatever is in them. */
const base = {
  horizon: { requests: 1 },
  traffic: [
    {
      arrivals: { process: 'constant', rate: 1 },
      input: { distribution: 'fixed', value: 100 },
      output: { distribution: 'fixed', value: 101 },
    },
  ],
  factory: { pools: [{ name: 'p', replicas: 2 }], startup: 5, performance: { type: 'linear', base: 0.01 } },
};

function run(changes: object) {
  const records: RequestRecord[] = [];
  const document = simulate(makeScenario({ ...base, ...changes }) as ScenarioInput, {
    checkInvariants: true,
    onRecord: (record) => {
      records.push(record);
    },
  });
  return { ...document, records };
}

const arrival = run({}).records[0].arrivalSeconds;
/** One of two replicas, the one that gets the only request, fails in the middle of the 51st step. */
const incident = { at: arrival + 0.505, duration: 60, replicas: [0] };

describe('a replica that fails under a request', () => {
  it('loses the running step; the answer so far is computed anew elsewhere, as one prompt', () => {
    const { records, summary } = run({ faults: { incidents: [incident] } });
    // 50 steps were done; the prompt with 50 tokens of answer is one more, which yields a token, and 50 follow.
    expect(records[0].endSeconds).toBeCloseTo(arrival + 0.505 + 0.01 * 51, 9);
    expect(records[0].firstTokenSeconds).toBeCloseTo(arrival + 0.01, 9);
    expect(summary.requests).toMatchObject({ completed: 1, retries: 1, failed: 0 });
    expect(summary.tokens.outputProduced).toBe(101);
  });

  it('begins the answer anew where clients cannot resume', () => {
    const { records, summary } = run({ faults: { incidents: [incident], recovery: 'restart' } });
    expect(records[0].firstTokenSeconds).toBeCloseTo(arrival + 0.505 + 0.01, 9);
    expect(records[0].endSeconds).toBeCloseTo(arrival + 0.505 + 0.01 * 101, 9);
    expect(summary.tokens.outputProduced).toBe(151);
    expect(summary.tokens.outputCompleted).toBe(101);
  });

  it('ends it when it has been tried often enough', () => {
    const { records, summary } = run({ faults: { incidents: [incident], retries: 0 } });
    expect(records[0]).toMatchObject({ outcome: 'failed', outputTokens: 50 });
    expect(summary.requests).toMatchObject({ completed: 0, failed: 1 });
  });

  it('is replaced by a spare after a start-up, and becomes the spare when it is repaired', () => {
    const pools = [{ name: 'p', replicas: 1, spares: 1 }];
    const { records, summary } = run({ factory: { ...base.factory, pools }, faults: { incidents: [incident] } });
    expect(records[0].endSeconds).toBeCloseTo(arrival + 0.505 + 5 + 0.01 * 51, 9);
    expect(summary.gpuHours!.starting * 3600).toBeCloseTo(5, 9);
  });

  it('shows in the time series what is broken, and what starts again', () => {
    const { timeSeries } = run({
      horizon: { duration: 100 },
      timeSeries: { interval: 10 },
      faults: { incidents: [{ at: 20, duration: 25, replicas: [0] }] },
      factory: { ...base.factory, startup: 10 },
    });
    // Broken from 20 to 45 s, starting until 55 s.
    expect(timeSeries?.gpusBroken).toEqual([0, 0, 1, 1, 0.5, 0, 0, 0, 0, 0]);
    expect(timeSeries?.gpusStarting).toEqual([0, 0, 0, 0, 0.5, 0.5, 0, 0, 0, 0]);
    expect(timeSeries?.gpus).toEqual(Array.from({ length: 10 }, () => 2));
  });

  it('lets requests wait while none is left', () => {
    const pools = [{ name: 'p', replicas: 1 }];
    const { records } = run({
      factory: { ...base.factory, pools },
      faults: { incidents: [{ ...incident, duration: 3 }] },
    });
    expect(records[0].endSeconds).toBeCloseTo(arrival + 0.505 + 3 + 5 + 0.01 * 51, 9);
  });
});

describe('a straggler', () => {
  it('takes longer from the next step boundary on, and recovers at one', () => {
    const pools = [{ name: 'p', replicas: 1 }];
    const slow = { at: arrival + 0.505, duration: 0.2, slowdown: 3 };
    const { records } = run({ factory: { ...base.factory, pools }, faults: { incidents: [slow] } });
    // 51 steps at speed; slow ones until the first boundary at or after 0.705 s: seven of 30 ms; 43 at speed.
    expect(records[0].endSeconds).toBeCloseTo(arrival + 0.51 + 7 * 0.03 + 43 * 0.01, 9);
  });
});

describe('hardware', () => {
  it('is down for MTTR / (MTBF + MTTR) of the time', () => {
    const { summary } = run({
      horizon: { duration: 4e5 },
      traffic: [{ ...base.traffic[0], arrivals: { process: 'constant', rate: 0.001 } }],
      factory: { ...base.factory, startup: 0, pools: [{ name: 'p', replicas: 20 }] },
      faults: { gpu: { mtbf: 900, mttr: 100 } },
    });
    expect(summary.gpuHours!.down / summary.gpuHours!.provisioned).toBeCloseTo(0.1, 2);
  });

  it.each(['exponential', 'weibull'] as const)('lives as long as its mean on average: %s', (distribution) => {
    const random = randomStream(1, 0, 'faults');
    let sum = 0;
    for (let i = 0; i < 40_000; i++) sum += drawSeconds({ distribution, meanSeconds: 50, shape: 0.7 }, random);
    expect(sum / 40_000 / 50).toBeCloseTo(1, 1);
  });

  it('of a weibull law varies as its shape says: less than exponential above 1, more below', () => {
    // CV^2 = Gamma(1 + 2/k) / Gamma(1 + 1/k)^2 - 1.
    for (const [shape, cv] of [
      [0.5, Math.sqrt(5)],
      [2, Math.sqrt(4 / Math.PI - 1)],
    ]) {
      const random = randomStream(1, 0, 'faults');
      const drawn = Array.from({ length: 100_000 }, () =>
        drawSeconds({ distribution: 'weibull', meanSeconds: 50, shape }, random),
      );
      const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
      const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
      expect(Math.sqrt(variance) / mean / cv).toBeCloseTo(1, 1);
    }
  });
});

describe('racks and nodes', () => {
  /** When each of six replicas of four GPUs is down, on nodes of eight and racks of two nodes. */
  function outages(kind: 'node' | 'rack') {
    const timeline = new Timeline();
    simulate(
      makeScenario({
        ...base,
        horizon: { duration: 2000 },
        factory: { ...base.factory, pools: [{ name: 'p', replicas: 6, parallelism: { tp: 4 } }] },
        faults: {
          node: { mtbf: kind === 'node' ? 300 : '100d', mttr: 20 },
          [kind]: { mtbf: 300, mttr: 20, ...RACK[kind] },
        },
      }),
      { timeline, checkInvariants: true },
    );
    const begins = Array.from({ length: 6 }, (_, replica) =>
      timeline.states.filter(({ instance, state }) => instance === replica && state === 'down').map(({ from }) => from),
    );
    expect(Math.min(...begins.map((times) => times.length))).toBeGreaterThan(0);
    return begins;
  }
  const RACK = { node: {}, rack: { nodes: 2 } };

  it('take all replicas on them at the same instant, and no others', () => {
    const [a, b, c, d, e, f] = outages('rack');
    for (const other of [b, c, d]) expect(other).toEqual(a);
    expect(f).toEqual(e);
    expect(a.filter((time) => e.includes(time))).toEqual([]);
  });

  it('a node takes less than its rack', () => {
    const [a, b, c, d] = outages('node');
    expect(b).toEqual(a);
    expect(d).toEqual(c);
    expect(a.filter((time) => c.includes(time))).toEqual([]);
  });
});

describe('prompts and answers apart: what survives', () => {
  /** One prompt of 10 ms, 1 ms of transfer and 100 steps of 10 ms; `seconds` after its arrival a replica of `pool` fails. */
  function fail(pool: string, seconds: number) {
    const { records, summary } = run({
      factory: {
        ...base.factory,
        pools: ['prefill', 'decode'].map((role) => ({ name: role, role, replicas: 2 })),
        transfer: { latency: '1ms' },
      },
      faults: { incidents: [{ at: arrival + seconds, duration: 60, pool, replicas: [0] }] },
    });
    return { milliseconds: (records[0].endSeconds - arrival) * 1000, retries: summary.requests.retries };
  }

  it('a cache on its way to a replica that fails is sent again from where it was computed', () => {
    expect(fail('decode', 0.0105).milliseconds).toBeCloseTo(10.5 + 1 + 1000, 6);
    expect(fail('decode', 0.0105).retries).toBe(0);
  });

  it('a cache whose source fails is computed again: it holds the first token, which comes with it', () => {
    expect(fail('prefill', 0.0105).milliseconds).toBeCloseTo(10.5 + 10 + 1 + 100 * 10, 6);
    expect(fail('prefill', 0.0105).retries).toBe(1);
  });

  it('once it has landed, the source is not needed', () => {
    expect(fail('prefill', 0.0115)).toEqual({ milliseconds: expect.closeTo(10 + 1 + 1000, 6), retries: 0 });
  });

  it('of an answer under way only its tokens are left: prompt and answer so far are one prompt', () => {
    // 50 steps have ended.
    expect(fail('decode', 0.5115).milliseconds).toBeCloseTo(511.5 + 10 + 1 + 490, 6);
  });
});

describe('a user with a deadline', () => {
  it('leaves at the next step boundary, and what was produced is not an answer', () => {
    const traffic = [{ ...base.traffic[0], deadline: { end: 0.505 } }];
    const { records, summary } = run({ traffic });
    expect(records[0]).toMatchObject({ outcome: 'cancelled', outputTokens: 51 });
    expect(records[0].endSeconds).toBeCloseTo(arrival + 0.51, 9);
    expect(summary.requests).toMatchObject({ completed: 0, cancelled: 1 });
  });

  it('who only waits for the first token stays once it is there', () => {
    const traffic = [{ ...base.traffic[0], deadline: '20ms' }];
    expect(run({ traffic }).summary.requests).toMatchObject({ completed: 1, cancelled: 0 });
  });
});
