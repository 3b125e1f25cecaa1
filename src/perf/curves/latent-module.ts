import { type CurveForm, fixedTime, share, size, smoothMax } from './curve-form.js';
import { type KernelFormat, kernelFormats } from './number-format.js';

/** A whole latent-attention layer: projections down and up, attention over the latent cache, output projection. */
export interface LatentModuleShape {
  readonly format: KernelFormat;
  /** Weights of the projections on this GPU. */
  readonly weights: number;
  /** Tokens that pass through the projections. */
  readonly tokens: number;
  /** Context tokens read (decode), 0 for a prompt. */
  readonly contextTokens: number;
  readonly cacheBytesPerToken: number;
  /** (query, key) pairs, all heads together counted once. */
  readonly pairs: number;
  /** FLOPs per pair over all heads of this GPU. */
  readonly flopsPerPair: number;
  /** Peak at which attention multiplies, over that of the projections. */
  readonly attentionPeakShare: number;
}

const prefillSpecs = {
  fixedSeconds: fixedTime(30e-6, 3e-3),
  bandwidth: share(0.6),
  compute: share(0.5),
  /** Rows at which the projections' tiles are half full. */
  halfRows: size('rows', 50, 0.1, 2000),
  attentionCompute: share(0.4, 0.005),
  /** Share of bandwidth at which norms, rotation and quantisation move 16-bit activations. */
  elementwise: share(0.3, 0.005),
  hostSeconds: fixedTime(10e-6, 3e-3),
};
const decodeSpecs = { ...prefillSpecs, cacheBandwidth: share(0.6) };

const RIDGE = 2;
const HOST_RIDGE = 8;
/** Bytes per token that the small kernels of a layer move: about four vectors of DeepSeek-V3's width at 16 bit. */
const ELEMENTWISE_BYTES = 7168 * 2 * 4;

/** Sum of projections, small kernels and attention, each a roofline. */
export const latentDecodeModuleForm: CurveForm<LatentModuleShape, typeof decodeSpecs> = {
  specs: decodeSpecs,
  seconds(c, shape, limits) {
    const projections = smoothMax(
      (shape.weights * kernelFormats[shape.format].weight) / (limits.bytesPerSecond * c.bandwidth),
      (2 * shape.weights * (shape.tokens + c.halfRows)) / (limits.flopsPerSecond * c.compute),
      RIDGE,
    );
    const small = (shape.tokens * ELEMENTWISE_BYTES) / (limits.bytesPerSecond * c.elementwise);
    const attention = smoothMax(
      (shape.contextTokens * shape.cacheBytesPerToken) / (limits.bytesPerSecond * c.cacheBandwidth),
      (shape.pairs * shape.flopsPerPair) / (limits.flopsPerSecond * shape.attentionPeakShare * c.attentionCompute),
      RIDGE,
    );
    return smoothMax(c.hostSeconds, c.fixedSeconds + projections + small + attention, HOST_RIDGE);
  },
  floorSeconds: (shape, limits) =>
    Math.max(
      (shape.weights * kernelFormats[shape.format].weight + shape.contextTokens * shape.cacheBytesPerToken) /
        limits.bytesPerSecond,
      (2 * shape.weights * shape.tokens + (shape.pairs * shape.flopsPerPair) / shape.attentionPeakShare) /
        limits.flopsPerSecond,
    ),
};

/** The same for prompts, whose attention reads no cache. */
export const latentPrefillModuleForm: CurveForm<LatentModuleShape, typeof prefillSpecs> = {
  specs: prefillSpecs,
  seconds: (c, shape, limits) =>
    latentDecodeModuleForm.seconds({ ...c, cacheBandwidth: 1 }, { ...shape, contextTokens: 0 }, limits),
  floorSeconds: (shape, limits) => latentDecodeModuleForm.floorSeconds({ ...shape, contextTokens: 0 }, limits),
};
