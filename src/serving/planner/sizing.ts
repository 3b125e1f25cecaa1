import { attendedPairs, boundedPairs, type StepModel } from '../../perf/step-model.js';

/** What a planner knows of the engine it sizes. */
export interface Engine {
  readonly role: 'aggregated' | 'prefill' | 'decode';
  readonly steps: StepModel;
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
  readonly kvCapacityTokens: number;
}

/** Mean lengths of the requests. */
export interface Lengths {
  inputTokens: number;
  outputTokens: number;
}

/** Latencies that must hold, seconds; Infinity where nothing is asked for. */
export interface Targets {
  ttftSeconds: number;
  tpotSeconds: number;
}

/**
 * Requests per second that one replica sustains within the targets:
 *
 * * prompts: a queue of prompts that each take `s` of a full step waits `rho * s / (2 * (1 - rho))` on average at
 *   utilisation `rho` (Pollaczek-Khinchine, fixed service time); the highest `rho` at which that and the prompt's own
 *   step stay within the TTFT gives `rho / s`;
 * * answers: the largest batch `B` whose token interval `step(B) + B * s / output` (each sequence's share of the prompts
 *   computed in between is 0 on a decode replica) is within the TPOT, and whose contexts fit into the cache, gives
 *   `B / (output * interval)`.
 *
 * @example replicaRate(pool, { inputTokens: 1000, outputTokens: 200 }, { ttftSeconds: 2, tpotSeconds: 0.05 })
 */
export function replicaRate(engine: Engine, lengths: Lengths, targets: Targets): number {
  if (engine.role === 'prefill') return promptRate(engine, lengths, targets);
  const answers = answerRate(engine, lengths, targets);
  return engine.role === 'decode' ? answers : Math.min(answers, promptRate(engine, lengths, targets));
}

/** TTFT that the model predicts for `rate` requests per second at one replica, seconds. */
export function predictedTtft(engine: Engine, { inputTokens }: Lengths, rate: number): number {
  const service = promptSeconds(engine, inputTokens);
  const utilization = Math.min(rate * service, 0.99);
  return aloneSeconds(engine, inputTokens) + (utilization * service) / (2 * (1 - utilization));
}

/** Token interval that the model predicts for a batch of `sequences`, seconds. */
export function predictedTpot(engine: Engine, { inputTokens, outputTokens }: Lengths, sequences: number): number {
  const batch = Math.min(Math.max(Math.round(sequences), 1), engine.maxSequences);
  const context = Math.round(batch * (inputTokens + outputTokens / 2));
  const step = engine.steps.stepSeconds(batch, context, 0, 0, 0, 0);
  return engine.role === 'decode' ? step : step + (batch * promptSeconds(engine, inputTokens)) / outputTokens;
}

function promptRate(engine: Engine, { inputTokens }: Lengths, { ttftSeconds }: Targets): number {
  const service = promptSeconds(engine, inputTokens);
  if (ttftSeconds === Number.POSITIVE_INFINITY) return 1 / service;
  const wait = Math.max(ttftSeconds - aloneSeconds(engine, inputTokens), 0);
  const utilization = (2 * wait) / (2 * wait + service);
  // A target that no replica can hold, however many there are, must not ask for infinitely many.
  return Math.max(utilization, 0.05) / service;
}

function answerRate(engine: Engine, lengths: Lengths, { tpotSeconds }: Targets): number {
  const fits = Math.floor(engine.kvCapacityTokens / (lengths.inputTokens + lengths.outputTokens));
  let low = 1;
  let high = Math.max(Math.min(engine.maxSequences, fits), 1);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (predictedTpot(engine, lengths, middle) <= tpotSeconds) low = middle;
    else high = middle - 1;
  }
  return low / (lengths.outputTokens * predictedTpot(engine, lengths, low));
}

/** Seconds of a prompt that shares full steps with others like it. */
function promptSeconds(engine: Engine, inputTokens: number): number {
  const together = Math.max(Math.floor(engine.maxBatchedTokens / inputTokens), 1);
  return together === 1 ? aloneSeconds(engine, inputTokens) : stepOf(engine.steps, inputTokens, together) / together;
}

/** Seconds of a prompt that has steps for itself. */
function aloneSeconds(engine: Engine, inputTokens: number): number {
  return stepOf(engine.steps, inputTokens, 1);
}

function stepOf(steps: StepModel, inputTokens: number, prompts: number): number {
  const tokens = Math.max(Math.round(inputTokens), 1);
  const bound = steps.tables.pairBound;
  const bounded = bound === Number.POSITIVE_INFINITY ? 0 : boundedPairs(0, tokens, bound);
  return steps.stepSeconds(
    0,
    0,
    prompts * tokens,
    prompts * attendedPairs(0, tokens),
    prompts * bounded,
    prompts,
    prompts,
  );
}
