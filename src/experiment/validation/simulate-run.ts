import { randomStream } from '../../engine/random.js';
import { Recorder } from '../../metrics/recorder.js';
import { type Calibration, compileInstance } from '../../perf/index.js';
import { Factory } from '../../serving/factory.js';
import type { Pool } from '../../serving/pool.js';
import { closedLoop, REQUESTS_PER_USER } from './closed-loop.js';
import { acceptanceOf, type MeasuredRun } from './measured-run.js';

/** Latencies over the requests of a simulated run, milliseconds. */
export interface SimulatedLatencies {
  /** Means. */
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly percentiles: {
    readonly ttftP50Ms: number;
    readonly ttftP99Ms: number;
    readonly tpotP50Ms: number;
    readonly tpotP99Ms: number;
  };
}

export interface SimulatedRun extends SimulatedLatencies {
  /** Part of the TTFT before the request reaches the queue. */
  readonly frontendMs: number;
  /** Share of the run in which requests waited for KV memory. */
  readonly memoryBound: number;
}

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
    speculation: run.speculation,
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
    acceptance: acceptanceOf(run, calibration.coefficients),
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
  const recorder = measuringRecorder();
  const factory = new Factory({
    pools: [pool],
    demand: [closedLoop(run)],
    routing: { policy: 'round-robin' },
    endSeconds: Number.POSITIVE_INFINITY,
    maxRequests: REQUESTS_PER_USER * concurrency,
    recorder,
    randomStream: (purpose) => randomStream(0, 0, purpose),
    reference: false,
  });
  const seconds = factory.run();
  const [, memory] = factory.instances[0].usage.blockedSeconds;
  return {
    ...latenciesOf(recorder),
    frontendMs: (frontend.baseSeconds + frontend.perInputTokenSeconds * 0.9 * inputTokens) * 1e3,
    memoryBound: seconds > 0 ? memory / seconds : 0,
  };
}

/** Latencies of the one class of `recorder`. */
export function latenciesOf(recorder: Recorder): SimulatedLatencies {
  const { ttft, tpot } = recorder.classes[0];
  const ms = (seconds: number | null) => (seconds ?? Number.NaN) * 1e3;
  const [ttftP50, ttftP99] = ttft.quantiles([0.5, 0.99]);
  const [tpotP50, tpotP99] = tpot.quantiles([0.5, 0.99]);
  return {
    ttftMs: ms(ttft.mean),
    tpotMs: ms(tpot.mean),
    percentiles: { ttftP50Ms: ms(ttftP50), ttftP99Ms: ms(ttftP99), tpotP50Ms: ms(tpotP50), tpotP99Ms: ms(tpotP99) },
  };
}

/** A recorder of one class that keeps everything. */
export function measuringRecorder(): Recorder {
  const never = Number.POSITIVE_INFINITY;
  return new Recorder({
    classes: [{ name: 'measured', slo: { ttft: never, tpot: never, e2e: never } }],
    warmupSeconds: 0,
  });
}
