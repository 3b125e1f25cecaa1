import type {
  CoefficientSpec,
  CoefficientSpecs,
  CoefficientValues,
  CurveForm,
  KernelLimits,
} from '../../perf/curves/index.js';
import { leastSquares } from './least-squares.js';

/** A timed shape. */
export interface Timing<Shape> {
  readonly shape: Shape;
  readonly seconds: number;
  /** Spells the shape out; decides which side of the split it is on. */
  readonly key: string;
}

export interface CurveFit {
  readonly coefficients: Readonly<Record<string, number>>;
  readonly shapes: number;
  /** Shapes that were timed faster than physics allows and left out. */
  readonly impossible: number;
  readonly meanError: number;
  readonly medianError: number;
}

/** Share of the shapes that is kept out of a fit. */
const HELD_OUT = 0.2;
/** Shapes a fit looks at; more do not move eight coefficients. */
const FIT_SAMPLE = 2000;
/** Log-residual beyond which a timing counts as an outlier. */
const HUBER = 0.1;
/** A logistic variable at this distance from 0 is within 1e-5 of a bound. */
const LOGISTIC_LIMIT = 12;

/**
 * Fits the coefficients of a form to timings: Huber loss on the logarithm of time over 80 % of the shapes, each
 * coefficient kept within its bounds by a logistic map. Errors are those of the rounded coefficients on the other 20 %.
 * Timings below the physical floor (the caches of a benchmark's loop served them) are left out of both.
 */
export function fitCurve<Shape, Specs extends CoefficientSpecs>(
  form: CurveForm<Shape, Specs>,
  timings: readonly Timing<Shape>[],
  limits: KernelLimits,
): CurveFit {
  const possible = timings.filter((t) => t.seconds >= form.floorSeconds(t.shape, limits));
  const placed = possible.map((timing) => ({ timing, place: unitHash(timing.key) }));
  const kept = placed.filter(({ place }) => place < 1 - HELD_OUT);
  const heldOut = placed.filter(({ place }) => place >= 1 - HELD_OUT).map(({ timing }) => timing);
  const threshold = (1 - HELD_OUT) * Math.min(1, FIT_SAMPLE / Math.max(1, kept.length));
  const sample = kept.filter(({ place }) => place < threshold).map(({ timing }) => timing);

  const names = Object.keys(form.specs);
  const logs = Float64Array.from(sample, (t) => Math.log(t.seconds));
  const valuesAt = (x: Float64Array): CoefficientValues<Specs> =>
    Object.fromEntries(
      names.map((name, i) => [name, fromLogistic(form.specs[name], x[i])]),
    ) as CoefficientValues<Specs>;
  const residuals = (x: Float64Array): Float64Array => {
    const values = valuesAt(x);
    return logs.map((log, i) => Math.log(form.seconds(values, sample[i].shape, limits)) - log);
  };
  const solutions = starts(form.specs, names).map((start) =>
    leastSquares({ residuals, start, huber: HUBER, limit: LOGISTIC_LIMIT, maxIterations: 60 }),
  );
  const best = solutions.reduce((a, b) => (b.loss < a.loss ? b : a));
  const coefficients = Object.fromEntries(
    Object.entries(valuesAt(best.x)).map(([name, value]) => [name, rounded(form.specs[name], value)]),
  ) as CoefficientValues<Specs>;

  const errors = (heldOut.length > 0 ? heldOut : sample)
    .map((t) => Math.abs(form.seconds(coefficients, t.shape, limits) / t.seconds - 1))
    .sort((a, b) => a - b);
  return {
    coefficients,
    shapes: possible.length,
    impossible: timings.length - possible.length,
    meanError: errors.reduce((sum, e) => sum + e, 0) / errors.length,
    medianError: errors[errors.length >> 1],
  };
}

/** From the specs' start values, and once more from where launches outside a graph hide the kernels. */
function starts(specs: CoefficientSpecs, names: readonly string[]): Float64Array[] {
  const usual = Float64Array.from(names, (name) => toLogistic(specs[name], specs[name].start));
  const host = names.indexOf('hostSeconds');
  if (host < 0) return [usual];
  const eager = usual.slice();
  eager[host] = toLogistic(specs.hostSeconds, 60e-6);
  return [usual, eager];
}

function fromLogistic(spec: CoefficientSpec, x: number): number {
  const s = 1 / (1 + Math.exp(-x));
  return spec.scale === 'linear' ? spec.min + (spec.max - spec.min) * s : spec.min * (spec.max / spec.min) ** s;
}

function toLogistic(spec: CoefficientSpec, value: number): number {
  const s =
    spec.scale === 'linear'
      ? (value - spec.min) / (spec.max - spec.min)
      : Math.log(value / spec.min) / Math.log(spec.max / spec.min);
  return Math.log(s / (1 - s));
}

/** Four digits are more than the timings hold, and the same on every machine. */
function rounded(spec: CoefficientSpec, value: number): number {
  return Math.min(spec.max, Math.max(spec.min, Number(value.toPrecision(4))));
}

/** A number in [0, 1) that only depends on the text (FNV-1a with the finaliser of MurmurHash3). */
export function unitHash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
