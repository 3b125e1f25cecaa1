import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import { Timeline } from '../../src/serving/timeline.js';
import { makeScenario } from '../support/scenarios.js';

const performance = { type: 'linear', base: '5ms', perSequence: '1ms', perPrefillToken: '100us', kvCapacity: 20_000 };
const pools = (prefill: number, decode: number) => [
  { role: 'prefill', replicas: prefill, performance },
  { role: 'decode', replicas: decode, performance },
];
const SWITCHING = { switching: { interval: '1s', prefillQueue: 2, decodeUse: 0.6 } };

/** Two minutes of requests; `states` says which instances changed, and to what. */
function serve(factory: object, input: number, output: number, rate: number, more: object = {}) {
  const records: RequestRecord[] = [];
  const timeline = new Timeline();
  const { summary } = simulate(
    makeScenario({
      horizon: { duration: 120 },
      traffic: [
        {
          arrivals: { process: 'poisson', rate },
          input: { distribution: 'fixed', value: input },
          output: { distribution: 'fixed', value: output },
        },
      ],
      factory,
      ...more,
    }),
    { checkInvariants: true, timeline, onRecord: (record) => void records.push(record) },
  );
  const { states } = timeline;
  return { summary, records, states, changes: states.filter(({ state }) => state.startsWith('drains')) };
}

describe('replicas that change between prefill and decode', () => {
  it('a decode replica helps where prompts wait, after it has drained', () => {
    // A prompt takes 105 ms: one prefill replica can do 9.5 a second, two can do 12.
    const stays = serve({ pools: pools(1, 3) }, 1000, 20, 12);
    const changes = serve({ pools: pools(1, 3), disaggregation: SWITCHING }, 1000, 20, 12);
    expect(changes.changes.map(({ state }) => state)).toContain('drains for prefill');
    expect(changes.changes.every(({ from, to }) => to >= from)).toBe(true);
    expect(changes.summary.requests.completed).toBeGreaterThan(1.2 * stays.summary.requests.completed);
    expect(changes.summary.ttftMs.p50!).toBeLessThan(0.2 * stays.summary.ttftMs.p50!);
  });

  it('the timeline shows a replica in one state at a time, from the first second to the last', () => {
    const { states } = serve({ pools: pools(1, 3), disaggregation: SWITCHING }, 1000, 20, 12);
    const until = [0, 0, 0, 0];
    for (const { instance, from, to } of states) {
      expect(from).toBe(until[instance]);
      until[instance] = to;
    }
    expect(until).toEqual([120, 120, 120, 120]);
  });

  it('a prefill replica helps where answers fill the memory', () => {
    const stays = serve({ pools: pools(3, 1) }, 100, 400, 12);
    const changes = serve({ pools: pools(3, 1), disaggregation: SWITCHING }, 100, 400, 12);
    expect(changes.changes.map(({ state }) => state)).toContain('drains for decode');
    expect(changes.summary.requests.completed).toBeGreaterThan(1.2 * stays.summary.requests.completed);
  });

  it('each side keeps one', () => {
    for (const [input, output] of [
      [1000, 20],
      [100, 400],
    ]) {
      const { changes, summary } = serve({ pools: pools(1, 1), disaggregation: SWITCHING }, input, output, 30);
      expect(changes).toEqual([]);
      expect(summary.requests.completed).toBeGreaterThan(100);
    }
  });

  it('a prompt that one side cannot hold is rejected at once, even where replicas stand by', () => {
    const small = { role: 'prefill', spares: 1, performance: { ...performance, kvCapacity: 300 } };
    const factory = { pools: [small, { role: 'decode', replicas: 2, performance }], disaggregation: SWITCHING };
    const { requests } = serve(factory, 400, 20, 1).summary;
    expect(requests.arrived).toBeGreaterThan(50);
    expect(requests.rejected).toBe(requests.arrived);
  });

  it('a replica that has changed takes as many of those who wait in front as it has places', () => {
    // The prefill side has one place, the others wait in front.
    const narrow = { role: 'prefill', performance, batching: { maxSequences: 1 } };
    const wide = { role: 'decode', replicas: 2, performance };
    const factory = {
      pools: [narrow, wide],
      disaggregation: { switching: { ...SWITCHING.switching, interval: '0.5s' } },
    };
    const { records, states } = serve(factory, 50, 2, 400, {
      router: { policy: 'central' },
      horizon: { requests: 400 },
    });
    const changed = states.find(({ state }) => state === 'drains for prefill');
    const together = records.filter(({ admittedSeconds }) => admittedSeconds === changed?.to);
    expect(together.length).toBeGreaterThan(10);
  });

  it('nothing changes where neither side is short', () => {
    expect(serve({ pools: pools(2, 2), disaggregation: SWITCHING }, 100, 20, 4).changes).toEqual([]);
  });
});

describe('replicas that change sides, and fail or are scaled', () => {
  const endedAfter = (records: RequestRecord[], seconds: number) =>
    records.filter(({ outcome, endSeconds }) => outcome === 'completed' && endSeconds > seconds);

  it('one takes over where the last of a side has failed, and gives up the caches that nobody would fetch', () => {
    const incidents = [{ at: 30, duration: 1000, pool: 'decode-2' }];
    const alone = serve({ pools: pools(2, 1) }, 1000, 20, 8, { faults: { incidents } });
    const { records, summary, changes } = serve({ pools: pools(2, 1), disaggregation: SWITCHING }, 1000, 20, 8, {
      faults: { incidents },
    });
    expect(endedAfter(alone.records, 31)).toEqual([]);
    expect(changes).toHaveLength(1);
    expect(endedAfter(records, 60).length).toBeGreaterThan(6 * 60);
    expect(summary.requests.preemptions).toBeGreaterThan(0);
  });

  it('one that starts does so where nobody is left', () => {
    // The only prefill replica fails, one of decode takes over; the other of decode fails just before the first comes back.
    const incidents = [
      { at: 10, duration: 20, pool: 'prefill-1' },
      { at: 29, duration: 1000, pool: 'decode-2', replicas: [0, 1] },
    ];
    const one = serve({ pools: pools(1, 2), disaggregation: SWITCHING, startup: '1s' }, 100, 20, 8, {
      faults: { incidents: [incidents[0]] },
    });
    const helper = one.changes[0].instance;
    const other = helper === 1 ? 1 : 0;
    const { records } = serve({ pools: pools(1, 2), disaggregation: SWITCHING, startup: '1s' }, 100, 20, 8, {
      faults: { incidents: [incidents[0], { ...incidents[1], replicas: [other] }] },
    });
    const late = endedAfter(records, 40);
    expect(late.length).toBeGreaterThan(7 * 60);
    expect(late.every(({ instance }) => instance === 0)).toBe(true);
  });

  it('the planner does not take the last of a side', () => {
    // Answers fill the memory, so one of two prefill replicas decodes when their pool is told to shrink to one.
    const planner = {
      policy: 'schedule',
      cooldown: 0,
      pools: { 'prefill-1': { max: 2, schedule: [{ at: 60, replicas: 1 }] } },
    };
    const { records, states, changes } = serve({ pools: pools(2, 2), disaggregation: SWITCHING }, 100, 400, 10, {
      planner,
    });
    const drained = states.find(({ state }) => state === 'draining')?.instance;
    expect(changes.map(({ instance }) => instance)).toContain(drained);
    expect(endedAfter(records, 80).length).toBeGreaterThan(100);
  });
});
