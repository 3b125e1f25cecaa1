import { type CurveForm, fixedTime, share, size, smoothMax } from './curve-form.js';
import { type KernelFormat, kernelFormats } from './number-format.js';

/** The routed experts of one layer on one GPU, permutation of the tokens included. */
export interface ExpertShape {
  readonly format: KernelFormat;
  /** Tokens that enter the operation, of all GPUs that share the experts. */
  readonly tokens: number;
  /** (token, expert) pairs this GPU computes; see `expertLoad`. */
  readonly rows: number;
  /** Experts of this GPU that have at least one row. */
  readonly touched: number;
  readonly hidden: number;
  /** Intermediate width of the part of an expert this GPU holds. */
  readonly intermediate: number;
  /** 3 with a gate (up, gate, down), 2 without. */
  readonly matrices: number;
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
    const weights = shape.hidden * (shape.intermediate + c.halfWidth) * shape.matrices;
    const memory =
      (shape.touched * weights * kernelFormats[shape.format].weight) / (limits.bytesPerSecond * c.bandwidth);
    const compute = (2 * weights * (shape.rows + shape.touched * c.halfRows)) / (limits.flopsPerSecond * c.compute);
    const moved = activationBytes(shape) / (limits.bytesPerSecond * c.permutation);
    const kernel = c.fixedSeconds + moved + smoothMax(memory, compute, RIDGE);
    return smoothMax(c.hostSeconds, kernel, HOST_RIDGE);
  },
  floorSeconds(shape, limits) {
    const weights = shape.hidden * shape.intermediate * shape.matrices;
    const bytes = shape.touched * weights * kernelFormats[shape.format].weight + activationBytes(shape);
    return Math.max(bytes / limits.bytesPerSecond, (2 * weights * shape.rows) / limits.flopsPerSecond);
  },
};

/** Tokens are read, each row's result is written at 16 bit, and the rows of a token are summed. */
function activationBytes({ format, tokens, rows, hidden }: ExpertShape): number {
  return rows * hidden * (kernelFormats[format].activation + 2) + tokens * hidden * 2;
}
