import { allToAllSeconds, dispatchOf, linkOf, pointToPointSeconds, reduceAcrossSeconds } from './collectives.js';
import { engineSeconds, type KernelSet } from './kernel-set.js';
import { type InstanceSpec, imbalanceOf, rowsPerRank, type TokenOperation } from './operations.js';
import { gpusWithin } from './parallelism.js';
import { computePeak, weightFormat } from './precision.js';

/** Fixed time of a send and receive between two stages. */
const HAND_OVER_SECONDS = 8e-6;

/**
 * What the GPUs of an instance send each other in a step.
 *
 * - Tensor parallelism sums the outputs of attention and of the feed-forward part: two all-reduces of `tokens x hidden`
 *   at 16 bit per layer. Experts spread over the same GPUs (`attentionDp` 1) share the second one, however they are cut.
 * - Data-parallel attention sends each token to the GPUs of its experts and back: dispatch and combine in every layer
 *   with experts, at 8 bit there where the experts compute on 8 bit or less.
 * - A pipeline hands `tokens x hidden` over at every stage boundary.
 */
export function communicationOperations(spec: InstanceSpec, kernels: KernelSet): readonly TokenOperation[] {
  const { model, gpu, precision, parallelism, coefficients: c } = spec;
  const { tp, pp, attentionDp, moeEp, gpus } = parallelism;
  const operations: TokenOperation[] = [];
  const vectorBytes = 2 * model.hidden;

  if (tp > 1) {
    // Larger groups sum inside each domain first, then across.
    const inside = gpusWithin(gpu, tp);
    operations.push({
      name: 'all-reduce',
      perRank: true,
      seconds: (tokens) => {
        const bytes = rowsPerRank(tokens, attentionDp) * vectorBytes;
        const within = inside > 1 ? engineSeconds(kernels.allReduce(bytes), c.allReduceSlowdown) : 0;
        const across = inside < tp ? reduceAcrossSeconds(bytes, Math.ceil(tp / inside), inside, linkOf(gpu, tp, c)) : 0;
        return 2 * model.layers * (within + across);
      },
    });
  }
  if (attentionDp > 1 && model.moe !== null) {
    const group = tp * attentionDp;
    const inside = gpusWithin(gpu, group);
    const links = { inside: linkOf(gpu, inside, c), across: linkOf(gpu, group, c) };
    const { layers, expertsPerToken } = model.moe;
    const narrow = computePeak(gpu, weightFormat(model, precision, 'expert')) > gpu.bf16DenseFlops;
    const dispatchBytes = model.hidden * (narrow ? 1 : 2);
    const dispatch = dispatchOf(moeEp, expertsPerToken, group, Math.ceil(group / inside), imbalanceOf(spec));
    const seconds = (tokens: number, bytes: number): number =>
      allToAllSeconds(tokens, dispatch, bytes, group, links, c.allToAllSeconds);
    operations.push({
      name: 'all-to-all',
      perRank: false,
      seconds: (tokens) => layers * (seconds(tokens, dispatchBytes) + seconds(tokens, vectorBytes)),
    });
  }
  if (pp > 1) {
    const link = linkOf(gpu, gpus, c);
    operations.push({
      name: 'pipeline',
      perRank: false,
      seconds: (tokens) => (pp - 1) * pointToPointSeconds(tokens * vectorBytes, link, HAND_OVER_SECONDS),
    });
  }
  return operations;
}
