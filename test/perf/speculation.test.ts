import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpus, models, stacks } from '../../src/catalog/index.js';
import { compileInstance, queryTokensPerSequence, type Speculation, tokensPerStep } from '../../src/perf/index.js';

const limits = { maxBatchedTokens: 4096, maxSequences: 256, memoryFraction: 0.9 };
const compile = (speculation?: Speculation) =>
  compileInstance({
    model: models['deepseek-r1'],
    gpu: gpus['b200-sxm'],
    precision: 'fp8',
    stack: stacks.sglang,
    parallelism: { tp: 8 },
    ...limits,
    speculation,
  });
const decode = (instance: ReturnType<typeof compile>, sequences: number, context: number) =>
  instance.steps.decodeSeconds(0, sequences, context);

describe('tokens of a speculative step', () => {
  it('one chain of guesses adds a geometric series', () => {
    expect(tokensPerStep(0, 0.9)).toBe(1);
    expect(tokensPerStep(1, 0.84)).toBeCloseTo(1.84, 12);
    expect(tokensPerStep(3, 0.5)).toBe(1.875);
    expect(tokensPerStep(3, 1)).toBe(4);
  });

  it('a sequence feeds its last token and the guesses', () => {
    expect(queryTokensPerSequence(undefined)).toBe(1);
    expect(queryTokensPerSequence({ draftTokens: 3 })).toBe(4);
  });
});

describe('time of a speculative step', () => {
  it('no guesses leave every table as it was', () => {
    expect(compile({ draftTokens: 0 }).steps.tables).toEqual(compile().steps.tables);
  });

  it('more guesses make no step shorter, and cost less than the steps they replace while the batch is small', () => {
    const plain = compile();
    const drafts = [1, 2, 3].map((draftTokens) => compile({ draftTokens }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 8192 }), (sequences, mean) => {
        const seconds = [plain, ...drafts].map((instance) => decode(instance, sequences, sequences * mean));
        for (let i = 1; i < seconds.length; i++) expect(seconds[i]).toBeGreaterThan(seconds[i - 1]);
      }),
    );
    expect(decode(drafts[1], 4, 8192)).toBeLessThan(2 * decode(plain, 4, 8192));
  });

  it('guesses without a drafter cost only their verification', () => {
    const free = compile({ draftTokens: 3, draftLayers: 0 });
    const drafted = compile({ draftTokens: 3 });
    expect(decode(free, 8, 8000)).toBeLessThan(decode(drafted, 8, 8000));
    expect(free.memory.weightBytes).toBe(compile().memory.weightBytes);
    expect(drafted.memory.weightBytes).toBeGreaterThan(free.memory.weightBytes * 1.01);
    expect(drafted.kvCapacityTokens).toBeLessThan(free.kvCapacityTokens);
  });

  it('the breakdown adds up to the step', () => {
    const instance = compile({ draftTokens: 2 });
    const parts = instance.breakdown(16, 32_000, 0).reduce((sum, { seconds }) => sum + seconds, 0);
    expect(parts).toBeCloseTo(decode(instance, 16, 32_000), 9);
  });
});
