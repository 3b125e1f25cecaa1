import { gammaln } from 'simple-statistics';
import type { Random } from '../../engine/random.js';
import type { Instance } from '../instance.js';

/** How long hardware works, or is broken, or is slow. */
export interface LifetimeLaw {
  distribution: 'exponential' | 'weibull';
  meanSeconds: number;
  /** Of Weibull's law: below 1 failures come early and in clusters, 1 is exponential, above 1 hardware wears out. */
  shape: number;
}

/** Whatever breaks as a whole: a GPU, a node, a rack, or what an entry of a list of incidents names. */
export interface Component {
  /** Replicas that stand or fall with it. */
  readonly instances: readonly Instance[];
  /** Its replicas' steps take this many times as long while it is broken; undefined where they fail. */
  readonly slowdown: number | undefined;
  /** Seconds until it breaks, since it was last repaired or since the start; Infinity for never again. */
  nextFailure(): number;
  /** Seconds until it is repaired. */
  nextRepair(): number;
}

/**
 * A lifetime drawn from `law`: `mean * E`, or `mean / Gamma(1 + 1/shape) * E^(1/shape)` for Weibull's, where `E` is
 * exponential with mean 1.
 *
 * @returns seconds
 * @example drawSeconds({ distribution: 'exponential', meanSeconds: 3600, shape: 1 }, randomStream(1, 0, 'faults'))
 */
export function drawSeconds({ distribution, meanSeconds, shape }: LifetimeLaw, random: Random): number {
  const exponential = -Math.log1p(-random());
  if (distribution === 'exponential') return meanSeconds * exponential;
  return meanSeconds * Math.exp(-gammaln(1 + 1 / shape)) * exponential ** (1 / shape);
}

/** Hardware that breaks and is repaired again and again. */
export class Renewing implements Component {
  constructor(
    readonly instances: readonly Instance[],
    readonly slowdown: number | undefined,
    private readonly working: LifetimeLaw,
    private readonly broken: LifetimeLaw,
    private readonly random: Random,
  ) {}

  nextFailure(): number {
    return drawSeconds(this.working, this.random);
  }

  nextRepair(): number {
    return drawSeconds(this.broken, this.random);
  }
}

/** An incident that the scenario names: it happens once. */
export class Incident implements Component {
  private happened = false;

  constructor(
    readonly instances: readonly Instance[],
    readonly slowdown: number | undefined,
    private readonly atSeconds: number,
    private readonly durationSeconds: number,
  ) {}

  nextFailure(): number {
    if (this.happened) return Number.POSITIVE_INFINITY;
    this.happened = true;
    return this.atSeconds;
  }

  nextRepair(): number {
    return this.durationSeconds;
  }
}
