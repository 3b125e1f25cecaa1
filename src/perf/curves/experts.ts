import { type CurveForm, fixedTime, share, size, smoothMax } from './curve-form.js';
import { type KernelFormat, kernelFormats } from './number-format.js';

/** The routed experts of one layer on one GPU, permutation of the tokens included. */
export interface ExpertShape {
  readonly format: KernelFormat;
  /** Tokens that enter the operation on this GPU. */
  readonly tokens: number;
  /**
   * (token, expert) pairs that are permuted: all of the step where every GPU sees all tokens (tensor-parallel attention,
   * whatever the expert parallelism), those of this GPU where an all-to-all has delivered them.
   */
  readonly pairs: number;
  /** Pairs this GPU computes; see `expertLoad`. */
  readonly rows: number;
  /** Experts of this GPU that have at least one row. */
  readonly touched: number;
  readonly hidden: number;
  /** Intermediate width of the part of an expert this GPU holds. */
  readonly intermediate: number;
}

export const expertSpecs = {
  /** Routing, permutation and the launches of the kernels. */
  fixedSeconds: fixedTime(15e-6, 500e-6),
  bandwidth: share(0.6),
  compute: share(0.5),
  /** Rows per expert that pad tiles: an expert with few rows costs as much as one with this many more. */
  halfRows: size('rows', 16, 0.1, 500),
  /** Width at which the tiles of an expert part are half full: narrow parts leave SMs idle. */
  halfWidth: size('columns', 50, 0.1, 5000),
  /** Share of bandwidth at which tokens are permuted, quantised and summed. */
  permutation: share(0.3, 0.005),
  hostSeconds: fixedTime(5e-6),
};

/** Gate, up and down. */
const MATRICES = 3;
const RIDGE = 2.2;
const HOST_RIDGE = 8;

/**
 * Grouped GEMMs of the experts: weights of the touched experts are read once, arithmetic is done for all rows,
 *
 *     t = max~(host, fixed + permutation + max~(weight bytes / (bandwidth e_m), FLOPs(rows + touched * half) / (peak e_c)))
 *
 * with weights and FLOPs of `width + half width` columns.
 */
export const expertForm: CurveForm<ExpertShape, typeof expertSpecs> = {
  specs: expertSpecs,
  seconds(c, shape, limits) {
    const weights = shape.hidden * (shape.intermediate + c.halfWidth) * MATRICES;
    const memory =
      (shape.touched * weights * kernelFormats[shape.format].weight) / (limits.bytesPerSecond * c.bandwidth);
    const compute = (2 * weights * (shape.rows + shape.touched * c.halfRows)) / (limits.flopsPerSecond * c.compute);
    const moved = activationBytes(shape, shape.pairs) / (limits.bytesPerSecond * c.permutation);
    const kernel = c.fixedSeconds + moved + smoothMax(memory, compute, RIDGE);
    return smoothMax(c.hostSeconds, kernel, HOST_RIDGE);
  },
  floorSeconds(shape, limits) {
    const weights = shape.hidden * shape.intermediate * MATRICES;
    const bytes = shape.touched * weights * kernelFormats[shape.format].weight + activationBytes(shape, shape.rows);
    return Math.max(bytes / limits.bytesPerSecond, (2 * weights * shape.rows) / limits.flopsPerSecond);
  },
};

/** Tokens are read, the result of every pair is written at 16 bit, and those of a token are summed. */
function activationBytes({ format, tokens, hidden }: ExpertShape, pairs: number): number {
  return pairs * hidden * (kernelFormats[format].activation + 2) + tokens * hidden * 2;
}
