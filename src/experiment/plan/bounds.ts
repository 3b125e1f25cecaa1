import { attendedPairs, boundedPairs, type StepTables } from '../../perf/index.js';
import type { Scenario } from '../../scenario/schema.js';
import type { Pool } from '../../serving/pool.js';
import type { DemandSample } from './demand-sample.js';

/** Tables are straight lines between some of their points, which may lie this much too high. */
const TABLE_SLACK = 0.01;

/** The least that a pool's replicas can spend on a token, seconds, whatever shares the step with it. */
interface LeastSeconds {
  /** Per token of a step, prompt or answer. */
  token: number;
  /** Per prompt token on top. */
  promptToken: number;
  /** Per decoding sequence and step on top. */
  sequence: number;
  /** Per context token of a decode step. */
  contextToken: number;
}

/**
 * Least seconds per token from the tables of a pool: each table is bounded from below by a line through 0, whose slope is
 * the smallest ratio of time to amount. Sums of these lines bound the time of any step, so a replica needs at least this
 * long for a request however well it is batched.
 */
function leastSeconds(tables: StepTables): LeastSeconds {
  const { token, tokenTail, prefill, prefillTail, intercept, slope, maxSequences } = tables;
  const sequence = new Float64Array(maxSequences + 1).fill(Number.POSITIVE_INFINITY);
  for (let batch = 1; batch <= maxSequences; batch++) sequence[batch] = intercept[batch];
  const lastPiece = slope.length - (maxSequences + 1);
  let contextToken = Number.POSITIVE_INFINITY;
  for (let batch = 1; batch <= maxSequences; batch++) contextToken = Math.min(contextToken, slope[lastPiece + batch]);
  return {
    token: Math.min(leastRatio(token), tokenTail),
    promptToken: Math.min(leastRatio(prefill), prefillTail),
    sequence: leastRatio(sequence),
    contextToken,
  };
}

function leastRatio(table: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let amount = 1; amount < table.length; amount++) least = Math.min(least, table[amount] / amount);
  return least;
}

/** What a pool does with a request. */
export type Duty = 'both' | 'prompt' | 'answer';

/** Least seconds of a replica for each request of a sample. */
export function leastWork({ steps }: Pool, duty: Duty, sample: DemandSample): Float64Array {
  const { tables } = steps;
  const { token, promptToken, sequence, contextToken } = leastSeconds(tables);
  return sample.inputTokens.map((prompt, i) => {
    const decodeSteps = Math.max(sample.outputTokens[i] - 1, 0);
    const context = decodeSteps * prompt + (decodeSteps * (decodeSteps - 1)) / 2;
    const promptSeconds = prompt * (token + promptToken) + pairSeconds(tables, prompt);
    const answerSeconds = decodeSteps * (token + sequence) + context * contextToken;
    const seconds = duty === 'both' ? promptSeconds + answerSeconds : duty === 'prompt' ? promptSeconds : answerSeconds;
    return seconds * (1 - TABLE_SLACK);
  });
}

function pairSeconds({ perPair, perBoundedPair, pairBound }: StepTables, prompt: number): number {
  return attendedPairs(0, prompt) * perPair + pairsWithin(pairBound, prompt) * perBoundedPair;
}

/** Attended pairs in layers with a bounded view; 0 where there are none. */
function pairsWithin(bound: number, prompt: number): number {
  return Number.isFinite(bound) ? boundedPairs(0, prompt, bound) : 0;
}

/**
 * Fewest replicas that could finish, in the time of the run, the least work that lets `attainment` of the requests be good:
 * that of the lightest ones. 1 where the time is not fixed.
 */
export function fewestReplicas(work: Float64Array, attainment: number, seconds: number | null): number {
  return Math.max(1, Math.ceil(leastBusyReplicas(work, attainment, seconds) - 1e-9));
}

/** Replicas that this least work keeps busy on average, however they come and go; 0 where the time is not fixed. */
export function leastBusyReplicas(work: Float64Array, attainment: number, seconds: number | null): number {
  if (seconds === null || seconds <= 0) return 0;
  const lightest = work.toSorted().subarray(0, Math.ceil(attainment * work.length));
  return lightest.reduce((sum, each) => sum + each, 0) / seconds;
}

/** Replicas that the whole work keeps busy at best. */
export function busyReplicas(work: Float64Array, seconds: number | null): number {
  return seconds === null || seconds <= 0 ? 0 : work.reduce((sum, each) => sum + each, 0) / seconds;
}

/**
 * Share of the requests that would hold their SLO were each alone on the fleet: more no number of replicas can reach.
 *
 * @param prompt pool that computes prompts
 * @param answer pool that computes answers; the same where replicas do both
 */
export function idleAttainment(sample: DemandSample, prompt: Pool, answer: Pool, traffic: Scenario['traffic']): number {
  const requests = sample.inputTokens.length;
  if (requests === 0) return 1;
  let good = 0;
  for (let i = 0; i < requests; i++) {
    const { ttft = Number.POSITIVE_INFINITY, tpot = Number.POSITIVE_INFINITY } = traffic[sample.classIndex[i]].slo;
    const output = sample.outputTokens[i];
    const first = idleTtftSeconds(prompt, sample.inputTokens[i]) * (1 - TABLE_SLACK);
    const each = idleTpotSeconds(answer, sample.inputTokens[i] + output / 2) * (1 - TABLE_SLACK);
    if (first <= ttft && (output < 2 || each <= tpot)) good++;
  }
  return good / requests;
}

/** Front end and prompt, alone on the fleet. */
function idleTtftSeconds({ steps, frontend }: Pool, prompt: number): number {
  const { baseSeconds, perInputTokenSeconds } = frontend;
  const bounded = pairsWithin(steps.tables.pairBound, prompt);
  const prefill = steps.stepSeconds(0, 0, prompt, attendedPairs(0, prompt), bounded, 1, 1);
  return baseSeconds + perInputTokenSeconds * prompt + prefill;
}

/** One answer alone on a replica. */
function idleTpotSeconds({ steps }: Pool, context: number): number {
  return steps.decodeSeconds(steps.piece(1, context), 1, context);
}

/** Mean tokens per second and user of a fleet that is hardly used: no load makes it faster. */
export function idleTokensPerSecondPerUser(sample: DemandSample, answer: Pool): number {
  const { inputTokens, outputTokens } = sample;
  let seconds = 0;
  let answers = 0;
  for (let i = 0; i < inputTokens.length; i++) {
    if (outputTokens[i] < 2) continue;
    seconds += idleTpotSeconds(answer, inputTokens[i] + outputTokens[i] / 2);
    answers++;
  }
  return answers === 0 ? 0 : answers / seconds;
}
