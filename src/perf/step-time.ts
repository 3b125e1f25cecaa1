import { communicationOperations } from './communication.js';
import { type KernelSet, kernelSet } from './kernel-set.js';
import {
  type AttentionTimes,
  attentionTimes,
  elementwiseOperation,
  expertOperation,
  gemmOperations,
  headOperation,
  type InstanceSpec,
  linearAttentionTimes,
  type OperationName,
  type TokenOperation,
} from './operations.js';
import { draftShare, queryTokensPerSequence } from './speculation.js';

/** Seconds of one operation in a step. */
export interface OperationSeconds {
  readonly operation: OperationName;
  readonly seconds: number;
}

/**
 * The time of a step as a sum over operations:
 *
 *     t = host + layers * overhead + sum over GEMMs, experts, elementwise, collectives of f(B + P)
 *       + head(B) + B * t_seq + decode attention(S) + prefill attention(pairs)
 *
 * A pipeline of `pp` stages splits the step into `m = min(pp, tokens)` microbatches that fill it: while the first is in
 * the second stage, the second is in the first. Every sequence gets its next token after its microbatch has passed all
 * layers, so a step takes as long as all layers need for `1 / m` of the tokens. The same holds for context tokens, which
 * are spread over `min(pp * attentionDp, B)` microbatches and ranks.
 */
export interface StepPhysics {
  /** Tokens that a decoding sequence adds to a step. */
  readonly queryTokens: number;
  /** Seconds of everything that depends on the number of tokens alone, LM head for one row included. */
  tokenSeconds(tokens: number): number;
  /** The part of `tokenSeconds` that every attention rank does for its own tokens. */
  rankSeconds(tokens: number): number;
  /** Attention ranks that prompts are spread over. */
  readonly promptRanks: number;
  /** Seconds of LM head, sampler, recurrent state, host work and drafter beyond that, for `sequences` decoding ones. */
  sequenceSeconds(sequences: number): number;
  /** Seconds that a step with prompt tokens takes on top, however many. */
  readonly prefillStep: number;
  /** Seconds per prompt token on top of `tokenSeconds`. */
  readonly perPrefillToken: number;
  /** Seconds of LM head and sampler per finished prompt. */
  readonly perFinishedPrefill: number;
  /** Seconds of attention by kind of layer; for one rank and stage doing all the work. */
  readonly attention: readonly AttentionTimes[];
  /** Ways context tokens are spread when `sequences` decode. */
  contextShares(sequences: number): number;
  /** Ways the attended pairs of prompts are spread. */
  readonly pairShares: number;
  /** The terms of `tokenSeconds` and `sequenceSeconds`, for reports. */
  operations(sequences: number, prefillTokens: number): readonly OperationSeconds[];
}

/** Rows at which a GEMM's time rises with its arithmetic. */
const MANY_ROWS = 2048;

/** Assembles the operations of an instance from its kernels and the coefficients of its engine. */
export function stepPhysics(spec: InstanceSpec, kernels: KernelSet = kernelSet(spec)): StepPhysics {
  const { model, parallelism, coefficients: c, speculation } = spec;
  const send =
    spec.handsOver === true
      ? { perStep: c.sendStepSeconds, perToken: c.sendTokenSeconds }
      : { perStep: 0, perToken: 0 };
  const { pp, attentionDp } = parallelism;
  const queryTokens = queryTokensPerSequence(speculation);
  const drafter = draftShare(speculation, model.layers);
  const guesses = drafter > 0 ? queryTokens - 1 : 0;
  const experts = expertOperation(spec, kernels);
  const layered: TokenOperation[] = [
    ...gemmOperations(spec, kernels),
    ...(experts === null ? [] : [experts]),
    elementwiseOperation(spec),
    ...communicationOperations(spec, kernels),
  ];

  const overhead =
    model.layers * c.layerSeconds +
    (model.moe?.layers ?? 0) * c.expertLayerSeconds +
    (model.attention.kind === 'mla' ? model.fullAttentionLayers * c.latentLayerSeconds : 0) +
    (model.linearAttention?.layers ?? 0) * c.linearAttentionLayerSeconds;
  const head = headOperation(spec, kernels);
  const firstHead = head.headSeconds(1);
  const firstSample = head.samplingSeconds(1);
  const linear = linearAttentionTimes(spec, kernels);
  const attention = attentionTimes(spec, kernels);
  const fixed = c.stepSeconds + overhead + firstHead + firstSample;
  const shares = pp * attentionDp;
  let prefillStep = model.layers * c.prefillLayerSeconds + send.perStep;
  // Attention ranks send what they hold side by side, and the GPUs of one share the work.
  let perPrefillToken = ((linear?.perPrefillToken ?? 0) + (pp * send.perToken) / parallelism.tp) / shares;
  for (const view of attention) {
    prefillStep += view.prefillStepSeconds;
    perPrefillToken += view.secondsPerPrefillToken / shares;
  }
  // What one more row costs among many: a step in which hundreds of prompts finish cannot beat the peak.
  const headSlope = (head.headSeconds(MANY_ROWS * attentionDp) - firstHead) / (MANY_ROWS - 1);

  const tokensPerMicrobatch = (tokens: number): number => tokens / Math.min(pp, tokens);
  const contextShares = (sequences: number): number => Math.min(shares, sequences);

  /** The drafter's layers and its LM head, once per guess. */
  const draftSeconds = (sequences: number): number => {
    if (guesses === 0) return 0;
    const share = tokensPerMicrobatch(sequences);
    let seconds = overhead;
    for (const operation of layered) seconds += operation.seconds(share);
    const draft = head.headSeconds(share) + head.samplingSeconds(share) + c.draftStepSeconds;
    return drafter * seconds + guesses * draft;
  };

  return {
    queryTokens,
    tokenSeconds: (tokens) => {
      if (tokens === 0) return c.stepSeconds;
      const share = tokensPerMicrobatch(tokens);
      let seconds = fixed;
      for (const operation of layered) seconds += operation.seconds(share);
      return seconds;
    },
    rankSeconds: (tokens) => {
      let seconds = 0;
      if (tokens > 0) {
        for (const { perRank, seconds: of } of layered) if (perRank) seconds += of(tokensPerMicrobatch(tokens));
      }
      return seconds;
    },
    promptRanks: attentionDp,
    sequenceSeconds: (sequences) => {
      if (sequences === 0) return 0;
      const share = queryTokens * tokensPerMicrobatch(sequences);
      const busiest = sequences / contextShares(sequences);
      return (
        draftSeconds(sequences) +
        head.headSeconds(share) -
        firstHead +
        (head.samplingSeconds(share) - firstSample) +
        (linear?.decodeSeconds(busiest) ?? 0) +
        busiest * c.sequenceSeconds
      );
    },
    prefillStep,
    perPrefillToken,
    perFinishedPrefill: (headSlope + firstSample + c.sequenceSeconds) / attentionDp,
    attention,
    contextShares,
    pairShares: shares,
    operations: (sequences, prefillTokens) => {
      const totals = new Map<OperationName, number>();
      const add = (name: OperationName, seconds: number) => totals.set(name, (totals.get(name) ?? 0) + seconds);
      const tokens = queryTokens * sequences + prefillTokens;
      add('host', c.stepSeconds);
      if (tokens > 0) {
        const share = tokensPerMicrobatch(tokens);
        for (const operation of layered) add(operation.name, operation.seconds(share));
        add('layer-overhead', overhead);
        const rows = sequences > 0 ? queryTokens * tokensPerMicrobatch(sequences) : 1;
        add('lm-head', head.headSeconds(rows));
        add('sampling', head.samplingSeconds(rows));
      }
      if (sequences > 0) {
        const busiest = sequences / contextShares(sequences);
        add('host', busiest * c.sequenceSeconds);
        if (linear !== null) add('linear-state', linear.decodeSeconds(busiest));
        if (guesses > 0) add('drafter', draftSeconds(sequences));
      }
      if (prefillTokens > 0) {
        add('layer-overhead', model.layers * c.prefillLayerSeconds);
        if (linear !== null) add('linear-state', (prefillTokens * linear.perPrefillToken) / shares);
        if (spec.handsOver)
          add('hand-over', send.perStep + (prefillTokens * send.perToken) / attentionDp / parallelism.tp);
        for (const view of attention) {
          add('prefill-attention', view.prefillStepSeconds + (prefillTokens * view.secondsPerPrefillToken) / shares);
        }
      }
      return [...totals].map(([operation, seconds]) => ({ operation, seconds }));
    },
  };
}
