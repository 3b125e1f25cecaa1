import { type Coefficients, type KernelSet, kernelSet, stepPhysics } from '../../perf/index.js';
import { decodeSeconds, promptSeconds } from './estimate-steps.js';
import { type MeasuredRun, tokensPerStepOf } from './measured-run.js';
import type { SimulatedRun } from './simulate-run.js';

/** Seconds that a closed loop in balance is made of. */
export interface Estimate {
  /** A decode step of the whole batch. */
  readonly decode: number;
  /** One prompt, in the steps that compute it. */
  readonly prefill: number;
  /** Decode steps and the share of prompts that every answer token sits through. */
  readonly tpot: number;
  readonly frontend: number;
  /** Until a busy engine looks at a new request: the rest of the present step and those it lets pass. */
  readonly admission: number;
}

const kernels = new WeakMap<MeasuredRun, KernelSet>();

/** The kernels of a run, which do not change during a fit. */
function kernelsOf(run: MeasuredRun): KernelSet {
  let known = kernels.get(run);
  if (known === undefined) {
    known = kernelSet(run, true);
    kernels.set(run, known);
  }
  return known;
}

/** Mean lengths as a share of the nominal ones. */
const MEAN_SHARE = 0.9;

/**
 * A closed loop in balance, in closed form: with `B` requests in the batch, every request passes `output` decode steps while
 * `B` prompts are computed, so `tpot = decode + B * prefill / output`. Where prompts and answers share steps, `prefill`
 * is what a prompt adds to them. Good to about 10 %; {@link corrected} takes the rest from a simulation.
 */
export function estimate(run: MeasuredRun, coefficients: Coefficients): Estimate {
  const { measurement, recipe, limits, parallelism, concurrency, model, gpu, stack, precision, kvPrecision } = run;
  const spec = { model, gpu, stack, precision, kvPrecision, parallelism, coefficients, speculation: run.speculation };
  const physics = stepPhysics(spec, kernelsOf(run));
  const input = MEAN_SHARE * measurement.inputTokens;
  const output = Math.max(1, MEAN_SHARE * measurement.outputTokens);
  const batch = Math.max(1, Math.min(concurrency, limits.maxSequences, run.kvRequests));
  const context = batch * (input + output / 2);

  const decode = decodeSeconds(physics, batch, context);
  const mixed = recipe.batching === 'chunked-prefill' && concurrency > 1;
  const budget = Math.max(1, limits.maxBatchedTokens - (mixed ? batch : 0));
  const chunks = mixed ? Math.ceil(input / budget) : 1;
  const added = promptSeconds(physics, 1, input, chunks, mixed ? physics.queryTokens * batch : 0);
  return {
    decode,
    prefill: mixed ? added + chunks * decode : added,
    tpot: decode / tokensPerStepOf(run, coefficients) + (batch * added) / output,
    frontend: coefficients.requestSeconds + coefficients.requestTokenSeconds * input,
    admission: (0.5 + recipe.pollSteps + coefficients.admissionSteps) * decode,
  };
}

/** Predicted latencies, milliseconds. */
export interface Latencies {
  /** Means. */
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly ttftP50Ms: number;
  readonly ttftP99Ms: number;
}

/**
 * What a simulation with other coefficients would say, from one that was done: TPOT moves as its estimate does; TTFT
 * is the front end, the admission, and as many prompts as the simulation showed (or, where memory is short, the answers
 * one waits for). Exact for the coefficients that were simulated.
 */
export function corrected(now: Estimate, simulated: SimulatedRun, then: Estimate): Latencies {
  const tpotMs = (simulated.tpotMs * now.tpot) / then.tpot;
  const waiting = Math.max(simulated.ttftMs - simulated.frontendMs, 1e-3);
  const frontendMs = 1e3 * now.frontend;
  const of = (ttftMs: number): Latencies => ({
    tpotMs,
    ttftMs,
    ttftP50Ms: (simulated.percentiles.ttftP50Ms * ttftMs) / simulated.ttftMs,
    ttftP99Ms: (simulated.percentiles.ttftP99Ms * ttftMs) / simulated.ttftMs,
  });
  if (simulated.memoryBound > 0.02) return of(frontendMs + (waiting * now.tpot) / then.tpot);
  const admission = Math.min(0.9 * waiting, 1e3 * then.admission);
  const prompts = waiting - admission;
  return of(frontendMs + (admission * now.admission) / then.admission + (prompts * now.prefill) / then.prefill);
}
