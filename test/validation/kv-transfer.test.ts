import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import { Timeline } from '../../src/serving/timeline.js';
import { makeScenario } from '../support/scenarios.js';

const facts = '../shared/facts/kv-transfer.csv';

/** The set-ups as a user would write them; the GPUs stand in for some that are not in the catalog, the links are those of the source. */
const SETUPS: Record<string, object> = {
  'Qwen3-8B': { model: 'qwen3-8b', stack: 'vllm', gpu: 'h100-sxm' },
  'Qwen3-235B-A22B BF16': { model: 'qwen3-235b-a22b', stack: 'sglang', gpu: 'h200-sxm' },
};

/** Milliseconds that the KV cache of a lone prompt is on its way between two nodes of eight GPUs with 25 GB/s each. */
function transferMs(model: string, promptTokens: number): number {
  const { gpu, ...rest } = SETUPS[model] as { gpu: string };
  const timeline = new Timeline();
  simulate(
    makeScenario({
      horizon: { requests: 1 },
      traffic: [
        {
          arrivals: { process: 'closed-loop', users: 1 },
          input: { distribution: 'fixed', value: promptTokens },
          output: { distribution: 'fixed', value: 2 },
        },
      ],
      factory: {
        ...rest,
        precision: 'bf16',
        pools: ['prefill', 'decode'].map((role) => ({ role, gpu, parallelism: { tp: 8 } })),
        transfer: { bandwidth: '25GB/s' },
      },
    }),
    { timeline },
  );
  const { phases } = timeline.requests[0];
  const transfer = phases.find(({ phase }) => phase === 'transfer');
  return ((transfer?.to as number) - (transfer?.from as number)) * 1000;
}

describe.skipIf(!existsSync(facts))('KV caches of models on their way', () => {
  // The second column of hardware has commas in quotes.
  const rows = existsSync(facts)
    ? readFileSync(facts, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.replaceAll(/"[^"]*"/g, '').split(','))
    : [];

  it.each(rows)('%s, %s %s: %s tokens take what was measured, within 10 %%', (model, _stack, _hardware, ...figures) => {
    const [tokens, _ttft, _megabytes, milliseconds] = figures.map(Number);
    expect(Math.abs(transferMs(model, tokens) / milliseconds - 1)).toBeLessThan(0.1);
  });
});
