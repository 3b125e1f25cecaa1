import { StepModel, type StepTables } from './step-model.js';
import type { StepPhysics } from './step-time.js';

/** Longest table over tokens; longer steps continue it linearly. */
const MAX_TABLE_TOKENS = 16384;

/**
 * Tables over tokens are computed entry by entry up to here and at every 1 / `DENSITY` more tokens beyond, with straight lines
 * between: times are smooth there, so that they come out at most 0.1 % high. Compiling takes a tenth of the time.
 */
const EXACT_TOKENS = 128;
const DENSITY = 48;

/** The largest step a pool forms; tables are exact up to there. */
export interface StepLimits {
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
}

/**
 * Compiles the physics of an instance to tables: an array over the tokens of a step, and for each number of decoding
 * sequences an intercept and a slope per piece of mean context. A kind of layer with a bounded view (sliding window, sparse
 * attention) adds a piece boundary: beyond it, it costs what its bound costs, and nothing per further context token.
 */
export function compilePhysics(physics: StepPhysics, limits: StepLimits): StepModel {
  const { maxSequences } = limits;
  const { queryTokens } = physics;
  const most = limits.maxBatchedTokens + queryTokens * maxSequences;
  const token = table(physics.tokenSeconds, Math.min(most, MAX_TABLE_TOKENS));
  const bounds = physics.attention.map((view) => view.bound).filter(Number.isFinite);
  const pieceEnds = Float64Array.from([...new Set(bounds)].sort((a, b) => a - b).concat(Number.POSITIVE_INFINITY));
  const stride = maxSequences + 1;
  const intercept = new Float64Array(pieceEnds.length * stride);
  const slope = new Float64Array(pieceEnds.length * stride);
  for (let sequences = 1; sequences <= maxSequences; sequences++) {
    const shares = physics.contextShares(sequences);
    const fixed = physics.sequenceSeconds(sequences);
    const attention = physics.attention.map(({ bound, decode }) => ({ bound, times: decode(sequences / shares) }));
    for (let piece = 0; piece < pieceEnds.length; piece++) {
      const at = piece * stride + sequences;
      intercept[at] = fixed;
      for (const { bound, times } of attention) {
        intercept[at] += times.fixedSeconds;
        const rate = times.secondsPerContextToken / shares;
        // A bound that is no earlier than this piece's end has not been reached inside it.
        if (bound >= pieceEnds[piece]) slope[at] += rate;
        else intercept[at] += rate * bound * sequences;
      }
    }
  }

  const pairSeconds = (bounded: boolean): number =>
    physics.attention
      .filter((view) => Number.isFinite(view.bound) === bounded)
      .reduce((sum, view) => sum + view.secondsPerPair, 0) / physics.pairShares;
  const tables: StepTables = {
    queryTokens,
    token,
    tokenTail: tailSlope(physics, token.length - 1),
    prefill: Float64Array.of(0, physics.prefillStep + physics.perPrefillToken),
    prefillTail: physics.perPrefillToken,
    pieceEnds,
    maxSequences,
    intercept,
    slope,
    perPair: pairSeconds(false),
    perBoundedPair: pairSeconds(true),
    pairBound: bounds.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...bounds),
    perFinishedPrefill: physics.perFinishedPrefill,
    promptRanks: physics.promptRanks,
    rankToken: physics.promptRanks > 1 ? table(physics.rankSeconds, token.length - 1) : new Float64Array(2),
  };
  return new StepModel(tables);
}

/** Seconds by tokens, 0 to `last`. */
function table(seconds: (tokens: number) => number, last: number): Float64Array {
  const token = new Float64Array(last + 1);
  const exact = Math.min(last, EXACT_TOKENS);
  for (let tokens = 0; tokens <= exact; tokens++) token[tokens] = seconds(tokens);
  for (let from = exact; from < last; ) {
    const to = Math.min(from + Math.ceil(from / DENSITY), last);
    const end = seconds(to);
    const rise = (end - token[from]) / (to - from);
    for (let tokens = from + 1; tokens < to; tokens++) token[tokens] = token[from] + rise * (tokens - from);
    token[to] = end;
    from = to;
  }
  return token;
}

/**
 * Seconds per token beyond the table. A long step is bound by arithmetic; a short table may end before that, so the
 * slope is the larger of the local one and the one far out.
 */
function tailSlope(physics: StepPhysics, last: number): number {
  const end = physics.tokenSeconds(last);
  const local = physics.tokenSeconds(last + 1) - end;
  const far = last + 4 * MAX_TABLE_TOKENS;
  return Math.max(local, (physics.tokenSeconds(far) - end) / (far - last));
}
