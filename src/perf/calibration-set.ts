import type { CalibrationSet } from '../catalog/calibrations/calibration-set.js';
import type { Gpu, Model, Stack } from '../catalog/index.js';

export type { CalibrationSet, ErrorBand, Factors, LatencyErrors } from '../catalog/calibrations/calibration-set.js';

import { architectureClass } from './architecture.js';
import {
  type Calibration,
  type CalibrationTier,
  type Coefficients,
  coefficientBounds,
  datasheetCalibration,
} from './coefficients.js';
import { type Precision, type WeightFormat, weightFormat } from './precision.js';

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

/** `gpu stack format`. */
function groupName({ gpu, stack, precision, model }: CalibrationSubject): string {
  return `${gpu.name} ${stack.name} ${mainFormat(model, precision)}`;
}

/** `gpu stack format attention feed-forward`: the finest group, and the one that counts as measured. */
export function className(subject: CalibrationSubject): string {
  return `${groupName(subject)} ${architectureClass(subject.model)}`;
}

/** Generations with the same cores: an "Ultra" differs in memory and in figures that the catalog has. */
function family({ generation }: Gpu): string {
  return generation.replace(/-ultra$/, '');
}

/** Names of the levels that apply, from what all runs share to what only the nearest relatives do. */
export function levelNames(subject: CalibrationSubject): string[] {
  const { gpu, stack, precision, model, release } = subject;
  const format = mainFormat(model, precision);
  const names = [
    'all',
    stack.name,
    format,
    family(gpu),
    `${family(gpu)} ${stack.name}`,
    `${family(gpu)} ${format}`,
    gpu.name,
    `${gpu.name} ${stack.name}`,
    groupName(subject),
    className(subject),
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
  const { stack } = subject;
  const coefficients: Coefficients = { ...datasheetCalibration(stack).coefficients };
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
      disaggregatedErrors: tier === 'datasheet' ? null : set.errors.disaggregated,
    },
  };
}

/** `measured` where its class had runs, `transferred` where its GPU generation had, `datasheet` otherwise. */
function tierOf(set: CalibrationSet, subject: CalibrationSubject): CalibrationTier {
  if (Object.hasOwn(set.groups, className(subject))) return 'measured';
  return Object.hasOwn(set.levels, family(subject.gpu)) ? 'transferred' : 'datasheet';
}
