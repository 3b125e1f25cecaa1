import { type CurveForm, fixedTime, share, size, smoothMax } from './curve-form.js';
import { type KernelFormat, kernelFormats } from './number-format.js';

/** `rows x k` activations times `k x n` weights. */
export interface GemmShape {
  readonly format: KernelFormat;
  readonly rows: number;
  readonly n: number;
  readonly k: number;
}

export const gemmSpecs = {
  /** Launch, prologue and epilogue of the kernel. */
  fixedSeconds: fixedTime(4e-6, 200e-6),
  /** Time per element of the reduction that no parallelism hides: a tile walks along k. */
  secondsPerK: size('s/element', 5e-10, 1e-13, 1e-8),
  bandwidth: share(0.8),
  compute: share(0.75),
  /** Rows, columns and reduction length at which tiles, waves and pipelines are half full. */
  halfRows: size('rows', 50, 0.1, 2000),
  halfColumns: size('columns', 300, 0.1, 5000),
  halfK: size('elements', 100, 1, 5000),
  /** Host time of one launch outside CUDA graphs; hides behind a longer kernel and vanishes in a captured graph. */
  hostSeconds: fixedTime(2e-6),
};

/** How sharp the ridge between memory and compute is; the fits of all tables scatter between 1.5 and 3. */
const RIDGE = 2.2;
const HOST_RIDGE = 8;

/**
 * GEMM: roofline with efficiencies that rise with the shape,
 *
 *     t = max~(host, fixed + max~(bytes / (bandwidth * e_m), k * t_k, 2 m n k / (peak * e_c(m, n, k))))
 *     e_c = e_c_max * m / (m + m_half) * n / (n + n_half) * k / (k + k_half)
 */
export const gemmForm: CurveForm<GemmShape, typeof gemmSpecs> = {
  specs: gemmSpecs,
  seconds(c, shape, limits) {
    const memory = gemmBytes(shape) / (limits.bytesPerSecond * c.bandwidth);
    const compute =
      (2 * (shape.rows + c.halfRows) * (shape.n + c.halfColumns) * (shape.k + c.halfK)) /
      (limits.flopsPerSecond * c.compute);
    const kernel = c.fixedSeconds + smoothMax(smoothMax(memory, shape.k * c.secondsPerK, RIDGE), compute, RIDGE);
    return smoothMax(c.hostSeconds, kernel, HOST_RIDGE);
  },
  floorSeconds: (shape, limits) =>
    Math.max(gemmBytes(shape) / limits.bytesPerSecond, (2 * shape.rows * shape.n * shape.k) / limits.flopsPerSecond),
};

/** Weights and activations read once, 16-bit results written once. */
function gemmBytes({ format, rows, n, k }: GemmShape): number {
  const { weight, activation } = kernelFormats[format];
  return n * k * weight + rows * k * activation + rows * n * 2;
}
