import { type CurveForm, fixedTime, share, size, smoothMax } from './curve-form.js';

export type CollectiveKind = 'all_reduce' | 'all_gather' | 'reduce_scatter' | 'alltoall';

/** One collective inside a scale-up domain. */
export interface CollectiveShape {
  readonly kind: CollectiveKind;
  readonly gpus: number;
  /** Bytes of the whole message: the vector that is summed, or what a GPU has after a gather. */
  readonly bytes: number;
}

export const collectiveSpecs = {
  fixedSeconds: fixedTime(5e-6, 500e-6),
  /** On top for each GPU beyond two. */
  secondsPerGpu: size('s/GPU', 5e-7, 1e-9, 1e-4),
  link: share(0.7),
  /** Latency of the protocol for large messages, and the size at which half of it shows. */
  largeSeconds: fixedTime(10e-6, 500e-6),
  halfBytes: size('bytes', 1e6, 1e3, 1e9),
};

/**
 * `t = fixed + (n - 2) t_gpu + t_large * b / (b + b_half) + wire bytes / (link e)`. Large messages use protocols with
 * more steps (two-shot instead of one-shot, Simple instead of LL), whose latency fades in.
 */
export const collectiveForm: CurveForm<CollectiveShape, typeof collectiveSpecs> = {
  specs: collectiveSpecs,
  seconds(c, shape, limits) {
    const latency = c.fixedSeconds + (shape.gpus - 2) * c.secondsPerGpu;
    const large = c.largeSeconds * (shape.bytes / (shape.bytes + c.halfBytes));
    const wire = (ringFactor(shape) * shape.bytes) / (limits.linkBytesPerSecond * c.link);
    return smoothMax(latency, large + wire, 1.5);
  },
  floorSeconds: (shape, limits) => (leastWireFactor(shape) * shape.bytes) / limits.linkBytesPerSecond,
};

/**
 * Bytes one GPU sends per byte of the message: `2 (n - 1) / n` around a ring to sum and hand out, `(n - 1) / n` for the
 * others. Efficiencies are counted against it, so that a larger group is never faster.
 */
function ringFactor({ kind, gpus }: CollectiveShape): number {
  return (kind === 'all_reduce' ? 2 : 1) * ((gpus - 1) / gpus);
}

/**
 * The least physics asks for: a switch that sums in flight (NVLink SHARP) needs `(n + 1) / n`, since every GPU hands in
 * all but its part, and sends its part to all at once.
 */
function leastWireFactor(shape: CollectiveShape): number {
  return shape.kind === 'all_reduce' ? Math.min(ringFactor(shape), (shape.gpus + 1) / shape.gpus) : ringFactor(shape);
}
