import { describe, expect, it } from 'vitest';
import { decodePlaces, guesses } from '../../../src/experiment/validation/recipes.js';
import { measurement } from './rows.js';

describe('launch settings of measured runs', () => {
  it('decode workers of TensorRT-LLM take the round batch that their users exceed', () => {
    const places = (perRank: number, precision = 'fp8', stack = 'trtllm', source = 'InferenceX') =>
      decodePlaces(stack, precision, source, perRank);
    expect([3, 9, 21, 64, 77, 307].map((users) => places(users))).toEqual([2, 8, 16, 64, 64, 256]);
    expect(places(48, 'fp4')).toBe(32);
    // Roomy where no recipe names a batch.
    expect(places(12, 'fp4')).toBe(64);
    expect(places(77, 'fp8', 'sglang')).toBeGreaterThan(77);
    expect(places(77, 'fp8', 'trtllm', 'my cluster')).toBeGreaterThan(77);
  });

  it('know runs that predicted several tokens without saying so', () => {
    const run = { model: 'deepseek-r1', stack: 'trtllm', source: 'InferenceX', stackVersion: '1.2.0rc6.post3' };
    expect(guesses(measurement(run), false)).toBe(3);
    expect(guesses(measurement(run), true)).toBe(1);
    expect(guesses(measurement({ ...run, stackVersion: '1.2.0rc6.post2' }), false)).toBe(0);
    expect(guesses(measurement({ ...run, source: 'my cluster' }), false)).toBe(0);
    expect(guesses(measurement({ ...run, stack: 'sglang', multiTokenPrediction: true }), false)).toBe(2);
  });
});
