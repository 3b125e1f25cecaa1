import { allReduceSeconds, allToAllSeconds, linkOf, pointToPointSeconds, ranksPerToken } from './collectives.js';
import { type InstanceSpec, rowsPerRank, type TokenOperation } from './operations.js';
import { computePeak, weightFormat } from './precision.js';

/**
 * What the GPUs of an instance send each other in a step.
 *
 * - Tensor parallelism sums the outputs of attention and of the feed-forward part: two all-reduces of `tokens x hidden`
 *   at 16 bit per layer. Experts spread over the same GPUs (`attentionDp` 1) share the second one, however they are cut.
 * - Data-parallel attention sends each token to the GPUs of its experts and back: dispatch and combine in every layer
 *   with experts, at 8 bit there where the experts compute on 8 bit or less.
 * - A pipeline hands `tokens x hidden` over at every stage boundary.
 */
export function communicationOperations(spec: InstanceSpec): readonly TokenOperation[] {
  const { model, gpu, precision, parallelism, coefficients: c } = spec;
  const { tp, pp, attentionDp, moeEp, gpus } = parallelism;
  const operations: TokenOperation[] = [];
  const vectorBytes = 2 * model.hidden;

  if (tp > 1) {
    const link = linkOf(gpu, tp, c);
    const fixedSeconds = c.allReduceSeconds + c.allReduceGpuSeconds * (tp - 2);
    operations.push({
      name: 'all-reduce',
      seconds: (tokens) =>
        2 * model.layers * allReduceSeconds(rowsPerRank(tokens, attentionDp) * vectorBytes, tp, link, fixedSeconds),
    });
  }
  if (attentionDp > 1 && model.moe !== null) {
    const group = tp * attentionDp;
    const link = linkOf(gpu, group, c);
    const { layers, expertsPerToken } = model.moe;
    const narrow = computePeak(gpu, weightFormat(model, precision, 'expert')) > gpu.bf16DenseFlops;
    const dispatchBytes = model.hidden * (narrow ? 1 : 2);
    const copiesPerToken = (ranksPerToken(moeEp, expertsPerToken) / moeEp) * (moeEp > 1 ? c.expertImbalance : 1);
    operations.push({
      name: 'all-to-all',
      seconds: (tokens) => {
        const copies = tokens * copiesPerToken;
        return (
          layers *
          (allToAllSeconds(copies, dispatchBytes, group, link, c.allToAllSeconds) +
            allToAllSeconds(copies, vectorBytes, group, link, c.allToAllSeconds))
        );
      },
    });
  }
  if (pp > 1) {
    const link = linkOf(gpu, gpus, c);
    operations.push({
      name: 'pipeline',
      seconds: (tokens) => (pp - 1) * pointToPointSeconds(tokens * vectorBytes, link, c.allReduceSeconds),
    });
  }
  return operations;
}
