import type { Pool } from '../pool.js';

/** The request by which pools are compared: of the size of a chat. */
const INPUT_TOKENS = 1024;
const OUTPUT_TOKENS = 256;

/**
 * How much work each of some replicas can take, relative to the strongest: requests of 1,024 prompt and 256 answer tokens
 * per second with a full batch. A prefill pool is measured by prompts, a decode pool by answers.
 *
 * @param pools that of each replica
 * @example routingWeights([h100, h100, b200]) // Float64Array [0.4, 0.4, 1]
 */
export function routingWeights(pools: readonly Pool[]): Float64Array {
  const rateOf = new Map(pools.map((pool) => [pool, requestsPerSecond(pool)]));
  const most = Math.max(...rateOf.values());
  return Float64Array.from(pools, (pool) => (rateOf.get(pool) as number) / most);
}

/** Requests of that size per second that a replica of a pool takes with a full batch. */
export function requestsPerSecond({ steps, role, maxSequences, maxBatchedTokens, kvCapacityTokens }: Pool): number {
  const prompts = Math.max(1, Math.floor(maxBatchedTokens / INPUT_TOKENS));
  const pairs = (prompts * INPUT_TOKENS * (INPUT_TOKENS + 1)) / 2;
  const promptSeconds = steps.stepSeconds(0, 0, prompts * INPUT_TOKENS, pairs, pairs, prompts, prompts) / prompts;
  const room = Math.floor(kvCapacityTokens / (INPUT_TOKENS + OUTPUT_TOKENS));
  const batch = Math.max(1, Math.min(maxSequences, room));
  const contextTokens = batch * (INPUT_TOKENS + OUTPUT_TOKENS / 2);
  const stepSeconds = steps.decodeSeconds(steps.piece(batch, contextTokens), batch, contextTokens);
  const answerSeconds = (OUTPUT_TOKENS * stepSeconds) / batch;
  if (role === 'prefill') return 1 / promptSeconds;
  return 1 / (role === 'decode' ? answerSeconds : promptSeconds + answerSeconds);
}
