import type { Gpu, Model, Stack } from '../catalog/index.js';
import {
  type Calibration,
  type CalibrationTier,
  type Coefficients,
  coefficientBounds,
  datasheetCalibration,
} from './coefficients.js';
import { type Precision, type WeightFormat, weightFormat } from './precision.js';

/** Errors of a prediction in percent, over rows kept out of the fit. */
export interface ErrorBand {
  /** Mean of |predicted / measured - 1|. */
  readonly mape: number;
  /** Median of it. */
  readonly medianApe: number;
}

export interface LatencyErrors {
  readonly tpot: ErrorBand;
  readonly ttft: ErrorBand;
}

/** Factors on the datasheet coefficients; what is left out is 1. */
export type Factors = Readonly<Partial<Record<keyof Coefficients, number>>>;

/**
 * What was fitted to measured runs: for every level of a hierarchy, factors on the datasheet coefficients. A coefficient
 * is its datasheet value times the factors of all levels that apply, kept inside its bounds; so a GPU, stack or number
 * format without runs of its own takes what its relatives have in common. Nothing is keyed by the name of a model.
 */
export interface CalibrationSet {
  readonly schema: 'goodput-calibration-1';
  readonly title: string;
  /** Day on which the newest run was measured: the set is a function of its data, not of the day it was fitted. */
  readonly asOf: string;
  readonly data: { readonly file: string; readonly sha256: string; readonly runs: number; readonly source: string };
  /** Runs per {@link groupName}. */
  readonly groups: Readonly<Record<string, number>>;
  /** Errors by how much the fit knew: of runs kept out of it, and of GPUs kept out of it altogether. */
  readonly errors: Readonly<Record<'fit' | 'measured' | 'transferred', LatencyErrors | null>>;
  readonly levels: Readonly<Record<string, Factors>>;
}

/** What a calibration may depend on. */
export interface CalibrationSubject {
  readonly gpu: Gpu;
  readonly stack: Stack;
  readonly precision: Precision;
  readonly model: Model;
  /** Release of the stack, such as `0.19.0`; without it, what all releases have in common. */
  readonly release?: string | undefined;
}

/** Number format of the matrices that most of the weights are in. */
export function mainFormat(model: Model, precision: Precision): WeightFormat {
  return weightFormat(model, precision, model.moe === null ? 'attention-input' : 'expert');
}

/** `gpu stack format`: the finest group that counts as measured. */
export function groupName({ gpu, stack, precision, model }: CalibrationSubject): string {
  return `${gpu.name} ${stack.name} ${mainFormat(model, precision)}`;
}

/** Names of the levels that apply, from what all runs share to what only the nearest relatives do. */
export function levelNames(subject: CalibrationSubject): string[] {
  const { gpu, stack, precision, model, release } = subject;
  const format = mainFormat(model, precision);
  const names = [
    'all',
    stack.name,
    format,
    gpu.generation,
    `${gpu.generation} ${stack.name}`,
    `${gpu.generation} ${format}`,
    gpu.name,
    `${gpu.name} ${stack.name}`,
    groupName(subject),
  ];
  if (release !== undefined) names.push(`${stack.name}@${release}`, `${gpu.name} ${stack.name}@${release}`);
  return names;
}

/**
 * A coefficient times a factor. Of a share of a peak the factor multiplies the odds, `share / (1 - share)`, so that a
 * product of many never exceeds 1; other coefficients take it as it is. Both stay inside their bounds.
 */
export function scaleCoefficient(name: keyof Coefficients, value: number, factor: number): number {
  const [min, max] = coefficientBounds[name];
  let scaled = value * factor;
  if (max === 1) {
    // Not quite 1, whose odds are infinite.
    const share = Math.min(value, 0.999);
    const odds = (factor * share) / (1 - share);
    scaled = odds / (1 + odds);
  }
  return Math.min(max, Math.max(min, scaled));
}

/**
 * The coefficients of `set` for one instance.
 *
 * @example
 * calibrate(shippedCalibration, { gpu: gpus['h200-sxm'], stack: stacks.vllm, precision: 'fp8', model })
 */
export function calibrate(set: CalibrationSet, subject: CalibrationSubject): Calibration {
  const { gpu, stack, precision } = subject;
  const coefficients: Coefficients = { ...datasheetCalibration(gpu, stack, precision).coefficients };
  const factors = new Map<keyof Coefficients, number>();
  for (const level of levelNames(subject)) {
    for (const [name, factor] of Object.entries(set.levels[level] ?? {}) as [keyof Coefficients, number][]) {
      factors.set(name, (factors.get(name) ?? 1) * factor);
    }
  }
  for (const [name, factor] of factors) coefficients[name] = scaleCoefficient(name, coefficients[name], factor);
  const tier = tierOf(set, subject);
  return {
    coefficients,
    provenance: {
      tier,
      source: `${set.title} (${set.asOf})`,
      errors: tier === 'datasheet' ? null : set.errors[tier],
    },
  };
}

/** `measured` where the group had runs, `transferred` where its GPU generation had, `datasheet` otherwise. */
function tierOf(set: CalibrationSet, subject: CalibrationSubject): CalibrationTier {
  if (Object.hasOwn(set.groups, groupName(subject))) return 'measured';
  return Object.hasOwn(set.levels, subject.gpu.generation) ? 'transferred' : 'datasheet';
}
