import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import { Timeline } from '../../src/serving/timeline.js';
import { makeScenario } from '../support/scenarios.js';

const performance = { type: 'linear', base: '5ms', perSequence: '1ms', perPrefillToken: '100us', kvCapacity: 20_000 };
const pools = (prefill: number, decode: number) => [
  { role: 'prefill', replicas: prefill, performance },
  { role: 'decode', replicas: decode, performance },
];
const SWITCHING = { switching: { interval: '1s', prefillQueue: 2, decodeUse: 0.6 } };

/** Two minutes of requests; `states` says which instances changed, and to what. */
function serve(factory: object, input: number, output: number, rate: number) {
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
    }),
    { checkInvariants: true, timeline },
  );
  const { states } = timeline;
  return { summary, states, changes: states.filter(({ state }) => state.startsWith('drains')) };
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

  it('nothing changes where neither side is short', () => {
    expect(serve({ pools: pools(2, 2), disaggregation: SWITCHING }, 100, 20, 4).changes).toEqual([]);
  });
});
