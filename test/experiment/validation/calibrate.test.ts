import { beforeAll, describe, expect, it } from 'vitest';
import { gpus, models, stacks } from '../../../src/catalog/index.js';
import { calibrateRuns, DATASHEET_SET, simulateRuns } from '../../../src/experiment/validation/calibrate-runs.js';
import {
  calibrationJson,
  calibrationSource,
  parseCalibration,
} from '../../../src/experiment/validation/calibration-file.js';
import { groupErrors, latencyErrors } from '../../../src/experiment/validation/errors.js';
import { FIT_DEFAULTS } from '../../../src/experiment/validation/fit.js';
import { measuredRuns } from '../../../src/experiment/validation/measured-run.js';
import type { Measurement } from '../../../src/experiment/validation/measurements.js';
import { validationPlot } from '../../../src/experiment/validation/plot.js';
import { validate } from '../../../src/experiment/validation/validate.js';
import { type CalibrationSet, calibrate, checkCoefficients, coefficientBounds } from '../../../src/perf/index.js';
import { grid } from './rows.js';

/** A world whose engines differ from the datasheets by known factors. */
const TRUTH: CalibrationSet = {
  ...DATASHEET_SET,
  levels: { all: { layerSeconds: 2, requestSeconds: 3, gemmSlowdown: 1.4 } },
};

function measured(rows: readonly Measurement[], truth: CalibrationSet): Measurement[] {
  const { runs } = measuredRuns(rows);
  return simulateRuns(runs, truth).map(({ ttftMs, tpotMs }, i) => ({ ...runs[i].measurement, ttftMs, tpotMs }));
}

const options = { base: DATASHEET_SET, title: 'test', sha256: '' };
const subject = { gpu: gpus['h200-sxm'], stack: stacks.vllm, precision: 'fp8', model: models['llama-3.1-8b'] } as const;

describe('calibrate', () => {
  let rows: Measurement[];
  let fitted: CalibrationSet;
  beforeAll(() => {
    rows = measured(grid(), TRUTH);
    fitted = calibrateRuns(measuredRuns(rows).runs, options);
  });

  it('recovers the latencies of a known world, and what decides them', () => {
    expect(fitted.errors.fit?.tpot.mape).toBeLessThan(2);
    expect(fitted.errors.fit?.ttft.mape).toBeLessThan(6);
    const found = calibrate(fitted, subject).coefficients;
    const truth = calibrate(TRUTH, subject).coefficients;
    expect(found.layerSeconds / truth.layerSeconds).toBeGreaterThan(0.7);
    expect(found.layerSeconds / truth.layerSeconds).toBeLessThan(1.3);
    expect(found.requestSeconds / truth.requestSeconds).toBeGreaterThan(0.6);
    expect(found.requestSeconds / truth.requestSeconds).toBeLessThan(1.5);
  });

  it('is not moved by runs that are far off', () => {
    const odd = rows.map((row, i) => (i % 8 === 0 ? { ...row, ttftMs: (row.ttftMs ?? 0) * 30 } : row));
    const trusted = calibrate(fitted, subject).coefficients.requestSeconds;
    const shift = (freedom: number): number => {
      const set = calibrateRuns(measuredRuns(odd).runs, { ...options, fit: { freedom } });
      return calibrate(set, subject).coefficients.requestSeconds / trusted;
    };
    expect(shift(FIT_DEFAULTS.freedom)).toBeLessThan(1.25);
    // Many degrees of freedom are a Gaussian, which has to believe them.
    expect(shift(1e6)).toBeGreaterThan(1.5);
  });

  it('gives the same file again', () => {
    expect(calibrationJson(calibrateRuns(measuredRuns(rows).runs, options))).toBe(calibrationJson(fitted));
  });

  it('survives its file', () => {
    expect(parseCalibration(calibrationJson(fitted), 'c.json')).toEqual(fitted);
    expect(calibrationSource(fitted)).toContain('"all"');
    expect(() => parseCalibration('{"schema":"other"}', 'c.json')).toThrow(/c\.json/);
    expect(() => parseCalibration('nonsense', 'c.json')).toThrow(/is no JSON/);
  });

  it('says how much evidence there is', () => {
    const of = (gpu: string) => calibrate(fitted, { ...subject, gpu: gpus[gpu] }).provenance.tier;
    expect(of('h200-sxm')).toBe('measured');
    expect(of('h100-sxm')).toBe('transferred');
    expect(of('mi300x')).toBe('datasheet');
  });

  it('calls other kinds of models transferred where only dense ones were measured', () => {
    const dense = calibrateRuns(measuredRuns(rows.filter(({ model }) => model === 'llama-3.1-8b')).runs, options);
    const of = (model: string) => calibrate(dense, { ...subject, model: models[model] }).provenance.tier;
    expect(of('qwen3-32b')).toBe('measured');
    expect(of('qwen3-30b-a3b')).toBe('transferred');
    expect(of('gpt-oss-20b')).toBe('transferred');
  });

  it('keeps every coefficient in its bounds, however far the factors go', () => {
    for (const factor of [1e-4, 1e4]) {
      const factors = Object.fromEntries(Object.keys(coefficientBounds).map((name) => [name, factor]));
      const levels = { all: factors, hopper: factors, 'h200-sxm': factors };
      expect(() => checkCoefficients(calibrate({ ...TRUTH, levels }, subject).coefficients)).not.toThrow();
    }
  });

  it('refines with a few runs and leaves other groups alone', () => {
    const faster = { ...fitted, levels: { ...fitted.levels, 'h200-sxm vllm fp8': { layerSeconds: 0.5 } } };
    const few = measured(grid().slice(0, 10), faster);
    const refined = calibrateRuns(measuredRuns(few).runs, { ...options, base: fitted });
    const { runs } = measuredRuns(few);
    const error = (set: CalibrationSet) =>
      latencyErrors(simulateRuns(runs, set).map((predicted, i) => ({ run: runs[i], predicted }))).tpot.mape;
    expect(error(refined)).toBeLessThan(error(fitted) / 2);
    const other = { ...subject, gpu: gpus['b200-sxm'] };
    const before = calibrate(fitted, other).coefficients;
    const after = calibrate(refined, other).coefficients;
    for (const name of Object.keys(before) as (keyof typeof before)[]) {
      if (before[name] > 0) expect(Math.abs(Math.log(after[name] / before[name]))).toBeLessThan(0.1);
    }
  });

  it('validates: errors of nothing are nothing, skipped rows are counted, threads change nothing', async () => {
    const more = [...rows, { ...rows[0], id: 'other', mode: 'disaggregated' }];
    const report = await validate(more, { set: TRUTH, workers: 1 });
    expect(report).toMatchObject({ rows: rows.length + 1, simulated: rows.length, skipped: [{ id: 'other' }] });
    expect(report.overall.tpot.mape).toBe(0);
    expect(report.byGpu['h200-sxm'].runs).toBe(rows.length);
    expect(await validate(more, { set: TRUTH, workers: 3 })).toEqual(report);
    expect(validationPlot(report.points)).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  });

  it('cross-validates by configuration', async () => {
    const report = await validate(rows, {
      set: DATASHEET_SET,
      holdOut: { kind: 'folds', folds: 2 },
      workers: 1,
      rounds: 1,
    });
    const blind = await validate(rows, { set: DATASHEET_SET, workers: 1 });
    expect(report.overall.tpot.mape).toBeLessThan(blind.overall.tpot.mape);
  });
});

it('errors are percent of what was measured', () => {
  const [run] = measuredRuns(grid()).runs;
  const percentiles = { ttftP50Ms: 50, ttftP99Ms: 50, tpotP50Ms: 12, tpotP99Ms: 12 };
  const { tpot, ttft } = groupErrors([{ run, predicted: { tpotMs: 12, ttftMs: 50, percentiles } }]);
  expect(tpot).toEqual({ mape: 20, medianApe: 20, bias: 18.23 });
  expect(ttft.mape).toBe(50);
});
