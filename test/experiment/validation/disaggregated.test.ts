import { describe, expect, it } from 'vitest';
import { calibrateRuns, DATASHEET_SET, simulateRuns } from '../../../src/experiment/validation/calibrate-runs.js';
import { disaggregatedRun } from '../../../src/experiment/validation/disaggregated-run.js';
import { acceptanceOf } from '../../../src/experiment/validation/measured-run.js';
import { type Measurement, readMeasurements } from '../../../src/experiment/validation/measurements.js';
import { simulateDisaggregated } from '../../../src/experiment/validation/simulate-disaggregated.js';
import { validate } from '../../../src/experiment/validation/validate.js';
import { calibrate } from '../../../src/perf/index.js';
import { measurement } from './rows.js';

const role = (workers: number, tp: number) => ({
  workers,
  gpus: null,
  parallelism: { tp, pp: null, attentionDp: null, moeTp: null, moeEp: null },
  dataParallel: false,
});
const row = (changes: Partial<Measurement> = {}): Measurement =>
  measurement({
    mode: 'disaggregated',
    model: 'qwen3-30b-a3b',
    inputTokens: 512,
    outputTokens: 128,
    concurrency: 16,
    prefill: role(1, 1),
    decode: role(2, 1),
    ...changes,
  });

function simulated(changes: Partial<Measurement> = {}) {
  const run = disaggregatedRun(row(changes));
  if (typeof run === 'string') throw new Error(run);
  return simulateDisaggregated(run, calibrate(DATASHEET_SET, run));
}

describe('disaggregated runs', () => {
  it('read workers, GPUs and attention of each role, in both notations', () => {
    const text = `gpu,stack,model,precision,mode,input_tokens,output_tokens,concurrency,prefill_workers,prefill_gpus,prefill_tp,prefill_ep,prefill_attention_dp,decode_workers,decode_gpus,decode_tp,decode_ep,decode_attention_dp,speculation,ttft_ms,tpot_ms,tpot_p99_ms
gb200-nvl72,trtllm,deepseek-r1,fp4,disaggregated,1024,1024,64,1,4,4,4,True,2,16,8,8,False,mtp,,,9
`;
    const [read] = readMeasurements(text, 'd.csv');
    expect(read.percentiles.tpotP99Ms).toBe(9);
    expect(read.multiTokenPrediction).toBe(true);
    const run = disaggregatedRun({ ...read, tpotMs: 5 });
    if (typeof run === 'string') throw new Error(run);
    expect(run.prefill.parallelism).toMatchObject({ tp: 1, attentionDp: 4, moeEp: 4 });
    expect(run.decode).toMatchObject({ workers: 2, parallelism: { tp: 8, attentionDp: 1, moeEp: 8 } });
    expect(run.speculation).toEqual({ draftTokens: 3 });
    const { coefficients } = calibrate(DATASHEET_SET, run);
    const [first, second, third] = acceptanceOf(run, coefficients);
    expect(first).toBe(coefficients.draftAcceptance);
    expect([second, third].every((guess, i) => guess < [first, second][i])).toBe(true);
  });

  it('guess layouts that a file leaves open from the widths of the workers', () => {
    const open = (workers: number, width: number) => ({
      ...role(workers, 1),
      gpus: workers * width,
      dataParallel: true,
    });
    const layouts = (prefill: number, decode: number, source = 'InferenceX') => {
      const roles = { prefill: open(1, prefill), decode: open(1, decode) };
      const run = disaggregatedRun(row({ model: 'deepseek-r1', source, ...roles }));
      if (typeof run === 'string') throw new Error(run);
      return [run.prefill, run.decode].map(({ parallelism: { tp, attentionDp, moeEp } }) => [tp, attentionDp, moeEp]);
    };
    expect(layouts(8, 8)).toEqual([
      [8, 1, 1],
      [8, 1, 1],
    ]);
    expect(layouts(8, 32)).toEqual([
      [1, 8, 8],
      [1, 32, 32],
    ]);
    // Of other sources, what the file says.
    expect(layouts(8, 8, 'my cluster')).toEqual([
      [1, 8, 1],
      [1, 8, 1],
    ]);
    // What the file says counts: data-parallel attention over tp GPUs with whole experts.
    const named = { ...open(1, 8), parallelism: { ...role(1, 8).parallelism } };
    const run = disaggregatedRun(row({ model: 'deepseek-r1', prefill: named, decode: open(1, 32) }));
    expect(typeof run === 'string' ? run : run.prefill.parallelism).toMatchObject({ tp: 1, attentionDp: 8, moeEp: 1 });
  });

  it('are skipped with the reason where the number of workers is not known', () => {
    expect(disaggregatedRun(row({ decode: null }))).toMatch(/number of workers is not known/);
    expect(disaggregatedRun(row({ model: 'llama-3.1-405b', precision: 'bf16' }))).toMatch(/does not fit/);
  });

  it('a second prefill worker shortens the wait of a crowd, and guesses that are right shorten answers', () => {
    const base = simulated({ concurrency: 64 });
    expect(simulated({ concurrency: 64, prefill: role(2, 1) }).ttftMs).toBeLessThan(base.ttftMs);
    expect(simulated({ multiTokenPrediction: true }).tpotMs).toBeLessThan(simulated().tpotMs);
    expect(base.percentiles.ttftP99Ms).toBeGreaterThan(base.percentiles.ttftP50Ms);
  });

  it('tell a fit what their prefill workers can do, by the tail of the first wave', () => {
    const slow = { ...DATASHEET_SET, levels: { all: { sendStepSeconds: 4, sendTokenSeconds: 4 } } };
    const runs = [8, 32, 96].flatMap((concurrency) =>
      [512, 4096].map((inputTokens) => {
        const run = disaggregatedRun(row({ concurrency, inputTokens }));
        if (typeof run === 'string') throw new Error(run);
        return run;
      }),
    );
    const truth = simulateRuns(runs, slow);
    const measured = runs.map((run, i) => {
      const { tpotMs, percentiles } = truth[i];
      return { ...run, measurement: { ...run.measurement, ttftMs: null, tpotMs, percentiles } };
    });
    const set = calibrateRuns(measured, { base: DATASHEET_SET, title: '', sha256: '' });
    const off = (found: typeof truth) =>
      found.reduce(
        (sum, { percentiles }, i) => sum + Math.abs(Math.log(percentiles.ttftP99Ms / truth[i].percentiles.ttftP99Ms)),
        0,
      ) / runs.length;
    const before = off(simulateRuns(runs, DATASHEET_SET));
    expect(before).toBeGreaterThan(0.2);
    expect(off(simulateRuns(runs, set))).toBeLessThan(before / 4);
  });

  it('validate compares medians where no mean was measured, and tails apart', async () => {
    const { tpotMs, percentiles } = simulated();
    const rows = [
      row({
        id: 'a',
        ttftMs: null,
        tpotMs: null,
        percentiles: { ...percentiles, ttftP99Ms: percentiles.ttftP99Ms * 2 },
      }),
      row({ id: 'b', tpotMs: tpotMs * 2, ttftMs: null }),
      row({ id: 'c', prefill: null }),
    ];
    const report = await validate(rows, { set: DATASHEET_SET, workers: 1 });
    expect(report.simulated).toBe(2);
    expect(report.skipped[0].id).toBe('c');
    expect(report.byMode.disaggregated.tpot.mape).toBeCloseTo(25, 1);
    expect(report.overall.ttft.mape).toBeCloseTo(0, 6);
    expect(report.overall.p99).toMatchObject({ runs: 1, ttft: { mape: 50 }, tpot: { mape: 0 } });
  });
});
