import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import { simulate } from '../../src/experiment/simulate.js';
import type { RequestRecord } from '../../src/metrics/recorder.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { everythingAtOnce, makeScenario } from '../support/scenarios.js';

interface Line {
  timestamp: number;
  input_length: number;
  output_length: number;
  hash_ids: number[];
}

/** Prompts with common beginnings, a few milliseconds apart. */
function drawLines(seed: number): Line[] {
  const random = randomStream(seed, 0, 'no oracle');
  const between = (min: number, max: number) => min + Math.floor(random() * (max - min));
  let timestamp = 0;
  return Array.from({ length: 200 }, (_, i) => {
    timestamp += between(1, 40);
    const input_length = between(20, 1500);
    const group = between(0, 5);
    const hash_ids = Array.from({ length: Math.ceil(input_length / 512) }, (_, block) =>
      block === 0 ? group : 100 + 10 * i + block,
    );
    return { timestamp, input_length, output_length: between(5, 200), hash_ids };
  });
}

/** The fleet and all that steers it, under a trace; nothing is guessed, since guesses take random numbers by length. */
function serve({ factory, planner, faults, router, admission, seed }: Scenario, lines: readonly Line[]) {
  const records: RequestRecord[] = [];
  const arrivals = { process: 'trace', file: 'trace.jsonl', format: 'mooncake', spread: 'off' };
  const pools = factory.pools.map(({ speculative: _, ...pool }) => pool);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  simulate(
    makeScenario({
      seed,
      horizon: { duration: 8 },
      traffic: [{ arrivals, maxOutputTokens: 1000, deadline: { firstToken: 1.5 } }],
      factory: { ...factory, pools },
      planner,
      // An answer that is begun anew has another first token, however late that happens.
      faults: { ...faults, recovery: 'resume' },
      router,
      admission,
    }),
    { openFile: () => [text], onRecord: (record) => void records.push({ ...record }) },
  );
  return records.sort((a, b) => a.id - b.id);
}

describe('nothing but the sampler that ends an answer knows how long it will be', () => {
  it('answers that go on longer change nothing until the first of them would have ended', () => {
    let compared = 0;
    fc.assert(
      fc.property(everythingAtOnce, fc.nat(1000), (scenario, seed) => {
        const lines = drawLines(seed);
        const before = serve(scenario, lines);
        const ends = before.map(({ endSeconds }) => endSeconds).filter((end) => !Number.isNaN(end));
        const until = ends.sort((a, b) => a - b)[Math.floor(ends.length / 2)];
        // Whoever is not done at that time gets a longer answer.
        const after = serve(
          scenario,
          lines.map((line, i) =>
            before[i].endSeconds <= until ? line : { ...line, output_length: line.output_length + 300 },
          ),
        );
        before.forEach((one, i) => {
          const other = after[i];
          for (const key of ['admittedSeconds', 'firstTokenSeconds'] as const) {
            if (one[key] < until || other[key] < until) expect(other[key]).toBe(one[key]);
          }
          if (!(one.endSeconds <= until)) return;
          compared++;
          expect(other).toEqual(one);
        });
      }),
      { numRuns: 25, seed: 3, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(25 * 50);
  });
});
