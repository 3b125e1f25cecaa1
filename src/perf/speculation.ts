/**
 * Speculative decoding with one chain of drafts: a step feeds the last token of a sequence and `draftTokens` guesses through
 * the model, keeps the longest right prefix of the guesses, and one token of its own on top (Leviathan et al., "Fast
 * Inference from Transformers via Speculative Decoding", ICML 2023). DeepSeek-V3's multi-token prediction and EAGLE draft
 * with a single extra layer, once per guess (arXiv:2412.19437, 2.2).
 */
export interface Speculation {
  /** Guesses that a step verifies per sequence; 0: none. */
  readonly draftTokens: number;
  /** Layers of the drafter, each as wide as one of the model, run once per guess with an LM head; 0 where guesses are free (n-grams). Default 1. */
  readonly draftLayers?: number;
}

/** Tokens per sequence that a decode step computes: `1 + draftTokens`. */
export function queryTokensPerSequence(speculation: Speculation | undefined): number {
  return 1 + (speculation?.draftTokens ?? 0);
}

/** Drafter layers that run in a step, over those of the model: `draftTokens * draftLayers / layers`. */
export function draftShare(speculation: Speculation | undefined, layers: number): number {
  if (speculation === undefined) return 0;
  return (speculation.draftTokens * (speculation.draftLayers ?? 1)) / layers;
}

/**
 * Mean tokens that a sequence gains per step when each guess is right with probability `acceptance`, given that all before
 * it are: `1 + a + a^2 + ... + a^draftTokens`.
 *
 * @example tokensPerStep(1, 0.84) // 1.84
 */
export function tokensPerStep(draftTokens: number, acceptance: number): number {
  let tokens = 1;
  for (let guess = 1; guess <= draftTokens; guess++) tokens += acceptance ** guess;
  return tokens;
}
