import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import type { ScenarioInput } from '../../src/scenario/schema.js';

/** A step takes 10 ms and 1 ms for each prompt token; prompts have ten tokens, answers four. */
function run(requests: number, batching?: 'chunked-prefill' | 'continuous') {
  const scenario: ScenarioInput = {
    horizon: { requests },
    traffic: [
      {
        arrivals: { process: 'constant', rate: 40 },
        input: { distribution: 'fixed', value: 10 },
        output: { distribution: 'fixed', value: 4 },
      },
    ],
    factory: {
      performance: { type: 'linear', base: 0.01, perPrefillToken: 0.001 },
      pools: [{ gpu: 'h200-sxm', ...(batching && { batching: { policy: batching } }) }],
    },
    economics: { gpuHour: { 'h200-sxm': 8 } },
  };
  const { prefill, decode } = simulate(scenario).summary.cost.byUseUsdPerHour;
  return (prefill ?? 0) / ((prefill ?? 0) + (decode ?? 0));
}

describe('GPU time of prompts and answers', () => {
  it('of a request alone is that of its prefill step and of its decode steps', () => {
    // 20 ms for the prompt, three steps of 10 ms for the rest of the answer.
    expect(run(1)).toBeCloseTo(20 / 50, 9);
  });

  it('of a step that carries both is what the prompt adds to it', () => {
    // The second request comes after 25 ms, when the first decodes: 20 (prompt), 10, 20 (both: 10 of it for the prompt), 10, 10, 10.
    expect(run(2, 'chunked-prefill')).toBeCloseTo(30 / 80, 9);
  });

  it('of whole prompts is that of their steps', () => {
    // 20 (prompt), 10, 20 (prompt alone), then both decode: 10, 10 and 10 more for the second.
    expect(run(2, 'continuous')).toBeCloseTo(40 / 80, 9);
  });
});
