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

/** How token vectors travel between the GPUs that compute attention and those that hold the experts, for one token of a step. */
export interface Dispatch {
  /** Vectors that each GPU receives, its own included. */
  readonly copies: number;
  /** Vectors that it receives from other scale-up domains where they are gathered, before they are handed on inside its own. */
  readonly crossing: number;
}

/**
 * Vectors per token where `moeEp` groups of GPUs share the experts. Each group with one of a token's experts gets it once. Across
 * domains it goes once to each domain that needs it and is handed on inside (DeepEP, github.com/deepseek-ai/DeepEP); every GPU
 * receives its part of those.
 *
 * @param imbalance load of the busiest group over the mean
 */
export function dispatchOf(
  moeEp: number,
  expertsPerToken: number,
  gpus: number,
  domains: number,
  imbalance: number,
): Dispatch {
  const groups = ranksPerToken(moeEp, expertsPerToken);
  const reached = moeEp < domains ? (groups * domains) / moeEp : ranksPerToken(domains, expertsPerToken);
  return { copies: (groups / moeEp) * imbalance, crossing: (reached * ((domains - 1) / domains)) / gpus };
}

/**
 * Tokens per GPU up to which engines send every copy straight to its GPU, over the network where that is in another domain: kernels for low
 * latency (DeepEP's for decoding take 128 to 1,024). Longer steps gather by domain.
 */
const DIRECT_TOKENS = 512;

/**
 * Seconds to bring `tokens` of all GPUs to the experts (dispatch) or results back (combine), when attention is data parallel. All but
 * a GPU's own `1 / gpus` share goes over the link inside its domain. Where domains are several, few tokens all go over the network; of
 * many, what crosses goes over it while they are handed on inside, and the slower of both links decides.
 * With `moeTp` alone every GPU needs every token, and this is an all-gather or reduce-scatter.
 */
export function allToAllSeconds(
  tokens: number,
  { copies, crossing }: Dispatch,
  bytesPerVector: number,
  gpus: number,
  links: { readonly inside: Link; readonly across: Link },
  fixedSeconds: number,
): number {
  if (gpus === 1) return 0;
  const received = copies * ((gpus - 1) / gpus);
  const direct = Math.min(tokens, DIRECT_TOKENS * gpus) * (received / links.across.bytesPerSecond);
  const gathered = tokens * Math.max(received / links.inside.bytesPerSecond, crossing / links.across.bytesPerSecond);
  // Never less than the longest step that is sent directly.
  return fixedSeconds + links.across.extraSeconds + bytesPerVector * Math.max(gathered, direct);
}

/** Seconds to hand activations to the next pipeline stage. */
export function pointToPointSeconds(bytes: number, link: Link, fixedSeconds: number): number {
  return fixedSeconds + link.extraSeconds + bytes / link.bytesPerSecond;
}
