import { randomStream } from '../../engine/random.js';
import { Recorder } from '../../metrics/recorder.js';
import { type Calibration, compileInstance } from '../../perf/index.js';
import { Factory } from '../../serving/factory.js';
import type { Pool } from '../../serving/pool.js';
import type { ClassDemand } from '../../traffic/demand.js';
import { UniformLength } from '../../traffic/lengths/uniform.js';
import { ClosedLoopSource } from '../../traffic/sources/closed-loop.js';
import { ConstantThinkTime } from '../../traffic/think-time.js';
import type { MeasuredRun } from './measured-run.js';

/** Means over the requests of a simulated run. */
export interface SimulatedRun {
  readonly ttftMs: number;
  readonly tpotMs: number;
  /** Part of the TTFT before the request reaches the queue. */
  readonly frontendMs: number;
  /** Share of the run in which requests waited for KV memory. */
  readonly memoryBound: number;
}

/** Requests per user, as the public benchmark scripts send. */
const REQUESTS_PER_USER = 10;
const SEED = 20260822;

/**
 * Simulates a run the way it was measured: so many users, each sending the next request when the last one has ended; 10 requests
 * a user; lengths uniform on 80 to 100 % of the nominal ones; no prefix reuse; everybody begins at once.
 */
export function simulateRun(run: MeasuredRun, calibration: Calibration): SimulatedRun {
  const { measurement, recipe, parallelism, stack, concurrency, limits } = run;
  const { inputTokens } = measurement;
  const instance = compileInstance({
    model: run.model,
    gpu: run.gpu,
    precision: run.precision,
    kvPrecision: run.kvPrecision,
    stack,
    parallelism,
    ...limits,
    memoryFraction: run.memoryFraction,
    calibration,
  });
  const { steps, frontend } = instance;
  const pool: Pool = {
    name: 'measured',
    role: 'aggregated',
    replicas: 1,
    gpusPerReplica: instance.gpus,
    steps,
    batching: recipe.batching,
    ...limits,
    kvCapacityTokens: instance.kvCapacityTokens,
    blockTokens: stack.blockTokens,
    eviction: stack.kvCachePolicy,
    watermark: 0.01,
    frontend,
    kvBytesPerToken: 0,
    portBytesPerSecond: 1,
    admissionSteps: Math.round(recipe.pollSteps + frontend.admissionSteps),
  };
  const never = Number.POSITIVE_INFINITY;
  const recorder = new Recorder({
    classes: [{ name: 'measured', slo: { ttft: never, tpot: never, e2e: never } }],
    warmupSeconds: 0,
  });
  const factory = new Factory({
    pools: [pool],
    demand: [demandOf(run)],
    routing: { policy: 'round-robin' },
    endSeconds: never,
    maxRequests: REQUESTS_PER_USER * concurrency,
    recorder,
    reference: false,
  });
  const seconds = factory.run();
  const { ttft, tpot } = recorder.classes[0];
  const [, memory] = factory.instances[0].usage.blockedSeconds;
  return {
    ttftMs: (ttft.mean ?? Number.NaN) * 1e3,
    tpotMs: (tpot.mean ?? Number.NaN) * 1e3,
    frontendMs: (frontend.baseSeconds + frontend.perInputTokenSeconds * 0.9 * inputTokens) * 1e3,
    memoryBound: seconds > 0 ? memory / seconds : 0,
  };
}

function demandOf({ measurement, concurrency }: MeasuredRun): ClassDemand {
  const { inputTokens, outputTokens } = measurement;
  const lengths = (nominal: number, purpose: string) =>
    new UniformLength(
      Math.max(1, Math.ceil(0.8 * nominal)),
      nominal,
      randomStream(SEED, 0, `lengths/measured/${purpose}`),
    );
  return {
    name: 'measured',
    source: new ClosedLoopSource(
      concurrency,
      new ConstantThinkTime(0),
      lengths(inputTokens, 'input'),
      lengths(outputTokens, 'output'),
      Number.POSITIVE_INFINITY,
    ),
    // Clients ask for exactly the answer they get, and engines that reserve it do so for that: the mean stands for all.
    outputLimit: Math.ceil(0.9 * outputTokens),
  };
}
