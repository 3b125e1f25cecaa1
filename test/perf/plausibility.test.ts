import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gpus, models, stacks } from '../../src/catalog/index.js';
import { attendedPairs, compileInstance } from '../../src/perf/index.js';

const file = new URL('../../../shared/data/measurements.csv', import.meta.url);
const skip = !existsSync(file);

/**
 * Decode step at the measured concurrency, plus the prefills of the other users that fall between two of a request's
 * tokens. Crude next to a simulation (no ramp, no queueing), but it needs nothing beyond this folder.
 */
function tpotMs(row: Record<string, string>): number {
  const sequences = Number(row.concurrency);
  const input = Math.round(0.9 * Number(row.input_tokens));
  const output = 0.9 * Number(row.output_tokens);
  const { steps } = compileInstance({
    model: models[row.model],
    gpu: gpus[row.gpu],
    stack: stacks[row.stack],
    precision: row.precision as 'fp8' | 'fp4',
    parallelism: { tp: Number(row.tp) },
    maxBatchedTokens: 16384,
    maxSequences: 256,
    memoryFraction: 0.92,
  });
  const context = sequences * (input + output / 2);
  const decode = steps.stepSeconds(sequences, context, 0, 0, 0, 0);
  const mixed = steps.stepSeconds(sequences, context, input, attendedPairs(0, input), 0, 1);
  return 1e3 * (decode + ((sequences - 1) / output) * (mixed - decode));
}

describe('datasheet coefficients', () => {
  it.skipIf(skip)(
    'put TPOT of measured dense runs within 20 % on average, 15 % in the median (skipped without ../shared)',
    () => {
      const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
      const names = header.split(',');
      const rows = lines
        .map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])))
        .filter((row) => row.mode === 'aggregated' && row.model === 'llama-3.1-70b');
      expect(rows.length).toBeGreaterThan(100);
      const errors = rows.map((row) => Math.abs(tpotMs(row) / Number(row.tpot_ms) - 1)).sort((a, b) => a - b);
      expect(errors.reduce((sum, e) => sum + e, 0) / errors.length).toBeLessThan(0.2);
      expect(errors[errors.length >> 1]).toBeLessThan(0.15);
    },
  );
});
