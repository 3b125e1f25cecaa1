import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/engine/random.js';
import { simulate } from '../../src/experiment/simulate.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';
import { Acceptance } from '../../src/serving/acceptance.js';
import { makeScenario } from '../support/scenarios.js';

/** P(N = n) of the steps that `tokens` tokens take, by adding up all ways to get there. */
function stepsDistribution(probabilities: readonly number[], tokens: number): number[] {
  const gain: number[] = [];
  let right = 1;
  for (const probability of probabilities) {
    gain.push(right * (1 - probability));
    right *= probability;
  }
  gain.push(right);
  let left = new Map([[tokens, 1]]);
  const found = [0];
  while (left.size > 0) {
    const next = new Map<number, number>();
    let ended = 0;
    for (const [missing, probability] of left) {
      gain.forEach((share, accepted) => {
        const rest = missing - 1 - accepted;
        if (rest <= 0) ended += probability * share;
        else next.set(rest, (next.get(rest) ?? 0) + probability * share);
      });
    }
    found.push(ended);
    left = next;
  }
  return found;
}

const scenario = (speculative: object | undefined, more: object = {}) =>
  makeScenario({
    horizon: { requests: 400 },
    traffic: [
      {
        arrivals: { process: 'poisson', rate: 20 },
        input: { distribution: 'lognormal', mean: 200, cv: 1, max: 2000 },
        output: { distribution: 'lognormal', mean: 120, cv: 0.8, max: 1000 },
      },
    ],
    factory: {
      pools: [
        {
          speculative,
          performance: { type: 'linear', base: '8ms', perSequence: '100us', perContextToken: '10ns', kvCapacity: 9000 },
        },
      ],
    },
    ...more,
  });

describe('steps of a speculated answer', () => {
  it('are drawn from the exact distribution', () => {
    for (const [probabilities, tokens] of [
      [[0.8], 9],
      [[0.84, 0.6, 0.3], 12],
    ] as const) {
      const acceptance = new Acceptance(probabilities, randomStream(1, 0, 'test'));
      const draws = 200_000;
      const counts: number[] = [];
      for (let i = 0; i < draws; i++) {
        const steps = acceptance.drawSteps(tokens);
        counts[steps] = (counts[steps] ?? 0) + 1;
      }
      stepsDistribution(probabilities, tokens).forEach((probability, steps) => {
        const error = 5 * Math.sqrt((probability * (1 - probability)) / draws);
        expect(Math.abs((counts[steps] ?? 0) / draws - probability)).toBeLessThanOrEqual(error);
      });
    }
  });

  it('gain 1 + a + a^2 + ... tokens on average', () => {
    expect(new Acceptance([0.5, 0.5, 0.5], Math.random).tokensPerStep).toBe(1.875);
  });

  it('one alone: tokens come at the rate of the acceptance, and TPOT falls by it', () => {
    const alone = (speculative?: object) =>
      simulate(
        scenario(speculative, {
          traffic: [
            {
              arrivals: { process: 'closed-loop', users: 1 },
              input: { distribution: 'fixed', value: 10 },
              output: { distribution: 'fixed', value: 1001 },
            },
          ],
          horizon: { requests: 200 },
        }),
        { checkInvariants: true },
      ).summary;
    const plain = alone();
    const speculated = alone({ draftTokens: 2, acceptance: [0.8, 0.5] });
    // 1 + 0.8 + 0.4 tokens per step; the last step of an answer may yield more than are needed.
    expect(plain.tpotMs.mean! / speculated.tpotMs.mean!).toBeGreaterThan(2.2 * 0.99);
    expect(plain.tpotMs.mean! / speculated.tpotMs.mean!).toBeLessThan(2.2 * 1.01);
    // Tokens of a step arrive together: the gaps between them are those of the steps.
    expect(speculated.itlMs.p50! / plain.itlMs.p50!).toBeCloseTo(1, 2);
    expect(speculated.tokens.outputProduced).toBe(200 * 1001);
  });

  it('guesses that are never right change nothing where step times are given', () => {
    const plain = simulate(scenario(undefined)).summary;
    expect(simulate(scenario({ draftTokens: 3, acceptance: 0 })).summary).toEqual(plain);
  });

  it('short memory: answers are preempted and computed again, and all laws hold', () => {
    const performance = { type: 'linear', base: '20ms', perSequence: '1ms', kvCapacity: 3000 };
    const pools = [{ speculative: { draftTokens: 3, acceptance: 0.7 }, performance }];
    const { summary } = simulate(scenario(undefined, { factory: { pools } }), { checkInvariants: true });
    expect(summary.requests.preemptions).toBeGreaterThan(0);
    expect(summary.requests.completed).toBe(400);
  });

  it('answers that fill their reservation to the last block, and become part of the cache, give back what they took', () => {
    const traffic = [
      {
        arrivals: { process: 'poisson', rate: 2 },
        input: { distribution: 'uniform', min: 10, max: 40 },
        output: { distribution: 'fixed', value: 53 },
        sessions: {
          turns: { distribution: 'fixed', value: 3 },
          think: { distribution: 'fixed', value: 0.1 },
          blockTokens: 1,
        },
      },
    ];
    const kvCache = { blockTokens: 1, policy: 'no-evict', prefixCaching: true };
    const performance = { type: 'linear', base: '20ms', perSequence: '1ms', kvCapacity: 5000 };
    const pools = [{ speculative: { draftTokens: 2, acceptance: 0.25 }, kvCache, performance }];
    const run = () => simulate(scenario(undefined, { traffic, factory: { pools } }), { checkInvariants: true });
    expect(run).not.toThrow();
  });

  it('physics: at a small batch guesses shorten the answers of DeepSeek-R1, if by less than the tokens they bring', () => {
    const run = (speculative?: object) =>
      simulate({
        horizon: { requests: 64 },
        traffic: [
          {
            arrivals: { process: 'closed-loop', users: 8 },
            input: { distribution: 'fixed', value: 1000 },
            output: { distribution: 'fixed', value: 500 },
          },
        ],
        factory: {
          model: 'deepseek-r1',
          stack: 'sglang',
          pools: [{ gpu: 'b200-sxm', parallelism: { tp: 8 }, speculative }],
        },
      } as ScenarioInput).summary;
    const ratio = run().tpotMs.mean! / run({ draftTokens: 1, acceptance: 0.84 }).tpotMs.mean!;
    expect(ratio).toBeGreaterThan(1.3);
    expect(ratio).toBeLessThan(1.84);
  });
});

const facts = '../shared/facts/speculative-acceptance.csv';

describe.skipIf(!existsSync(facts))('measured acceptance lengths', () => {
  it('follow from a list of probabilities; one number for all guesses is never too low', () => {
    const lengths = new Map<string, number[]>();
    for (const line of readFileSync(facts, 'utf8').trim().split('\n').slice(1)) {
      const [model, mode, drafts, tokens, source] = line.split(',');
      const group = `${model}/${mode}/${source}`;
      lengths.set(group, lengths.get(group) ?? []);
      (lengths.get(group) as number[])[Number(drafts) - 1] = Number(tokens);
    }
    expect(lengths.size).toBeGreaterThan(3);
    for (const [first, second, third] of lengths.values()) {
      const list = [first - 1, (second - first) / (first - 1), (third - second) / (second - first)];
      expect(list.every((probability) => probability > 0 && probability < 1)).toBe(true);
      expect(new Acceptance(list, Math.random).tokensPerStep).toBeCloseTo(third, 9);
      const one = new Acceptance([list[0], list[0], list[0]], Math.random).tokensPerStep;
      expect(one).toBeGreaterThan(third * 0.99);
    }
  });
});
