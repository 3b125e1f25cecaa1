import { type CollectiveShape, collectiveForm } from './collective.js';
import type { CoefficientSpecs, CoefficientValues, CurveForm } from './curve-form.js';
import { type DecodeHeads, type DecodeRates, decodeAttentionRates, type decodeSpecs } from './decode-attention.js';
import { type ExpertShape, expertForm } from './experts.js';
import { type GemmShape, gemmForm } from './gemm.js';
import { type LatentModuleShape, latentDecodeModuleForm, latentPrefillModuleForm } from './latent-module.js';
import { type LatentProjectionShape, latentProjectionForm } from './latent-projection.js';
import type { SourcedCurve } from './lookup.js';
import { type PrefillHeads, type PrefillRates, prefillAttentionRates, type prefillSpecs } from './prefill-attention.js';
import { type RecurrentShape, recurrentForm } from './recurrent.js';

/** A looked-up curve holds the coefficients of its operation's form: both are found by the operation's name. */
function valuesOf<Specs extends CoefficientSpecs>(curve: SourcedCurve): CoefficientValues<Specs> {
  return curve.coefficients as CoefficientValues<Specs>;
}

function evaluate<Shape, Specs extends CoefficientSpecs>(
  form: CurveForm<Shape, Specs>,
  curve: SourcedCurve,
  shape: Shape,
): number {
  return form.seconds(valuesOf<Specs>(curve), shape, curve.limits);
}

/** Seconds of one GEMM. */
export const gemmSeconds = (curve: SourcedCurve, shape: GemmShape): number => evaluate(gemmForm, curve, shape);

/** Seconds of the routed experts of one layer; rows and touched experts come from `expertLoad`. */
export const expertSeconds = (curve: SourcedCurve, shape: ExpertShape): number => evaluate(expertForm, curve, shape);

/** Seconds of a collective inside a scale-up domain. */
export const collectiveSeconds = (curve: SourcedCurve, shape: CollectiveShape): number =>
  shape.gpus === 1 ? 0 : evaluate(collectiveForm, curve, shape);

/** Seconds of the projection of queries into the latent space, or of results out of it. */
export const latentProjectionSeconds = (curve: SourcedCurve, shape: LatentProjectionShape): number =>
  evaluate(latentProjectionForm, curve, shape);

/** Seconds of a whole latent-attention layer; replaces its GEMMs, projections and attention together. */
export const latentModuleSeconds = (curve: SourcedCurve, shape: LatentModuleShape): number =>
  curve.operation === 'latent-decode-module'
    ? evaluate(latentDecodeModuleForm, curve, shape)
    : evaluate(latentPrefillModuleForm, curve, shape);

/** Seconds of convolution and recurrence of one linear-attention layer. */
export const recurrentSeconds = (curve: SourcedCurve, shape: RecurrentShape): number =>
  evaluate(recurrentForm, curve, shape);

/** Decode attention of one layer for `sequences`, affine in their context tokens; works for latent attention too. */
export const decodeRates = (curve: SourcedCurve, sequences: number, heads: DecodeHeads): DecodeRates =>
  decodeAttentionRates(valuesOf<typeof decodeSpecs>(curve), sequences, heads, curve.limits);

/** Prefill attention of one layer for a step with `prompts`, affine in tokens and attended pairs. */
export const prefillRates = (curve: SourcedCurve, prompts: number, heads: PrefillHeads): PrefillRates =>
  prefillAttentionRates(valuesOf<typeof prefillSpecs>(curve), prompts, heads, curve.limits);
