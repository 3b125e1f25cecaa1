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
    const wire = (wireFactor(shape) * shape.bytes) / (limits.linkBytesPerSecond * c.link);
    return smoothMax(latency, large + wire, 1.5);
  },
  floorSeconds: (shape, limits) => (wireFactor(shape) * shape.bytes) / limits.linkBytesPerSecond,
};

/**
 * Bytes one GPU sends per byte of the message. A ring all-reduce sends `2 (n - 1) / n`; a switch that sums in flight
 * (NVLink SHARP) needs `(n + 1) / n`: every GPU hands in all but its part and sends its part to all at once. The others
 * send `(n - 1) / n`.
 */
export function wireFactor({ kind, gpus }: Pick<CollectiveShape, 'kind' | 'gpus'>): number {
  const others = (gpus - 1) / gpus;
  return kind === 'all_reduce' ? Math.min(2 * others, (gpus + 1) / gpus) : others;
}
