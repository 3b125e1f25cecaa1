import type { StepPhysics } from '../../perf/index.js';
import { attendedPairs, boundedPairs } from '../../perf/step-model.js';

/** Seconds of a decode step of `sequences` whose contexts are `context` tokens together. */
export function decodeSeconds(physics: StepPhysics, sequences: number, context: number): number {
  const shares = physics.contextShares(sequences);
  let seconds = physics.tokenSeconds(physics.queryTokens * sequences) + physics.sequenceSeconds(sequences);
  for (const { bound, decode } of physics.attention) {
    const { fixedSeconds, secondsPerContextToken } = decode(sequences / shares);
    seconds += fixedSeconds + (Math.min(context, bound * sequences) * secondsPerContextToken) / shares;
  }
  return seconds;
}

/**
 * Seconds of the steps that compute `prompts` fresh prompts of `input` tokens together; beside decoding sequences that have
 * `beside` tokens in each of them, the seconds that they add.
 */
export function promptSeconds(physics: StepPhysics, prompts: number, input: number, chunks = 1, beside = 0): number {
  const tokens = (prompts * input) / chunks;
  // Fewer prompts than attention ranks leave some of them idle.
  const crowd = physics.promptRanks / Math.min(prompts, physics.promptRanks);
  let step =
    physics.tokenSeconds(beside + tokens) -
    (beside > 0 ? physics.tokenSeconds(beside) : 0) +
    physics.prefillStep +
    crowd * tokens * physics.perPrefillToken;
  if (crowd > 1) step += physics.rankSeconds(beside + crowd * tokens) - physics.rankSeconds(beside + tokens);
  let seconds = chunks * step + prompts * physics.perFinishedPrefill;
  for (const { bound, secondsPerPair } of physics.attention) {
    const pairs = Number.isFinite(bound) ? boundedPairs(0, input, bound) : attendedPairs(0, input);
    seconds += (crowd * prompts * pairs * secondsPerPair) / physics.pairShares;
  }
  return seconds;
}
