import { type CurveForm, fixedTime, share, size, smoothMax } from './curve-form.js';

/** The recurrence and convolution of one linear-attention layer (gated delta net) on one GPU. */
export interface RecurrentShape {
  readonly sequences: number;
  /** Tokens of all sequences: the number of sequences when they decode. */
  readonly tokens: number;
  /** Bytes of state of one sequence; read and written once per step. */
  readonly stateBytes: number;
  /** Bytes of queries, keys, values and results of one token. */
  readonly bytesPerToken: number;
  /** FLOPs of the recurrence of one token. */
  readonly flopsPerToken: number;
}

export const recurrentSpecs = {
  fixedSeconds: fixedTime(8e-6, 1e-3),
  bandwidth: share(0.5),
  compute: share(0.1, 0.001),
  /** Time per token of a sequence that no parallelism hides: chunks follow each other. */
  secondsPerStep: size('s/element', 1e-9, 1e-12, 1e-6),
  hostSeconds: fixedTime(5e-6),
};

const RIDGE = 2;
const HOST_RIDGE = 8;

/** `t = fixed + (tokens / sequences) t_step + max~(bytes / (bandwidth e_m), FLOPs / (peak e_c))`. */
export const recurrentForm: CurveForm<RecurrentShape, typeof recurrentSpecs> = {
  specs: recurrentSpecs,
  seconds(c, shape, limits) {
    const roofline = smoothMax(
      recurrentBytes(shape) / (limits.bytesPerSecond * c.bandwidth),
      (shape.tokens * shape.flopsPerToken) / (limits.flopsPerSecond * c.compute),
      RIDGE,
    );
    const serial = (shape.tokens / shape.sequences) * c.secondsPerStep;
    return smoothMax(c.hostSeconds, c.fixedSeconds + serial + roofline, HOST_RIDGE);
  },
  floorSeconds: (shape, limits) =>
    Math.max(
      recurrentBytes(shape) / limits.bytesPerSecond,
      (shape.tokens * shape.flopsPerToken) / limits.flopsPerSecond,
    ),
};

function recurrentBytes({ sequences, tokens, stateBytes, bytesPerToken }: RecurrentShape): number {
  return 2 * sequences * stateBytes + tokens * bytesPerToken;
}
