/**
 * Arrays from which a step's duration is read. Whatever the model behind them (physics, a linear formula, a measured
 * table), a step of `B` decoding sequences that hold `S` context tokens together, plus `P` prefill tokens that attend
 * to `A` token pairs (`W` pairs in layers with a bounded view), takes
 *
 *     t = token[q B + P] + prefill[P] + intercept[j][B] + slope[j][B] * S + perPair * A + perBoundedPair * W
 *
 * where `q` is `queryTokens` and piece `j` is the one whose range of mean context `S / B` holds the present one. So for a fixed `B` the time is
 * piecewise affine in `S`, which is what lets an instance take many decode steps in one go. With data-parallel attention and fewer
 * prompts than attention ranks, the busiest rank decides: see `rankToken`.
 */
export interface StepTables {
  /** Tokens that a decoding sequence adds to a step: 1, or `1 + drafts` where the step verifies guesses. */
  queryTokens: number;
  /** Seconds by number of tokens in the step (those of decoding sequences + prefill tokens); continued with `tokenTail`. */
  token: Float64Array;
  /** Seconds per token beyond the end of `token`. */
  tokenTail: number;
  /** Seconds by number of prefill tokens; continued with `prefillTail`. */
  prefill: Float64Array;
  /** Seconds per prefill token beyond the end of `prefill`. */
  prefillTail: number;
  /** Upper ends of the pieces in context tokens per sequence, ascending; the last is Infinity. */
  pieceEnds: Float64Array;
  /** Highest `B` that `intercept` and `slope` cover. */
  maxSequences: number;
  /** Seconds; entry `piece * (maxSequences + 1) + B`. */
  intercept: Float64Array;
  /** Seconds per context token; entry `piece * (maxSequences + 1) + B`. */
  slope: Float64Array;
  /** Seconds per attended (query, key) pair of a prefill, in layers that see the whole context. */
  perPair: number;
  /** Seconds per attended pair in layers that see at most `pairBound` tokens back. */
  perBoundedPair: number;
  /** Tokens that a layer with a bounded view sees; Infinity where there is none. */
  pairBound: number;
  /** Seconds that the sampled tokens of a finished prefill need on top; usually 0. */
  perFinishedPrefill: number;
  /** Attention ranks that prompts are spread over, each of them whole: 1 without data-parallel attention. */
  promptRanks: number;
  /** The part of `token` that every attention rank computes for its own tokens; read where there are fewer prompts than ranks. */
  rankToken: Float64Array;
}

/** Reads step durations from compiled tables. One instance is shared by all replicas of a pool. */
export class StepModel {
  readonly tables: StepTables;
  private readonly stride: number;

  constructor(tables: StepTables) {
    this.tables = tables;
    this.stride = tables.maxSequences + 1;
  }

  /** Index of the piece that holds `contextTokens` spread over `sequences`; its upper end belongs to the next piece. */
  piece(sequences: number, contextTokens: number): number {
    const ends = this.tables.pieceEnds;
    let piece = 0;
    while (contextTokens >= ends[piece] * sequences && piece < ends.length - 1) piece++;
    return piece;
  }

  /** Context tokens at which piece `piece` ends for `sequences` decoding sequences; Infinity for the last. */
  pieceEndTokens(piece: number, sequences: number): number {
    return this.tables.pieceEnds[piece] * sequences;
  }

  /** Seconds of a decode-only step inside `piece`. */
  decodeSeconds(piece: number, sequences: number, contextTokens: number): number {
    const at = piece * this.stride + sequences;
    return (
      this.tokenSeconds(sequences * this.tables.queryTokens) +
      this.tables.prefill[0] +
      this.tables.intercept[at] +
      this.tables.slope[at] * contextTokens
    );
  }

  /** Seconds per additional context token of a decode step inside `piece`. */
  decodeSlope(piece: number, sequences: number): number {
    return this.tables.slope[piece * this.stride + sequences];
  }

  /**
   * Seconds of any step.
   *
   * @param sequences decoding sequences
   * @param contextTokens tokens in the KV cache of those sequences before the step, summed
   * @param prefillTokens prompt tokens computed in this step
   * @param pairs attended (query, key) pairs of those prompt tokens
   * @param boundedPairs the same, in layers with a bounded view
   * @param finishedPrefills prompts whose last token is computed in this step
   * @param prompts prompts that those tokens belong to: fewer than there are attention ranks leave some of them idle
   */
  stepSeconds(
    sequences: number,
    contextTokens: number,
    prefillTokens: number,
    pairs: number,
    boundedPairs: number,
    finishedPrefills: number,
    prompts: number = Number.POSITIVE_INFINITY,
  ): number {
    const tables = this.tables;
    const tokens = sequences * tables.queryTokens + prefillTokens;
    let seconds =
      this.tokenSeconds(tokens) +
      (prefillTokens < tables.prefill.length
        ? tables.prefill[prefillTokens]
        : tables.prefill[tables.prefill.length - 1] +
          (prefillTokens - tables.prefill.length + 1) * tables.prefillTail) +
      pairs * tables.perPair +
      boundedPairs * tables.perBoundedPair +
      finishedPrefills * tables.perFinishedPrefill;
    if (prompts < tables.promptRanks && prefillTokens > 0) {
      const idle = tables.promptRanks / prompts - 1;
      seconds +=
        this.rankSeconds(tokens + idle * prefillTokens) -
        this.rankSeconds(tokens) +
        idle * (pairs * tables.perPair + boundedPairs * tables.perBoundedPair + prefillTokens * tables.prefillTail);
    }
    if (sequences > 0) {
      const at = this.piece(sequences, contextTokens) * this.stride + sequences;
      seconds += tables.intercept[at] + tables.slope[at] * contextTokens;
    }
    return seconds;
  }

  /** Between and beyond its entries `rankToken` is straight. */
  private rankSeconds(tokens: number): number {
    const table = this.tables.rankToken;
    const at = Math.min(Math.floor(tokens), table.length - 2);
    return table[at] + (tokens - at) * (table[at + 1] - table[at]);
  }

  private tokenSeconds(tokens: number): number {
    const token = this.tables.token;
    return tokens < token.length
      ? token[tokens]
      : token[token.length - 1] + (tokens - token.length + 1) * this.tables.tokenTail;
  }
}

/**
 * (query, key) pairs that `tokens` prompt tokens attend to after `done` earlier ones of the same prompt: causal
 * attention, each token sees itself and everything before it.
 *
 * @example attendedPairs(0, 3) // 1 + 2 + 3 = 6
 */
export function attendedPairs(done: number, tokens: number): number {
  return tokens * done + (tokens * (tokens + 1)) / 2;
}

/** As {@link attendedPairs}, where a token sees at most `bound` tokens (itself included). */
export function boundedPairs(done: number, tokens: number, bound: number): number {
  const growing = Math.min(Math.max(bound - done, 0), tokens);
  return attendedPairs(done, growing) + (tokens - growing) * bound;
}
