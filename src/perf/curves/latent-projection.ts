import { type CurveForm, fixedTime, share, size, smoothMax } from './curve-form.js';
import { type KernelFormat, kernelFormats } from './number-format.js';

/** The batched GEMM that brings queries into the latent space, or results out of it: one `k x n` matrix per head. */
export interface LatentProjectionShape {
  readonly format: KernelFormat;
  readonly rows: number;
  readonly heads: number;
  readonly n: number;
  readonly k: number;
}

export const latentProjectionSpecs = {
  fixedSeconds: fixedTime(4e-6, 200e-6),
  bandwidth: share(0.7),
  compute: share(0.6),
  halfRows: size('rows', 30, 0.1, 2000),
  /** Heads at which the SMs are half busy. */
  halfHeads: size('groups', 4, 0.01, 500),
};

const RIDGE = 2;

/** `t = fixed + max~(bytes / (bandwidth e_m), 2 (rows + half) k n (heads + half) / (peak e_c))`. */
export const latentProjectionForm: CurveForm<LatentProjectionShape, typeof latentProjectionSpecs> = {
  specs: latentProjectionSpecs,
  seconds(c, shape, limits) {
    const memory = projectionBytes(shape) / (limits.bytesPerSecond * c.bandwidth);
    const compute =
      (2 * shape.k * shape.n * (shape.rows + c.halfRows) * (shape.heads + c.halfHeads)) /
      (limits.flopsPerSecond * c.compute);
    return c.fixedSeconds + smoothMax(memory, compute, RIDGE);
  },
  floorSeconds: (shape, limits) =>
    Math.max(
      projectionBytes(shape) / limits.bytesPerSecond,
      (2 * shape.k * shape.n * shape.rows * shape.heads) / limits.flopsPerSecond,
    ),
};

function projectionBytes({ format, rows, heads, n, k }: LatentProjectionShape): number {
  const { weight, activation } = kernelFormats[format];
  return heads * (k * n * weight + rows * (k * activation + n * 2));
}
