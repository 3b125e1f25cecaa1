import type { Gpu } from '../catalog/index.js';
import type { Coefficients } from './coefficients.js';
import { fitsScaleUp } from './parallelism.js';

/** The link a group of GPUs talks over, seen from one GPU. */
export interface Link {
  /** Bytes per second in one direction that collectives reach. */
  readonly bytesPerSecond: number;
  /** Seconds on top of a collective's fixed time. */
  readonly extraSeconds: number;
}

/** Scale-up fabric while the group fits into one domain, the scale-out network beyond it. */
export function linkOf(gpu: Gpu, groupGpus: number, coefficients: Coefficients): Link {
  return fitsScaleUp(gpu, groupGpus)
    ? { bytesPerSecond: gpu.scaleUpBytesPerSecond * coefficients.linkEfficiency, extraSeconds: 0 }
    : {
        bytesPerSecond: gpu.scaleOutBytesPerSecond * coefficients.linkEfficiency,
        extraSeconds: coefficients.networkSeconds,
      };
}

/**
 * Seconds to sum `bytes` across `domains` scale-up domains once each has its own sum: its `gpus` GPUs each bring a part of it
 * over their link, which sends and receives `2 (n - 1) / n` of it (ring; Patarasuk and Yuan, 2009).
 */
export function reduceAcrossSeconds(bytes: number, domains: number, gpus: number, link: Link): number {
  if (domains === 1) return 0;
  return link.extraSeconds + (2 * ((domains - 1) / domains) * (bytes / gpus)) / link.bytesPerSecond;
}

/**
 * Mean number of the `ranks` that a token's `perToken` experts live on, when they are chosen at random:
 * `r * (1 - (1 - 1/r)^k)`. A token is sent once to each of them.
 */
export function ranksPerToken(ranks: number, perToken: number): number {
  return ranks * (1 - (1 - 1 / ranks) ** perToken);
}

/**
 * Seconds to bring tokens to the experts (dispatch) or results back (combine), when attention is data parallel.
 * Each GPU receives `copies` token vectors over all tokens of the step, all but its own `1 / gpus` share over the link.
 * With `moeTp` alone every GPU needs every token, and this is an all-gather or reduce-scatter.
 */
export function allToAllSeconds(
  copiesPerGpu: number,
  bytesPerCopy: number,
  gpus: number,
  link: Link,
  fixedSeconds: number,
): number {
  if (gpus === 1) return 0;
  return fixedSeconds + link.extraSeconds + (copiesPerGpu * bytesPerCopy * ((gpus - 1) / gpus)) / link.bytesPerSecond;
}

/** Seconds to hand activations to the next pipeline stage. */
export function pointToPointSeconds(bytes: number, link: Link, fixedSeconds: number): number {
  return fixedSeconds + link.extraSeconds + bytes / link.bytesPerSecond;
}
