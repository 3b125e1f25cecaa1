import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpus } from '../../../src/catalog/index.js';
import {
  type CoefficientSpecs,
  type CurveForm,
  collectiveForm,
  curveForms,
  decodeForm,
  expertForm,
  gemmForm,
  type KernelFormat,
  type KernelLimits,
  kernelFormats,
  kernelLimits,
  latentDecodeModuleForm,
  latentPrefillModuleForm,
  latentProjectionForm,
  prefillForm,
  recurrentForm,
  smoothMax,
} from '../../../src/perf/curves/index.js';

/** Any coefficients within the bounds of a form, the bounds themselves included. */
function anyCoefficients(specs: CoefficientSpecs): fc.Arbitrary<Record<string, number>> {
  return fc.record(
    Object.fromEntries(
      Object.entries(specs).map(([name, { min, max }]) => [
        name,
        fc.oneof(
          fc.constantFrom(min, max),
          fc.double({ min: 0, max: 1, noNaN: true }).map((u) => Math.min(max, min * (max / min) ** u)),
        ),
      ]),
    ),
  );
}

const anyGpu = fc.constantFrom(...Object.values(gpus));
const anyFormat = fc.constantFrom(...(Object.keys(kernelFormats) as KernelFormat[]));
const size = (max: number) => fc.double({ min: 0, max: Math.log2(max), noNaN: true }).map((e) => Math.floor(2 ** e));
const rows = size(2 ** 20);

const heads = {
  groups: size(128),
  queriesPerGroup: size(128),
  flopsPerPair: size(4096),
  bytesPerGroupToken: size(4096),
};

/** Shapes of every form, far beyond the measured ones, and the fields in which none may get faster. */
const cases = {
  gemm: {
    form: gemmForm,
    shape: fc.record({ format: anyFormat, rows, n: size(2 ** 18), k: size(2 ** 18) }),
    grows: ['rows', 'n', 'k'],
  },
  experts: {
    form: expertForm,
    shape: fc
      .record({
        format: anyFormat,
        tokens: rows,
        rows: size(2 ** 22),
        more: size(2 ** 22),
        touched: size(1024),
        hidden: size(2 ** 15),
        intermediate: size(2 ** 15),
      })
      .map(({ more, ...shape }) => ({ ...shape, pairs: shape.rows + more })),
    grows: ['tokens', 'pairs', 'rows', 'touched', 'hidden', 'intermediate'],
  },
  'decode attention': {
    form: decodeForm,
    shape: fc
      .record({ sequences: size(4096), context: size(2 ** 20), ...heads })
      .map(({ context, ...shape }) => ({ ...shape, contextTokens: shape.sequences * context })),
    grows: ['contextTokens', 'groups', 'queriesPerGroup', 'bytesPerGroupToken'],
  },
  'prefill attention': {
    form: prefillForm,
    shape: fc
      .record({
        sequences: size(512),
        isl: size(2 ** 18),
        heads: size(256),
        flopsPerPair: size(4096),
        bytesPerToken: size(2 ** 18),
      })
      .map(({ isl, ...shape }) => ({
        ...shape,
        tokens: shape.sequences * isl,
        pairs: (shape.sequences * isl * (isl + 1)) / 2,
      })),
    grows: ['tokens', 'pairs', 'heads', 'bytesPerToken'],
  },
  'latent projection': {
    form: latentProjectionForm,
    shape: fc.record({ format: anyFormat, rows, heads: size(256), n: size(4096), k: size(4096) }),
    grows: ['rows', 'heads', 'n', 'k'],
  },
  'latent decode module': {
    form: latentDecodeModuleForm,
    shape: moduleShape(),
    grows: ['tokens', 'weights', 'contextTokens', 'pairs'],
  },
  'latent prefill module': {
    form: latentPrefillModuleForm,
    shape: moduleShape(),
    grows: ['tokens', 'weights', 'pairs'],
  },
  collective: {
    form: collectiveForm,
    shape: fc.record({
      kind: fc.constantFrom('all_reduce', 'all_gather', 'reduce_scatter', 'alltoall'),
      gpus: fc.integer({ min: 2, max: 576 }),
      bytes: size(2 ** 34),
    }),
    grows: ['bytes', 'gpus'],
  },
  recurrent: {
    form: recurrentForm,
    shape: fc.record({
      sequences: size(4096),
      tokens: rows,
      stateBytes: size(2 ** 22),
      bytesPerToken: size(2 ** 18),
      flopsPerToken: size(2 ** 24),
    }),
    grows: ['tokens', 'stateBytes', 'bytesPerToken', 'flopsPerToken'],
  },
};

function moduleShape() {
  return fc.record({
    format: anyFormat,
    weights: size(2 ** 30),
    tokens: rows,
    contextTokens: size(2 ** 28),
    cacheBytesPerToken: size(4096),
    pairs: size(2 ** 36),
    flopsPerPair: size(2 ** 19),
    attentionPeakShare: fc.constantFrom(1, 0.5, 0.25, 1 / 6),
  });
}

describe.each(Object.entries(cases))('curves of %s', (_name, { form: typedForm, shape, grows }) => {
  // The table pairs each form with shapes of its own; the loop over them cannot know that.
  const form = typedForm as unknown as CurveForm<Record<string, unknown>, CoefficientSpecs>;
  const anyCase = fc.tuple(
    anyCoefficients(form.specs),
    shape as fc.Arbitrary<Record<string, unknown>>,
    fc.tuple(anyGpu, anyFormat).map(([gpu, format]): KernelLimits => kernelLimits(gpu, 'gemm', format)),
  );

  it('never beat memory bandwidth or peak FLOPs, whatever the coefficients', () => {
    fc.assert(
      fc.property(anyCase, ([c, s, limits]) => {
        const seconds = form.seconds(c, s, limits);
        expect(Number.isFinite(seconds)).toBe(true);
        expect(seconds).toBeGreaterThan(0);
        expect(seconds).toBeGreaterThanOrEqual(form.floorSeconds(s, limits) * (1 - 1e-12));
      }),
      { numRuns: 500 },
    );
  });

  it.each(grows)('never get faster with more %s', (field) => {
    fc.assert(
      fc.property(anyCase, fc.double({ min: 1, max: 100, noNaN: true }), ([c, s, limits], factor) => {
        const more = { ...s, [field]: Math.ceil(Number(s[field]) * factor) };
        expect(form.seconds(c, more, limits)).toBeGreaterThanOrEqual(form.seconds(c, s, limits) * (1 - 1e-12));
      }),
      { numRuns: 200 },
    );
  });
});

describe('coefficient specs', () => {
  it('keep every efficiency in (0, 1] and every other coefficient positive, with a start inside', () => {
    for (const { specs } of Object.values(curveForms)) {
      for (const { min, max, start, unit } of Object.values<CoefficientSpecs[string]>(specs)) {
        expect(min).toBeGreaterThan(0);
        expect(start).toBeGreaterThan(min);
        expect(start).toBeLessThan(max);
        if (unit === 'share') expect(max).toBe(1);
      }
    }
  });
});

describe('smoothMax', () => {
  it('is the sum for p = 1 and close to the larger one for a large p', () => {
    expect(smoothMax(3, 4, 1)).toBeCloseTo(7, 12);
    expect(smoothMax(3, 4, 2)).toBeCloseTo(5, 12);
    expect(smoothMax(3, 4, 50)).toBeCloseTo(4, 6);
    expect(smoothMax(0, 0, 2)).toBe(0);
  });
});
