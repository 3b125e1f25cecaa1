import { describe, expect, it } from 'vitest';
import { measuredRun, readParallelism } from '../../../src/experiment/validation/measured-run.js';
import { readMeasurements } from '../../../src/experiment/validation/measurements.js';
import { InputError } from '../../../src/scenario/input-error.js';
import { measurement } from './rows.js';

const HEADER = 'gpu,stack,model,tp,input_tokens,output_tokens,concurrency,ttft_ms,tpot_ms';

describe('readMeasurements', () => {
  it('finds columns by name and takes empty cells for unknown', () => {
    const text = `tpot_ms,${HEADER.replace(',tpot_ms', '')},id\n9.5,h200-sxm,vllm,qwen3-8b,,1024,128,,120,mine\n`;
    const [row] = readMeasurements(text, 'runs.csv');
    expect(row).toMatchObject({ id: 'mine', line: 2, tpotMs: 9.5, ttftMs: 120, concurrency: null, mode: 'aggregated' });
    expect(row.parallelism.tp).toBeNull();
  });

  it.each([
    ['', /empty/],
    ['gpu,stack\nh200-sxm,vllm', /runs\.csv:1: .*lacks the column model/],
    [`${HEADER}\nh200-sxm,vllm,qwen3-8b,1,1024,128,x,120,9`, /runs\.csv:2: concurrency: is not a whole number/],
    [`${HEADER}\nh200-sxm,vllm,qwen3-8b,1,1024,128,8,-1,9`, /runs\.csv:2: ttft_ms: is no latency/],
    [`${HEADER}\nh200-sxm,vllm,qwen3-8b,1,,128,8,1,9`, /runs\.csv:2: input_tokens: is missing/],
    [`${HEADER}\nh200-sxm,vllm`, /runs\.csv:2/],
  ])('refuses %j and says where', (text, message) => {
    expect(() => readMeasurements(text, 'runs.csv')).toThrow(InputError);
    expect(() => readMeasurements(text, 'runs.csv')).toThrow(message);
  });
});

describe('measuredRun', () => {
  it.each([
    [{ mode: 'disaggregated' }, /disaggregated/],
    [{ gpu: 'h9000' }, /not in the catalog/],
    [{ concurrency: null }, /concurrency/],
    [{ precision: 'fp2' }, /fp2/],
    [{ model: 'deepseek-r1', parallelism: { tp: 28, pp: 1, attentionDp: 1, moeTp: 28, moeEp: 1 } }, /heads/],
    [{ tpotMs: 0.001, ttftMs: 0.001 }, /above the peak/],
  ])('skips %j with a reason', (changes, reason) => {
    expect(measuredRun(measurement(changes))).toMatch(reason);
  });

  it('takes models of the same shapes for the same configuration, and leaves the load out of it', () => {
    const parallelism = { tp: 8, pp: 1, attentionDp: 1, moeTp: 8, moeEp: 1 };
    const of = (model: string, concurrency: number) => {
      const run = measuredRun(measurement({ model, concurrency, parallelism }));
      if (typeof run === 'string') throw new Error(run);
      return run;
    };
    expect(of('deepseek-r1', 4).configuration).toBe(of('deepseek-v3', 64).configuration);
    expect(of('deepseek-r1', 4).simulationKey).not.toBe(of('deepseek-r1', 64).simulationKey);
  });

  it('reads tensor and expert parallelism that were multiplied with each other as one degree', () => {
    const of = (tp: number, attentionDp: number, moeTp: number, moeEp: number, source = 'InferenceX') =>
      readParallelism(measurement({ parallelism: { tp, pp: 1, attentionDp, moeTp, moeEp }, source }));
    expect(of(64, 1, 8, 8)).toEqual({ tp: 8, pp: 1, attentionDp: 1, moeEp: 8 });
    expect(of(1, 64, 8, 8)).toEqual({ tp: 1, pp: 1, attentionDp: 8, moeEp: 8 });
    expect(of(4, 4, 1, 16)).toEqual({ tp: 4, pp: 1, attentionDp: 1, moeEp: 4 });
    expect(of(8, 1, 1, 8)).toMatchObject({ tp: 8, moeTp: 1, moeEp: 8 });
    expect(of(4, 1, 2, 2, 'my cluster')).toMatchObject({ tp: 4, moeTp: 2, moeEp: 2 });
  });
});
