import { describe, expect, it } from 'vitest';
import { guesses } from '../../../src/experiment/validation/recipes.js';
import { measurement } from './rows.js';

describe('launch settings of measured runs', () => {
  it('know runs that predicted several tokens without saying so', () => {
    const run = { model: 'deepseek-r1', stack: 'trtllm', source: 'InferenceX', stackVersion: '1.2.0rc6.post3' };
    expect(guesses(measurement(run), false)).toBe(3);
    expect(guesses(measurement(run), true)).toBe(1);
    expect(guesses(measurement({ ...run, stackVersion: '1.2.0rc6.post2' }), false)).toBe(0);
    expect(guesses(measurement({ ...run, source: 'my cluster' }), false)).toBe(0);
    expect(guesses(measurement({ ...run, stack: 'sglang', multiTokenPrediction: true }), false)).toBe(2);
  });
});
