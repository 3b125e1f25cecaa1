import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import { openTraceEvents } from '../../src/report/trace-events.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { Timeline } from '../../src/serving/timeline.js';
import { everythingAtOnce, makeScenario, randomScenario } from '../support/scenarios.js';

interface Event {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  cat: string;
  id: number;
  args: Record<string, unknown>;
}

const folder = mkdtempSync(join(tmpdir(), 'goodput-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

function traced(scenario: Scenario, fromSeconds = 0, toSeconds = Number.POSITIVE_INFINITY): Event[] {
  const path = join(folder, 'timeline.json');
  const trace = openTraceEvents({ path, fromSeconds, toSeconds }, scenario);
  simulate(scenario, { timeline: trace.timeline });
  expect(trace.commit()).toBeUndefined();
  return (JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: Event[] }).traceEvents;
}

const performance = { type: 'linear', base: '10ms', perSequence: '1ms', perPrefillToken: '100us', kvCapacity: 100_000 };
const disaggregated = makeScenario({
  horizon: { requests: 1 },
  traffic: [
    {
      name: 'chat',
      arrivals: { process: 'closed-loop', users: 1 },
      input: { distribution: 'fixed', value: 100 },
      output: { distribution: 'fixed', value: 3 },
    },
  ],
  factory: {
    pools: [
      { name: 'p', role: 'prefill', performance },
      { name: 'd', role: 'decode', performance },
    ],
    transfer: { latency: '2ms' },
  },
});

describe('timeline in the Chrome trace format', () => {
  it('shows one request on its way, computed by hand', () => {
    const events = traced(disaggregated);
    // 10 ms + 100 tokens of 0.1 ms; 2 ms to move; two steps of 11 ms.
    expect(events.filter(({ cat }) => cat === 'step')).toEqual([
      {
        ph: 'X',
        name: 'prefill',
        cat: 'step',
        pid: 1,
        tid: 1,
        ts: 0,
        dur: 20_000,
        args: { steps: 1, sequences: 0, contextTokens: 0, promptTokens: 100 },
      },
      {
        ph: 'X',
        name: 'decode',
        cat: 'step',
        pid: 2,
        tid: 1,
        ts: 22_000,
        dur: 22_000,
        args: { steps: 2, sequences: 1, contextTokens: 100, promptTokens: 0 },
      },
    ]);
    const request = events.filter(({ cat }) => cat === 'chat').map(({ ph, name, ts }) => `${ph} ${name} ${ts / 1000}`);
    expect(request).toEqual([
      'b request 0 0',
      'b prefill 0',
      'e prefill 20',
      'b transfer 20',
      'e transfer 22',
      'b decode 22',
      'e decode 44',
      'e request 0 44',
    ]);
    const names = events.filter(({ name }) => name === 'process_name').map(({ args }) => args.name);
    expect(names).toEqual(['requests', 'p 1', 'd 1']);
  });

  it('shows what breaks, what starts and what is slow, and where the request goes meanwhile', () => {
    const events = traced(
      makeScenario({
        ...disaggregated,
        factory: {
          startup: '10ms',
          pools: [
            { name: 'p', role: 'prefill', performance },
            { name: 'd', role: 'decode', spares: 1, performance },
          ],
          transfer: { latency: '2ms' },
        },
        faults: {
          incidents: [
            { at: '25ms', duration: '1s', pool: 'd', replicas: [0] },
            { at: '5ms', duration: '10ms', pool: 'p', slowdown: 1.5 },
          ],
        },
      }),
    );
    const spans = (tid: number) =>
      events
        .filter((event) => event.ph === 'X' && event.tid === tid)
        .map(({ name, pid, ts, dur }) => `${pid} ${name} ${ts / 1000}-${(ts + dur) / 1000}`)
        .sort();
    // Decode fails at 25 ms, in the first step after 22; the prompt and its token are computed again (10 + 10.1 ms) while the spare
    // starts until 35, to which they move from 45.1 to 47.1 ms; one step of 11 ms.
    expect(spans(2)).toEqual(
      [
        '1 active 0-58.1',
        '2 active 0-25',
        '2 down 25-58.1',
        '3 active 35-58.1',
        '3 spare 0-25',
        '3 starting 25-35',
      ].sort(),
    );
    expect(spans(3)).toEqual(['1 1.5 times slower 5-15']);
    const request = events
      .filter(({ cat, ph }) => cat === 'chat' && ph === 'b')
      .map(({ name, ts }) => [name, ts / 1000]);
    expect(request.slice(1)).toEqual([
      ['prefill', 0],
      ['transfer', 20],
      ['decode', 22],
      ['prefill', 25],
      ['transfer', 45.1],
      ['decode', 47.1],
    ]);
  });

  it('is well-formed on random scenarios: spans nest and follow each other, steps never overlap', () => {
    fc.assert(
      fc.property(fc.oneof(randomScenario, everythingAtOnce), (scenario) => {
        const open = new Map<number, string[]>();
        const last = new Map<string, number>();
        const counters = new Map<string, number>();
        for (const { ph, name, pid, tid, ts, dur, id } of traced(scenario)) {
          if (ph === 'X') {
            const track = `${pid}/${tid}`;
            // Both are rounded to nanoseconds.
            if (ts < (last.get(track) ?? 0) - 0.0021 || dur < 0) throw new Error(`${track}: ${name} at ${ts} us`);
            last.set(track, ts + dur);
          } else if (ph === 'C') {
            if (ts < (counters.get(`${pid}/${name}`) ?? 0)) throw new Error(`${name} at ${ts} us`);
            counters.set(`${pid}/${name}`, ts);
          } else if (ph === 'b' || ph === 'e') {
            const stack = open.get(id) ?? [];
            open.set(id, stack);
            if (ts < (last.get(`id ${id}`) ?? 0)) throw new Error(`request ${id}: ${name} at ${ts} us`);
            last.set(`id ${id}`, ts);
            if (ph === 'b') stack.push(name);
            else if (stack.pop() !== name) throw new Error(`request ${id}: ${name} ends, and has not begun`);
          }
        }
        for (const stack of open.values()) expect(stack).toEqual([]);
      }),
      { numRuns: 15, seed: 20261123 },
    );
  });

  it('keeps what overlaps the window, and no more than the limit', () => {
    const all = traced(disaggregated);
    const part = traced(disaggregated, 0.021, 0.0215);
    expect(part.filter(({ cat }) => cat === 'step')).toEqual([]);
    expect(part.filter(({ cat }) => cat === 'chat')).toEqual(all.filter(({ cat }) => cat === 'chat'));
    const timeline = new Timeline(0, Number.POSITIVE_INFINITY, 3);
    simulate(disaggregated, { timeline });
    expect(timeline.steps.length + timeline.loads.length + timeline.states.length).toBeLessThanOrEqual(3);
    expect(timeline.fullAt).toBeGreaterThan(0);
  });

  it('watching changes nothing', () => {
    const [scenario] = fc.sample(randomScenario, { numRuns: 1, seed: 5 });
    expect(simulate(scenario, { timeline: new Timeline() }).summary).toEqual(simulate(scenario).summary);
  });
});
