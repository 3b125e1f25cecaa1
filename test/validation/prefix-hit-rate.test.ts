import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import { makeScenario } from '../support/scenarios.js';

const TRACE = '../shared/data/traces/mooncake-fast25-conversation.jsonl';

/** The trace on one replica without a limit on the batch, whose steps take next to no time. */
function hitRate(units: number): number {
  const text = readFileSync(TRACE, 'utf8');
  const scenario = makeScenario({
    traffic: [{ arrivals: { process: 'trace', file: TRACE, format: 'mooncake' } }],
    factory: {
      pools: [
        {
          performance: { type: 'linear', base: '1ns', kvCapacity: 512 * units },
          batching: { maxSequences: 65_536, maxBatchedTokens: 1_000_000 },
          kvCache: { prefixCaching: true, watermark: 0 },
        },
      ],
    },
  });
  return simulate(scenario, { openFile: () => [text] }).summary.utilization.prefixHitRate;
}

// Without the trace there is nothing to compare with.
describe.skipIf(!existsSync(TRACE))(`prefix hit rate on ${TRACE}`, () => {
  // Counted from the trace itself by an LRU cache of that many blocks of 512 tokens.
  it.each([
    [1000, 0.0445],
    [10_000, 0.2116],
    [50_000, 0.3546],
  ])('with room for %i blocks is within half a point of the LRU count, %f', (units, expected) => {
    expect(Math.abs(hitRate(units) - expected)).toBeLessThan(0.005);
  });
});
