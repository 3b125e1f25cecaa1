import { describe, expect, it } from 'vitest';
import { type DecodeUsers, decodePlaces, guesses } from '../../../src/experiment/validation/recipes.js';
import { measurement } from './rows.js';

describe('launch settings of measured runs', () => {
  const users = { stack: 'trtllm', precision: 'fp8', source: 'InferenceX', attentionDp: 1 };

  it('decode workers of TensorRT-LLM take the round batch that their users exceed', () => {
    const places = (perRank: number, change: Partial<DecodeUsers> = {}) =>
      decodePlaces({ ...users, ranks: 3, users: 3 * perRank, mostUsers: 3 * perRank, ...change });
    expect([3, 9, 21, 64, 77, 307].map((perRank) => places(perRank))).toEqual([2, 8, 16, 64, 64, 256]);
    // Of two users for each worker one waits: fleets of H100 and GB200 take a whole answer longer then.
    expect([1, 2, 4].map((perRank) => places(perRank))).toEqual([1, 1, 4]);
    expect(places(48, { precision: 'fp4', attentionDp: 8 })).toBe(32);
    // Roomy where no recipe names a batch.
    expect(places(12, { precision: 'fp4', attentionDp: 8 })).toBe(64);
    expect(places(77, { stack: 'sglang' })).toBeGreaterThan(77);
    expect(places(77, { source: 'my cluster' })).toBeGreaterThan(77);
  });

  it('plain sweeps, whose users are a power of two, find room', () => {
    const places = (of: number) => decodePlaces({ ...users, ranks: 3, users: of, mostUsers: of });
    expect([4, 32, 256].every((of) => 3 * places(of) > of)).toBe(true);
    expect(places(30)).toBe(8);
  });

  it('tensor-parallel FP4 workers are started once for all users they are measured with', () => {
    const places = (perRank: number) =>
      decodePlaces({ ...users, ranks: 3, precision: 'fp4', users: 3 * perRank, mostUsers: 3 * 48 });
    expect([2, 24, 48].map(places)).toEqual([32, 32, 32]);
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
