import { type Coefficients, type KernelSet, kernelSet, stepPhysics } from '../../perf/index.js';
import { REQUESTS_PER_USER } from './closed-loop.js';
import type { DisaggregatedRun, RoleRun } from './disaggregated-run.js';
import type { Latencies } from './estimate.js';
import { decodeSeconds, promptSeconds } from './estimate-steps.js';
import { tokensPerStepOf } from './measured-run.js';
import type { SimulatedRun } from './simulate-run.js';

/** Mean lengths as a share of the nominal ones. */
const MEAN_SHARE = 0.9;

/** Share of the first wave that is served when the hundredth of all requests that waits longest begins. */
const LONGEST = 1 - REQUESTS_PER_USER / 100;

/** Of the interval in which the batch is looked for; a straight line through its ends does the rest. */
const HALVINGS = 13;

/** Seconds that a closed loop over prefill and decode workers comes to. */
export interface DisaggregatedEstimate {
  readonly tpot: number;
  /** From the queue to the first token. */
  readonly waiting: number;
  /** The same after the first wave. */
  readonly steady: number;
  /** The same for those who wait longest: the last of the first wave, or everybody where the loop itself makes them wait. */
  readonly longest: number;
  /** Before the queue. */
  readonly frontend: number;
}

/**
 * A closed loop of `N` users over two stations, in closed form. With `B` requests decoding, `X = B / (output * tpot(B))` leave per second
 * and as many prompts come; each takes `w(X)`, which grows without bound as `X` comes near what the prefill workers can do. The loop
 * is in balance where `B + X * w(X) = N`, which has one solution. The first wave, all users at once, is a share of the run.
 */
export function estimateDisaggregated(run: DisaggregatedRun, coefficients: Coefficients): DisaggregatedEstimate {
  const { measurement, prefill, decode, concurrency, speculation } = run;
  const input = MEAN_SHARE * measurement.inputTokens;
  const output = Math.max(1, MEAN_SHARE * measurement.outputTokens);
  const kernels = kernelsOf(run);
  const physicsOf = (role: RoleRun, of: KernelSet, guesses: DisaggregatedRun['speculation']) =>
    stepPhysics(
      { ...run, parallelism: role.parallelism, coefficients, speculation: guesses, handsOver: role === prefill },
      of,
    );
  const prompts = physicsOf(prefill, kernels.prefill, undefined);
  const answers = physicsOf(decode, kernels.decode, speculation);

  const alone = promptSeconds(prompts, 1, input);
  const tokensAtOnce = Math.min(prefill.limits.maxBatchedTokens, prefill.kvTokens);
  const most = Math.max(1, Math.floor(Math.min(tokensAtOnce / input, prefill.limits.maxSequences)));
  const full = promptSeconds(prompts, most, input);
  const capacity = (prefill.workers * most) / full;
  const tokens = tokensPerStepOf(run, coefficients);
  const places = decode.workers * decode.limits.maxSequences;
  const tpotOf = (batch: number): number => {
    const perWorker = Math.max(1, Math.min(batch, places) / decode.workers);
    return decodeSeconds(answers, perWorker, perWorker * (input + output / 2)) / tokens;
  };
  // Prompts that come during a step share the next one, which takes longer for each of them.
  const perPrompt = most > 1 ? (full - alone) / (most - 1) : 0;
  const waitingAt = (rate: number): number => {
    const arrivals = rate / prefill.workers;
    const step = Math.max(alone, (alone - perPrompt) / Math.max(1e-3, 1 - arrivals * perPrompt));
    return step * (1 + 0.5 * Math.min(1, arrivals * step));
  };
  const excess = (batch: number): number => {
    const rate = Math.min(batch, places) / (output * tpotOf(batch));
    // Beyond the capacity the wait has no end.
    return rate >= capacity ? concurrency : batch + rate * waitingAt(rate) - concurrency;
  };
  let low = 0;
  let high = concurrency;
  let [below, above] = [-concurrency, concurrency];
  for (let i = 0; i < HALVINGS; i++) {
    const batch = (low + high) / 2;
    const value = excess(batch);
    if (value > 0) [high, above] = [batch, value];
    else [low, below] = [batch, value];
  }
  const batch = low + ((high - low) * below) / (below - above);
  const tpot = tpotOf(batch);
  // Whoever finds no place in a decode batch waits for it before the first token.
  const decoding = Math.min(batch, places);
  const rate = decoding / (output * tpot);
  // By Little's law, so that it also holds where the prefill workers are the bottleneck.
  const steady = Math.max(alone, (concurrency - decoding) / rate);
  const wave = Math.max(steady, concurrency / (2 * capacity));
  return {
    tpot,
    steady,
    waiting: steady + (wave - steady) / REQUESTS_PER_USER,
    longest: Math.max(steady, (LONGEST * concurrency) / capacity),
    frontend: coefficients.requestSeconds + coefficients.requestTokenSeconds * input + coefficients.handoverSeconds,
  };
}

/** What a simulation with other coefficients would say; exact for those that were simulated. */
export function correctedDisaggregated(
  now: DisaggregatedEstimate,
  simulated: SimulatedRun,
  then: DisaggregatedEstimate,
): Latencies {
  const waiting = Math.max(simulated.ttftMs - simulated.frontendMs, 1e-3);
  const median = Math.max(simulated.percentiles.ttftP50Ms - simulated.frontendMs, 1e-3);
  const longest = Math.max(simulated.percentiles.ttftP99Ms - simulated.frontendMs, 1e-3);
  return {
    tpotMs: (simulated.tpotMs * now.tpot) / then.tpot,
    ttftMs: 1e3 * now.frontend + (waiting * now.waiting) / then.waiting,
    ttftP50Ms: 1e3 * now.frontend + (median * now.steady) / then.steady,
    ttftP99Ms: 1e3 * now.frontend + (longest * now.longest) / then.longest,
  };
}

const known = new WeakMap<DisaggregatedRun, { readonly prefill: KernelSet; readonly decode: KernelSet }>();

function kernelsOf(run: DisaggregatedRun): { readonly prefill: KernelSet; readonly decode: KernelSet } {
  let kernels = known.get(run);
  if (kernels === undefined) {
    kernels = {
      prefill: kernelSet({ ...run, parallelism: run.prefill.parallelism }),
      decode: kernelSet({ ...run, parallelism: run.decode.parallelism }),
    };
    known.set(run, kernels);
  }
  return kernels;
}
