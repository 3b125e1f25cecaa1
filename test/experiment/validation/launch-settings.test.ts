import { describe, expect, it } from 'vitest';
import { disaggregatedRun } from '../../../src/experiment/validation/disaggregated-run.js';
import { KIMI_TRTLLM_FLEETS, KIMI_VLLM_FLEETS } from '../../../src/experiment/validation/launch/kimi.js';
import { fleetSettings, type MeasuredFleet } from '../../../src/experiment/validation/launch/settings.js';
import { SGLANG_FLEETS } from '../../../src/experiment/validation/launch/sglang.js';
import { TRTLLM_FLEETS, TRTLLM_PREFILL } from '../../../src/experiment/validation/launch/trtllm.js';
import { measurement } from './rows.js';

const workers = (count: number, width: number, dataParallel = false, expertsSpread = false) => ({
  workers: count,
  width,
  dataParallel,
  expertsSpread,
});
const fleet = (changes: Partial<MeasuredFleet> = {}): MeasuredFleet => ({
  model: 'deepseek-r1',
  stack: 'trtllm',
  gpu: 'gb200-nvl72',
  precision: 'fp8',
  inputTokens: 1024,
  outputTokens: 1024,
  users: 27,
  multiTokenPrediction: false,
  measuredOn: '2026-02-05',
  prefill: workers(1, 8, true, true),
  decode: workers(3, 8, false, true),
  ...changes,
});

describe('launch settings of measured fleets', () => {
  it('are those of the recipe for the users and workers', () => {
    const settings = fleetSettings(fleet());
    expect(settings).toMatchObject({
      guesses: 0,
      frontends: 10,
      prefill: { tokens: 16384, sequences: 16, memory: { share: 0.5, of: 'free' } },
      decode: { sequences: 8, memory: { share: 0.9, of: 'free' }, parallelism: { tp: 8, attentionDp: 1, moeEp: 8 } },
    });
    expect(fleetSettings(fleet({ users: 3 }))?.decode.sequences).toBe(1);
    expect(fleetSettings(fleet({ users: 18, multiTokenPrediction: true }))).toMatchObject({
      guesses: 3,
      decode: { sequences: 4 },
    });
  });

  it('belong to a model, whichever of its names a file has', () => {
    const kimi = {
      model: 'kimi-k2.5',
      precision: 'fp4',
      users: 55,
      prefill: workers(1, 4, true),
      decode: workers(5, 4),
    };
    expect(fleetSettings(fleet(kimi))).toMatchObject({
      frontends: 1,
      prefill: { sequences: 16, memory: { share: 0.4, of: 'free' } },
      decode: { sequences: 8 },
    });
    expect(fleetSettings(fleet({ model: 'deepseek-v3' }))).toEqual(fleetSettings(fleet()));
  });

  it('of users that no recipe names are those of the nearest recipe with more, else with fewer', () => {
    expect(fleetSettings(fleet({ users: 20 }))?.decode.sequences).toBe(8);
    expect(fleetSettings(fleet({ users: 2 }))?.decode.sequences).toBe(1);
    expect(fleetSettings(fleet({ users: 500 }))?.decode.sequences).toBe(8);
  });

  it('are unknown where no recipe is for such workers', () => {
    expect(fleetSettings(fleet({ decode: workers(9, 8) }))).toBeUndefined();
    expect(fleetSettings(fleet({ prefill: workers(1, 2) }))).toBeUndefined();
    expect(fleetSettings(fleet({ stack: 'vllm' }))).toBeUndefined();
    expect(fleetSettings(fleet({ model: 'qwen3-32b' }))).toBeUndefined();
  });

  it('tell layouts that a file has wrong', () => {
    const h200 = { gpu: 'h200-sxm', inputTokens: 8192, users: 9, decode: workers(7, 8, false, true) };
    const { prefill } = fleetSettings(fleet(h200)) ?? {};
    expect(prefill?.parallelism).toEqual({ tp: 8, attentionDp: 1, moeEp: 8 });
  });

  it('choose between recipes of one fleet by its layout and its day', () => {
    const b200 = { stack: 'sglang', gpu: 'b200-sxm', inputTokens: 8192, users: 512 };
    const ofExperts = (expertsSpread: boolean) =>
      fleetSettings(fleet({ ...b200, prefill: workers(2, 8, true, expertsSpread), decode: workers(1, 8, true, true) }))
        ?.prefill.tokens;
    expect([true, false].map(ofExperts)).toEqual([4096, 8192]);
    const three = { gpu: 'b200-sxm', users: 4, decode: workers(3, 8) };
    const on = (measuredOn: string) => fleetSettings(fleet({ ...three, measuredOn }))?.decode.sequences;
    expect(['2026-02-11', '2026-03-23', ''].map(on)).toEqual([1024, 1, 1]);
  });

  it('limit the KV cache of small prefill workers, and a run that is measured with them', () => {
    const row = measurement({
      mode: 'disaggregated',
      model: 'deepseek-r1',
      gpu: 'gb200-nvl72',
      stack: 'sglang',
      precision: 'fp8',
      source: 'InferenceX',
      inputTokens: 1024,
      outputTokens: 1024,
      concurrency: 4,
      prefill: { workers: 1, gpus: 4, parallelism: { ...measurement({}).parallelism, tp: 4 }, dataParallel: false },
      decode: { workers: 1, gpus: 4, parallelism: { ...measurement({}).parallelism, tp: 4 }, dataParallel: false },
    });
    const run = disaggregatedRun(row);
    expect(run).toMatchObject({
      frontends: 3,
      prefill: { kvTokens: 8192, limits: { maxBatchedTokens: 8192 } },
      decode: { kvTokens: Number.POSITIVE_INFINITY, limits: { maxSequences: 128 } },
    });
    expect(disaggregatedRun({ ...row, source: 'my cluster' })).toMatchObject({
      prefill: { kvTokens: Number.POSITIVE_INFINITY },
      frontends: 1,
    });
  });

  it('are whole in every line of the tables', () => {
    const roles = /^\d+x\d+[dt]e? \d+x\d+[dt]e? [0-3] /;
    for (const line of TRTLLM_FLEETS.split('\n').filter((line) => line.startsWith(' '))) {
      expect(line.trim()).toMatch(roles);
      expect(line.trim().split(' ').slice(3).join(' ')).toMatch(/^(\d+(,\d+)*:\d+ ?)+$/);
    }
    const inFull = [SGLANG_FLEETS, KIMI_TRTLLM_FLEETS, KIMI_VLLM_FLEETS].join('\n');
    for (const line of inFull.split('\n').filter((line) => line.startsWith(' '))) {
      expect(line.trim()).toMatch(roles);
      expect(line.trim().split(' ').slice(3).join(' ')).toMatch(
        /^\d+(,\d+)* \d+\/(\d+|-)\/(\d+|-)\/0\.\d+ (\d+|-)\/(\d+|-)\/0\.\d+ \d+$/,
      );
    }
    const headings = TRTLLM_FLEETS.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
    for (const heading of headings) {
      const [gpu, precision, lengths] = heading.split(' ');
      expect(TRTLLM_PREFILL[`${gpu} ${precision} ${lengths.split('/')[0]}`]).toBeDefined();
    }
  });
});
