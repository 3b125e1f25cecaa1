import { collectiveForm } from './collective.js';
import type { CoefficientSpecs } from './curve-form.js';
import { decodeForm } from './decode-attention.js';
import { expertForm } from './experts.js';
import { gemmForm } from './gemm.js';
import { latentDecodeModuleForm, latentPrefillModuleForm } from './latent-module.js';
import { latentProjectionForm } from './latent-projection.js';
import { prefillForm } from './prefill-attention.js';
import { recurrentForm } from './recurrent.js';

/** The form of every operation that has curves. */
export const curveForms = {
  gemm: gemmForm,
  experts: expertForm,
  'decode-attention': decodeForm,
  'prefill-attention': prefillForm,
  'latent-decode-attention': decodeForm,
  'latent-prefill-attention': prefillForm,
  'latent-projection': latentProjectionForm,
  'latent-decode-module': latentDecodeModuleForm,
  'latent-prefill-module': latentPrefillModuleForm,
  'all-reduce': collectiveForm,
  nccl: collectiveForm,
  'recurrent-decode': recurrentForm,
  'recurrent-prefill': recurrentForm,
} as const;

export type KernelOperation = keyof typeof curveForms;

/** Coefficients and bounds of an operation's form. */
export function specsOf(operation: KernelOperation): CoefficientSpecs {
  return curveForms[operation].specs;
}

export function isKernelOperation(name: string): name is KernelOperation {
  return Object.hasOwn(curveForms, name);
}
