export type CoefficientUnit =
  | 'share'
  | 's'
  | 's/sequence'
  | 's/element'
  | 's/GPU'
  | 'rows'
  | 'columns'
  | 'elements'
  | 'tokens'
  | 'groups'
  | 'bytes';

/** What a coefficient of a curve may be; a fit stays inside, and the shipped ones are checked against it. */
export interface CoefficientSpec {
  readonly min: number;
  readonly max: number;
  /** Where a fit starts. */
  readonly start: number;
  /** Efficiencies and shares are searched linearly, times and sizes over their orders of magnitude. */
  readonly scale: 'linear' | 'log';
  readonly unit: CoefficientUnit;
}

export type CoefficientSpecs = Readonly<Record<string, CoefficientSpec>>;

/** One value for every coefficient of a form. */
export type CoefficientValues<Specs extends CoefficientSpecs> = Readonly<Record<keyof Specs & string, number>>;

/** Datasheet figures of the GPU an operation runs on: what no kernel can beat. */
export interface KernelLimits {
  /** Memory bandwidth, bytes per second. */
  readonly bytesPerSecond: number;
  /** Dense peak at the number format of the operation, FLOPs per second. */
  readonly flopsPerSecond: number;
  /** Scale-up bandwidth of one GPU in one direction, bytes per second. */
  readonly linkBytesPerSecond: number;
}

/**
 * A family of curves: the seconds of one operation as a function of its shape, with coefficients that have bounds. Every
 * form is at least `bytes / bandwidth` and `FLOPs / peak` of its shape, whatever the coefficients within their bounds.
 */
export interface CurveForm<Shape, Specs extends CoefficientSpecs> {
  readonly specs: Specs;
  seconds(coefficients: CoefficientValues<Specs>, shape: Shape, limits: KernelLimits): number;
  /** Seconds that physics asks for at least: bytes at full bandwidth, FLOPs at peak. */
  floorSeconds(shape: Shape, limits: KernelLimits): number;
}

/** Names of the coefficients that are missing or outside their bounds. */
export function coefficientsOutOfBounds(specs: CoefficientSpecs, values: Readonly<Record<string, number>>): string[] {
  return Object.keys(specs).filter((name) => {
    const value = values[name];
    return !(typeof value === 'number' && value >= specs[name].min && value <= specs[name].max);
  });
}

/** An efficiency: the share of a datasheet figure that is reached. */
export const share = (start: number, min = 0.02): CoefficientSpec => ({
  min,
  max: 1,
  start,
  scale: 'linear',
  unit: 'share',
});

/** A fixed time of a kernel, seconds. */
export const fixedTime = (start: number, max = 1e-3): CoefficientSpec => ({
  min: 1e-7,
  max,
  start,
  scale: 'log',
  unit: 's',
});

/** A half-saturation constant or another size. */
export const size = (unit: CoefficientUnit, start: number, min: number, max: number): CoefficientSpec => ({
  min,
  max,
  start,
  scale: 'log',
  unit,
});

/**
 * Smooth maximum of two times, the p-norm `(a^p + b^p)^(1/p)`: never below either, close to the larger one when they
 * differ, and their sum for `p = 1`. Kernels overlap loads and arithmetic imperfectly near the ridge of the roofline.
 */
export function smoothMax(a: number, b: number, p: number): number {
  const high = Math.max(a, b);
  if (high === 0) return 0;
  const ratio = Math.min(a, b) / high;
  // At the sharpest ridges a hundredth is lost in rounding, and powers are dear.
  if (p >= 8 && ratio < 0.01) return high;
  return high * (1 + ratio ** p) ** (1 / p);
}
