import { kvTransfers } from '../../catalog/kv-transfers.js';
import { randomStream } from '../../engine/random.js';
import { type Calibration, type CompiledInstance, compileInstance } from '../../perf/index.js';
import { handedOverBytes } from '../../perf/memory.js';
import { Factory } from '../../serving/factory.js';
import type { Pool } from '../../serving/pool.js';
import { closedLoop, REQUESTS_PER_USER } from './closed-loop.js';
import type { DisaggregatedRun, RoleRun } from './disaggregated-run.js';
import { acceptanceOf } from './measured-run.js';
import { latenciesOf, measuringRecorder, type SimulatedRun } from './simulate-run.js';

/**
 * Simulates a run of prefill and decode workers the way it was measured: the closed loop of one instance, over a fleet whose
 * prompts go to the least loaded prefill worker and whose caches cross NVLink where one domain holds the fleet, else the network.
 */
export function simulateDisaggregated(run: DisaggregatedRun, calibration: Calibration): SimulatedRun {
  const { gpu, stack, prefill, decode } = run;
  const gpus = [prefill, decode].reduce((sum, { workers, parallelism }) => sum + workers * parallelism.gpus, 0);
  const transfer = kvTransfers[stack.name];
  const link = gpus <= gpu.scaleUpDomainGpus ? gpu.scaleUpBytesPerSecond : gpu.scaleOutBytesPerSecond;
  const poolOf = (
    role: 'prefill' | 'decode',
    { workers, parallelism, recipe, limits, kvTokens }: RoleRun,
    compiled: CompiledInstance,
  ): Pool => ({
    name: role,
    role,
    replicas: workers,
    gpusPerReplica: compiled.gpus,
    steps: compiled.steps,
    batching: recipe.batching,
    acceptance: role === 'decode' ? acceptanceOf(run, calibration.coefficients) : [],
    ...limits,
    kvCapacityTokens: Math.min(compiled.kvCapacityTokens, kvTokens),
    blockTokens: stack.blockTokens,
    eviction: role === 'prefill' ? 'preempt' : stack.kvCachePolicy,
    watermark: 0.01,
    frontend,
    ...handedOverBytes(run.model, run.kvPrecision, parallelism.tp),
    portBytesPerSecond: compiled.gpus * link * transfer.linkEfficiency,
    flowBytesPerSecond: (compiled.gpus * link * transfer.linkEfficiency) / parallelism.attentionDp,
    admissionSteps: Math.round(compiled.frontend.admissionSteps),
  });
  const compile = (role: RoleRun): CompiledInstance =>
    compileInstance({
      model: run.model,
      gpu,
      precision: run.precision,
      kvPrecision: run.kvPrecision,
      stack,
      parallelism: role.parallelism,
      ...role.limits,
      memoryFraction: role.memoryFraction,
      speculation: role === decode ? run.speculation : undefined,
      handsOver: role === prefill,
      calibration,
    });
  const computing = compile(prefill);
  const { baseSeconds, handoverSeconds, perInputTokenSeconds } = computing.frontend;
  const frontend = { baseSeconds: baseSeconds + handoverSeconds, perInputTokenSeconds };
  const recorder = measuringRecorder();
  new Factory({
    pools: [poolOf('prefill', prefill, computing), poolOf('decode', decode, compile(decode))],
    demand: [closedLoop(run)],
    routing: { policy: 'round-robin', frontends: run.frontends },
    endSeconds: Number.POSITIVE_INFINITY,
    maxRequests: REQUESTS_PER_USER * run.concurrency,
    recorder,
    transfer: {
      latencySeconds: transfer.latencySeconds,
      layerWise: false,
      layers: 1,
      rolesChange: false,
      routing: 'round-robin',
      frontends: run.frontends,
      random: randomStream(0, 0, 'handover'),
    },
    randomStream: (purpose) => randomStream(0, 0, purpose),
    reference: false,
  }).run();
  return {
    ...latenciesOf(recorder),
    frontendMs: 1e3 * (frontend.baseSeconds + frontend.perInputTokenSeconds * 0.9 * run.measurement.inputTokens),
    memoryBound: 0,
  };
}
