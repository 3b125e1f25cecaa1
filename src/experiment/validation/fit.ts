import {
  type CalibrationSet,
  type Coefficients,
  coefficientBounds,
  datasheetCalibration,
  levelNames,
  scaleCoefficient,
} from '../../perf/index.js';
import { type AnyRun, isDisaggregated } from './any-run.js';
import { corrected, estimate, type Latencies } from './estimate.js';
import { correctedDisaggregated, estimateDisaggregated } from './estimate-disaggregated.js';
import type { RunIdentity } from './measured-run.js';
import { type NormalEquations, solve } from './normal-equations.js';
import type { SimulatedRun } from './simulate-run.js';

type Name = keyof Coefficients;
export const coefficientNames = Object.keys(coefficientBounds) as readonly Name[];

export interface FitOptions {
  /** Gauss-Newton steps per round. */
  readonly steps: number;
  /** Spread of logarithmic errors that a good prediction has; a latency counts by its inverse square. */
  readonly tpotSpread: number;
  readonly ttftSpread: number;
  /** Degrees of freedom of Student's t, by which errors are spread: the fewer, the less a run counts that is far off. */
  readonly freedom: number;
}

export const FIT_DEFAULTS: FitOptions = {
  steps: 5,
  tpotSpread: 0.06,
  ttftSpread: 0.2,
  freedom: 4,
};

/** Coefficients as sums of logarithms over levels. */
export class Parameters {
  readonly levels: readonly string[];
  private readonly index: ReadonlyMap<string, number>;
  readonly values: Float64Array;

  constructor(levels: Iterable<string>, values?: Float64Array) {
    this.levels = [...new Set(levels)].sort();
    this.index = new Map(this.levels.map((level, index) => [level, index]));
    this.values = values ?? new Float64Array(this.levels.length * coefficientNames.length);
  }

  /** Positions of the levels of `names` that are known. */
  positions(names: readonly string[]): number[] {
    return names.flatMap((name) => this.index.get(name) ?? []);
  }
}

/** One run as the fit sees it. */
export interface FitRun {
  readonly run: AnyRun;
  /** Rows that measured the same thing share a weight of one each; duplicates do not count twice. */
  readonly weight: number;
}

/** A run during the fit: its levels, its coefficients before any, and what its last simulation says of others. */
export interface Anchor {
  readonly run: AnyRun;
  readonly weight: number;
  readonly levels: readonly number[];
  readonly base: Coefficients;
  /** What a simulation with other coefficients would say of what was measured, from the one that was done. */
  predict(coefficients: Coefficients): Latencies;
}

/** Effective coefficients of a run. */
export function effective(base: Coefficients, levels: readonly number[], values: Float64Array): Coefficients {
  const out = { ...base };
  coefficientNames.forEach((name, at) => {
    let sum = 0;
    for (const level of levels) sum += values[level * coefficientNames.length + at];
    out[name] = scaleCoefficient(name, base[name], Math.exp(sum));
  });
  return out;
}

export function baseOf({ stack }: RunIdentity): Coefficients {
  return datasheetCalibration(stack).coefficients;
}

export function anchor(fit: FitRun, parameters: Parameters, simulated: SimulatedRun): Anchor {
  const base = baseOf(fit.run);
  const levels = parameters.positions(levelNames(fit.run));
  return {
    ...fit,
    levels,
    base,
    predict: predictor(fit.run, effective(base, levels, parameters.values), simulated),
  };
}

function predictor(run: AnyRun, simulatedWith: Coefficients, simulated: SimulatedRun): Anchor['predict'] {
  if (isDisaggregated(run)) {
    const then = estimateDisaggregated(run, simulatedWith);
    return (coefficients) => correctedDisaggregated(estimateDisaggregated(run, coefficients), simulated, then);
  }
  const then = estimate(run, simulatedWith);
  return (coefficients) => corrected(estimate(run, coefficients), simulated, then);
}

/** Latencies that a fit looks at, in the order of its errors. */
const LATENCIES = ['tpotMs', 'ttftMs', 'ttftP50Ms', 'ttftP99Ms'] as const satisfies readonly (keyof Latencies)[];

/**
 * What a run measured; a median of TPOT stands in for a mean that is missing, as both are close. Median and tail of TTFT count where
 * prefill and decode are apart: there the first wave tells what the prefill workers can do, the median how they fare after it.
 */
function measuredOf(run: AnyRun): Record<keyof Latencies, number | null> {
  const { tpotMs, ttftMs, percentiles } = run.measurement;
  const { tpotP50Ms, ttftP50Ms, ttftP99Ms } = percentiles;
  const apart = isDisaggregated(run);
  return {
    tpotMs: tpotMs ?? tpotP50Ms,
    ttftMs,
    ttftP50Ms: apart || ttftMs === null ? ttftP50Ms : null,
    ttftP99Ms: apart ? ttftP99Ms : null,
  };
}

/** Logarithmic errors of {@link LATENCIES}; 0 where one was not measured. */
function errors(run: AnyRun, predicted: Latencies): number[] {
  const measured = measuredOf(run);
  return LATENCIES.map((name) => {
    const value = measured[name];
    return value === null ? 0 : Math.log(predicted[name] / value);
  });
}

/** Spreads of {@link LATENCIES}: apart, waits of a loop between two stations near balance hang on small differences. */
function spreadsOf(run: AnyRun, { tpotSpread, ttftSpread }: FitOptions): readonly number[] {
  const [tpot, ttft] = isDisaggregated(run) ? APART : [1, 1];
  return LATENCIES.map((name) => (name === 'tpotMs' ? tpot * tpotSpread : ttft * ttftSpread));
}
/** How much wider those of TPOT and TTFT are apart. */
const APART = [1.5, 2] as const;

const NUDGE = 0.02;

/** What is believed of all values before any run is seen: independent Gaussians. */
export interface Prior {
  readonly centers: Float64Array;
  readonly spreads: Float64Array;
}

/**
 * One round of the fit: Gauss-Newton steps on the corrected estimates of `anchors`, with weights of Student's t and Gaussian priors
 * around zero that shrink every level towards its parents (maximum a posteriori). Changes the values in place; returns what is left of the loss.
 */
export function fitRound(
  anchors: readonly Anchor[],
  parameters: Parameters,
  { centers: prior, spreads }: Prior,
  options: FitOptions,
): number {
  const { values } = parameters;
  const inverse = spreads.map((spread) => 1 / spread ** 2);
  let best = objective(anchors, values, prior, inverse, options);
  for (let step = 0; step < options.steps; step++) {
    const slopes = slopesOf(anchors, values);
    for (let chord = 0; chord < CHORDS; chord++) {
      const found = descend(anchors, slopes, values, prior, inverse, options, best);
      if (found === undefined) {
        if (chord === 0) return best;
        break;
      }
      const gain = best - found;
      best = found;
      if (gain < 1e-3 * best) break;
    }
  }
  return best;
}

/** Steps with the same slopes, which are dear and change little. */
const CHORDS = 4;

/** One step along the solution of the normal equations, halved until it helps; undefined where none does. */
function descend(
  anchors: readonly Anchor[],
  slopes: Float64Array,
  values: Float64Array,
  prior: Float64Array,
  inverse: Float64Array,
  options: FitOptions,
  best: number,
): number | undefined {
  const { weights, residuals } = weigh(anchors, values, options);
  const levels = anchors.map((of) => of.levels);
  const move = solve({ levels, slopes, weights, residuals, inverse, offsets: values.map((v, p) => v - prior[p]) });
  for (let length = 1; length > 0.05; length /= 2) {
    const tried = values.map((value, p) => value + length * move[p]);
    const found = objective(anchors, tried, prior, inverse, options);
    if (found >= best) continue;
    values.set(tried);
    return found;
  }
  return undefined;
}

/** Loss of all latencies (logarithm of the density of Student's t) plus the squared distance from the prior, both in standard deviations. */
function objective(
  anchors: readonly Anchor[],
  values: Float64Array,
  prior: Float64Array,
  inverse: Float64Array,
  options: FitOptions,
): number {
  let sum = 0;
  for (let p = 0; p < values.length; p++) sum += 0.5 * inverse[p] * (values[p] - prior[p]) ** 2;
  for (const of of anchors) {
    const c = effective(of.base, of.levels, values);
    const error = errors(of.run, of.predict(c));
    const spreads = spreadsOf(of.run, options);
    for (const size of error.map((value, k) => value / spreads[k])) {
      sum += 0.5 * of.weight * (options.freedom + 1) * Math.log1p(size ** 2 / options.freedom);
    }
  }
  return sum;
}

/** Weights and errors of all latencies; those of a run stand together, in the order of {@link LATENCIES}. */
function weigh(
  anchors: readonly Anchor[],
  values: Float64Array,
  options: FitOptions,
): Pick<NormalEquations, 'weights' | 'residuals'> {
  const weights = new Float64Array(anchors.length * LATENCIES.length);
  const residuals = new Float64Array(anchors.length * LATENCIES.length);
  anchors.forEach((of, i) => {
    const c = effective(of.base, of.levels, values);
    const error = errors(of.run, of.predict(c));
    const spreads = spreadsOf(of.run, options);
    const measured = measuredOf(of.run);
    LATENCIES.forEach((name, k) => {
      const at = LATENCIES.length * i + k;
      residuals[at] = error[k];
      const trust = (options.freedom + 1) / (options.freedom + (error[k] / spreads[k]) ** 2);
      weights[at] = measured[name] === null ? 0 : (of.weight * trust) / spreads[k] ** 2;
    });
  });
  return { weights, residuals };
}

/** Slopes of the logarithms of {@link LATENCIES} over those of the coefficients, by finite differences. */
function slopesOf(anchors: readonly Anchor[], values: Float64Array): Float64Array {
  const width = coefficientNames.length;
  const slopes = new Float64Array(anchors.length * LATENCIES.length * width);
  anchors.forEach((of, i) => {
    const c = effective(of.base, of.levels, values);
    const at = of.predict(c);
    coefficientNames.forEach((name, j) => {
      if (!matters(name, of.run)) return;
      const nudged = scaleCoefficient(name, c[name], Math.exp(NUDGE));
      if (nudged === c[name]) return;
      const moved = of.predict({ ...c, [name]: nudged });
      LATENCIES.forEach((latency, k) => {
        slopes[(LATENCIES.length * i + k) * width + j] = Math.log(moved[latency] / at[latency]) / NUDGE;
      });
    });
  });
  return slopes;
}

/** Whether a coefficient can matter to a run at all; spares half of the work. */
export function matters(name: Name, run: AnyRun): boolean {
  const { model } = run;
  const roles = isDisaggregated(run) ? [run.prefill.parallelism, run.decode.parallelism] : [run.parallelism];
  if (name === 'expertDispersion') return roles.some(({ moeEp }) => moeEp > 1);
  if (name.startsWith('expert') || name === 'routingDiversity') return model.moe !== null;
  if (name === 'allToAllSeconds') return roles.some(({ attentionDp }) => attentionDp > 1);
  if (name === 'allReduceSlowdown') return roles.some(({ tp }) => tp > 1);
  if (name === 'linkEfficiency' || name === 'networkSeconds') return roles.some(({ gpus }) => gpus > 1);
  if (name.startsWith('draft')) return run.speculation !== undefined;
  if (name === 'handoverSeconds' || name.startsWith('send')) return isDisaggregated(run);
  if (name === 'admissionSteps') return !isDisaggregated(run);
  if (name.startsWith('latent')) return model.attention.kind === 'mla';
  return name.startsWith('linearAttention') ? model.linearAttention !== null : true;
}

/** Factors by level, as a calibration file holds them; what is closer to 1 than 1 % is left out. */
export function toLevels({ levels, values }: Parameters): CalibrationSet['levels'] {
  const width = coefficientNames.length;
  const out: Record<string, Record<string, number>> = {};
  levels.forEach((level, l) => {
    const factors: Record<string, number> = {};
    coefficientNames.forEach((name, c) => {
      const log = values[l * width + c];
      if (Math.abs(log) >= 0.01) factors[name] = Number(Math.exp(log).toPrecision(3));
    });
    out[level] = factors;
  });
  return out;
}
