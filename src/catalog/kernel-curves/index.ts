import { b200Sxm } from './b200-sxm.js';
import { b300Sxm } from './b300-sxm.js';
import { gb200Nvl72 } from './gb200-nvl72.js';
import { gb300Nvl72 } from './gb300-nvl72.js';
import { h100Sxm } from './h100-sxm.js';
import { h200Sxm } from './h200-sxm.js';
import type { KernelCurve } from './kernel-curve.js';

export type { KernelCurve } from './kernel-curve.js';

/** Where the timings behind the curves come from; `fitted-tables.ts` has the hash of the tables. */
export const kernelCurveSource = {
  source: 'kernel timing tables of AIConfigurator (github.com/ai-dynamo/aiconfigurator, Apache-2.0)',
  asOf: '2026-08',
} as const;

/** Shipped curves; the files beside this one are written by `goodput calibrate --kernels` and not edited by hand. */
export const kernelCurves: readonly KernelCurve[] = [
  ...b200Sxm,
  ...b300Sxm,
  ...gb200Nvl72,
  ...gb300Nvl72,
  ...h100Sxm,
  ...h200Sxm,
];
