import { describe, expect, it } from 'vitest';
import { gpus } from '../../../src/catalog/index.js';
import { fitCurve, type Timing, unitHash } from '../../../src/experiment/kernels/fit-curve.js';
import {
  type CoefficientSpecs,
  type CoefficientValues,
  type CurveForm,
  type DecodeShape,
  decodeForm,
  type GemmShape,
  gemmForm,
  groupedDecodeHeads,
  kernelLimits,
} from '../../../src/perf/curves/index.js';

const limits = kernelLimits(gpus['h100-sxm'], 'gemm', 'bf16');

/** Times of a form with known coefficients, each off by a factor that depends on its shape alone. */
function timings<Shape, Specs extends CoefficientSpecs>(
  form: CurveForm<Shape, Specs>,
  truth: CoefficientValues<Specs>,
  shapes: readonly Shape[],
  noise: number,
): Timing<Shape>[] {
  return shapes.map((shape) => {
    const key = JSON.stringify(shape);
    const off = 1 + noise * (2 * unitHash(`noise ${key}`) - 1);
    return { shape, key, seconds: form.seconds(truth, shape, limits) * off };
  });
}

const powers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => 2 ** (from + i));
const gemms: GemmShape[] = powers(0, 14).flatMap((rows) =>
  powers(7, 15).flatMap((n) => powers(7, 15).map((k): GemmShape => ({ format: 'bf16', rows, n, k }))),
);
const gemmTruth = {
  fixedSeconds: 3e-6,
  secondsPerK: 4e-10,
  bandwidth: 0.82,
  compute: 0.74,
  halfRows: 60,
  halfColumns: 400,
  halfK: 150,
  hostSeconds: 1e-6,
};

describe('fitCurve', () => {
  it('recovers the coefficients that made the timings', () => {
    const fit = fitCurve(gemmForm, timings(gemmForm, gemmTruth, gemms, 0), limits);
    expect(fit.medianError).toBeLessThan(0.005);
    expect(fit.coefficients.bandwidth).toBeCloseTo(gemmTruth.bandwidth, 2);
    expect(fit.coefficients.compute).toBeCloseTo(gemmTruth.compute, 2);
    expect(fit.coefficients.fixedSeconds).toBeCloseTo(gemmTruth.fixedSeconds, 7);
    expect(fit.coefficients.halfColumns / gemmTruth.halfColumns).toBeCloseTo(1, 1);
  });

  it('does so under 10 % noise and with one timing in twenty three times too long', () => {
    const noisy = timings(gemmForm, gemmTruth, gemms, 0.1).map((t) =>
      unitHash(`outlier ${t.key}`) < 0.05 ? { ...t, seconds: 3 * t.seconds } : t,
    );
    const fit = fitCurve(gemmForm, noisy, limits);
    expect(fit.medianError).toBeLessThan(0.08);
    expect(fit.coefficients.bandwidth / gemmTruth.bandwidth).toBeCloseTo(1, 1);
    expect(fit.coefficients.compute / gemmTruth.compute).toBeCloseTo(1, 1);
  });

  it('recovers a slow host', () => {
    const truth = { ...gemmTruth, hostSeconds: 80e-6 };
    const fit = fitCurve(gemmForm, timings(gemmForm, truth, gemms, 0.05), limits);
    expect(fit.coefficients.hostSeconds / truth.hostSeconds).toBeCloseTo(1, 1);
  });

  it('recovers decode attention', () => {
    const truth = {
      fixedSeconds: 8e-6,
      secondsPerSequence: 2e-8,
      bandwidth: 0.85,
      compute: 0.3,
      halfQueries: 4,
      halfGroups: 3,
      halfContext: 120,
    };
    const shapes: DecodeShape[] = powers(0, 9).flatMap((sequences) =>
      powers(4, 15).flatMap((context) =>
        [1, 2, 8].map((kvHeads) => ({
          sequences,
          contextTokens: sequences * context,
          ...groupedDecodeHeads({ heads: 8 * kvHeads, kvHeads, headDim: 128 }, 2),
        })),
      ),
    );
    const fit = fitCurve(decodeForm, timings(decodeForm, truth, shapes, 0.03), limits);
    expect(fit.medianError).toBeLessThan(0.03);
    expect(fit.coefficients.bandwidth).toBeCloseTo(truth.bandwidth, 1);
  });

  it('gives the same bits every time', () => {
    const data = timings(gemmForm, gemmTruth, gemms, 0.1);
    expect(fitCurve(gemmForm, data, limits)).toEqual(fitCurve(gemmForm, [...data], limits));
  });

  it('leaves out timings that beat physics and says how many', () => {
    const data = timings(gemmForm, gemmTruth, gemms, 0).map((t) =>
      unitHash(`cache ${t.key}`) < 0.02 ? { ...t, seconds: gemmForm.floorSeconds(t.shape, limits) / 2 } : t,
    );
    const fit = fitCurve(gemmForm, data, limits);
    expect(fit.impossible).toBe(data.length - fit.shapes);
    expect(fit.impossible).toBeGreaterThan(0);
    expect(fit.coefficients.bandwidth).toBeCloseTo(gemmTruth.bandwidth, 2);
  });
});
