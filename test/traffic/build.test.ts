import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { InputError } from '../../src/scenario/input-error.js';
import { trafficSchema } from '../../src/scenario/traffic-schema.js';
import { buildDemand } from '../../src/traffic/build.js';
import type { ClassDemand } from '../../src/traffic/demand.js';
import { expectWithinStandardErrors, overReplications } from './statistics.js';

const trace = `TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:00,100,10
2023-11-16 18:17:01,200,40
2023-11-16 18:17:04,300,20
2023-11-16 18:17:10,400,30`;

const files: Record<string, string> = {
  'trace.csv': trace,
  'burst.csv': trace.replaceAll(/18:17:\d\d/g, '18:17:00'),
  'lengths.csv': 'tokens\n5\n6\n7\n',
};

type TrafficClass = z.input<typeof trafficSchema>[number];

function build(traffic: TrafficClass[], seed = 1, replication = 0): ClassDemand[] {
  const openFile = (path: string) => {
    if (path in files) return [files[path]];
    throw new InputError({ message: 'no such file', file: path });
  };
  return buildDemand(trafficSchema.parse(traffic), { seed, replication, openFile });
}

function chat(changes: Partial<TrafficClass> = {}): TrafficClass {
  return {
    name: 'chat',
    arrivals: { process: 'gamma', rate: 12, cv: 2.5 },
    input: { distribution: 'lognormal', mean: 1024, cv: 1.2, max: 32768 },
    output: { distribution: 'lognormal', mean: 256, cv: 0.9, max: 4096 },
    ...changes,
  };
}

/** The first requests of a class: arrival or think time, input, output. */
function requests({ source }: ClassDemand, count = 200): [number, number, number][] {
  const drawn: [number, number, number][] = [];
  while (drawn.length < count) {
    if (source.kind === 'open') {
      if (!source.next()) break;
      drawn.push([source.arrivalSeconds, source.inputTokens, source.outputTokens]);
    } else {
      source.draw();
      drawn.push([source.kind === 'closed' ? source.thinkSeconds() : 0, source.inputTokens, source.outputTokens]);
    }
  }
  return drawn;
}

const users = (
  think: Extract<TrafficClass['arrivals'], { process: 'closed-loop' }>['think'],
): Partial<TrafficClass> => ({
  arrivals: { process: 'closed-loop', users: 8, think },
});
const traced = (scale: object = {}, changes: Partial<TrafficClass> = {}): TrafficClass =>
  chat({
    arrivals: { process: 'trace', file: 'trace.csv', format: 'azure', ...scale },
    input: undefined,
    output: undefined,
    ...changes,
  });

describe('demand', () => {
  const others: TrafficClass[] = [
    chat({ name: 'batch', arrivals: { process: 'poisson', rate: 3 } }),
    chat({ name: 'agents', ...users({ distribution: 'exponential', mean: 5 }) }),
    chat({ name: 'chat/input', output: { distribution: 'geometric', mean: 9 } }),
    traced({}, { name: 'replay' }),
  ];
  const alone = requests(build([chat()])[0]);

  it('of a class is the same whatever classes stand beside it, in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(others), fc.nat(4), (subset, position) => {
        const at = Math.min(position, subset.length);
        const demand = build([...subset.slice(0, at), chat(), ...subset.slice(at)]);
        // Drawn in turns, so that a shared stream would show.
        for (const entry of demand) if (entry.name !== 'chat') requests(entry, 3);
        expect(requests(demand[at])).toEqual(alone);
      }),
    );
  });

  it('keeps its arrivals and prompts when its answers change', () => {
    const changed = requests(build([chat({ output: { distribution: 'fixed', value: 7 } })])[0]);
    expect(changed.map(([arrival, input]) => [arrival, input])).toEqual(
      alone.map(([arrival, input]) => [arrival, input]),
    );
    expect(new Set(changed.map(([, , output]) => output))).toEqual(new Set([7]));
  });

  it('scales with the rate and nothing else: common random numbers', () => {
    const faster = requests(build([chat({ arrivals: { process: 'gamma', rate: 24, cv: 2.5 } })])[0]);
    faster.forEach(([arrival, input, output], i) => {
      expect(arrival).toBeCloseTo(alone[i][0] / 2, 9);
      expect([input, output]).toEqual(alone[i].slice(1));
    });
  });

  it('differs between seeds, replications and classes', () => {
    const firsts = [build([chat()]), build([chat()], 2), build([chat()], 1, 1), build([chat({ name: 'other' })])].map(
      ([demand]) => requests(demand, 1)[0][0],
    );
    expect(new Set(firsts).size).toBe(4);
  });

  it('has streams that are independent: arrivals, prompts and answers do not correlate', () => {
    const correlations = overReplications(40, (replication) => {
      const drawn = requests(build([chat()], 5, replication)[0], 5000).map(([, i, o]) => [Math.log(i), Math.log(o)]);
      const [mi, mo] = [0, 1].map((k) => drawn.reduce((sum, pair) => sum + pair[k], 0) / drawn.length);
      return drawn.reduce((sum, [i, o]) => sum + (i - mi) * (o - mo), 0) / drawn.length;
    });
    expectWithinStandardErrors(correlations, 0);
  });

  it('asks for at most maxOutputTokens, and cuts answers there', () => {
    const [demand] = build([chat({ maxOutputTokens: 100 })]);
    expect(demand.outputLimit).toBe(100);
    expect(requests(demand).map(([, , output]) => output)).toEqual(alone.map(([, , output]) => Math.min(output, 100)));
    expect(Math.max(...requests(build([traced({}, { maxOutputTokens: 25 })])[0]).map(([, , output]) => output))).toBe(
      25,
    );
  });

  it('has the limit of its distribution where the class sets none', () => {
    expect(build([chat()])[0].outputLimit).toBe(4096);
    expect(build([others[2]])[0].outputLimit).toBe(Infinity);
    expect(build([traced()])[0].outputLimit).toBe(40);
    const observed = { distribution: 'empirical' as const, file: 'lengths.csv', column: 'tokens' };
    expect(build([chat({ output: observed })])[0].outputLimit).toBe(7);
  });
});

describe('closed loop', () => {
  it('pauses as told', () => {
    const [fixed] = build([chat(users({ distribution: 'fixed', value: 2.5 }))]);
    expect(fixed.source.kind === 'closed' && fixed.source.users).toBe(8);
    expect(new Set(requests(fixed).map(([think]) => think))).toEqual(new Set([2.5]));
  });

  it('has exponential pauses with the mean that was asked for', () => {
    const runs = overReplications(20, (replication) => replication).map((replication) =>
      requests(build([chat(users({ distribution: 'exponential', mean: 5 }))], 3, replication)[0], 10_000),
    );
    const moment = (power: number) =>
      runs.map((run) => run.reduce((sum, [think]) => sum + think ** power, 0) / run.length);
    expectWithinStandardErrors(moment(1), 5);
    expectWithinStandardErrors(moment(2), 50);
  });
});

describe('trace', () => {
  const arrivals = (scale: object) => requests(build([traced(scale)])[0]).map(([arrival]) => arrival);

  it('is played once, with its own lengths', () => {
    expect(requests(build([traced()])[0])).toEqual([
      [0, 100, 10],
      [1, 200, 40],
      [4, 300, 20],
      [10, 400, 30],
    ]);
  });

  it('is the same for every seed and replication', () => {
    expect(requests(build([traced()], 9, 4)[0])).toEqual(requests(build([traced()])[0]));
  });

  it('is played faster by speedup, or at a mean rate', () => {
    expect(arrivals({ speedup: 4 })).toEqual([0, 0.25, 1, 2.5]);
    // Three gaps in ten seconds are 0.3/s.
    expect(arrivals({ rate: 0.6 })).toEqual([0, 0.5, 2, 5]);
    expect(arrivals({ rate: 0.15 })).toEqual([0, 2, 8, 20]);
  });

  it('cannot be rescaled to a rate when all requests come at once', () => {
    expect(() => build([traced({ file: 'burst.csv', rate: 1 })])).toThrow(/traffic\[0\]\.arrivals\.rate: .*burst\.csv/);
    expect(requests(build([traced({ file: 'burst.csv' })])[0])).toHaveLength(4);
  });

  it('says how many of its answers are cut', () => {
    const [demand] = build([traced({}, { maxOutputTokens: 25 })]);
    requests(demand);
    expect(demand.notes?.()).toEqual([
      'class chat: maxOutputTokens 25 cuts 2 of 4 answers, which lowers their mean from 25 to 20 tokens',
    ]);
  });

  it('that is missing is an InputError', () => {
    expect(() => build([traced({ file: 'nowhere.csv' })])).toThrow(InputError);
  });
});
