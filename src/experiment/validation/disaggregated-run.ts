import type { Model } from '../../catalog/index.js';
import {
  type KvPrecision,
  type Parallelism,
  type ParallelismInput,
  resolveParallelism,
  type Speculation,
} from '../../perf/index.js';
import { memoryBreakdown } from '../../perf/memory.js';
import { InputError } from '../../scenario/input-error.js';
import { type FleetSettings, fleetSettings, type MeasuredWorkers, type WorkerSettings } from './launch/settings.js';
import { fractionOfAll, normalised, type RunIdentity, readSubject, shapesOf } from './measured-run.js';
import type { MeasuredRole, Measurement } from './measurements.js';
import { guesses, INFERENCE_X, prefillTokens, type Recipe, recipe } from './recipes.js';

/** Workers of one role in the terms of the simulator. */
export interface RoleRun {
  readonly workers: number;
  readonly parallelism: Parallelism;
  readonly recipe: Recipe;
  /** Limits of a worker, all attention ranks together. */
  readonly limits: { readonly maxBatchedTokens: number; readonly maxSequences: number };
  readonly memoryFraction: number;
  /** Tokens that its KV cache is limited to, whatever memory there is. */
  readonly kvTokens: number;
}

/** A measured run of prefill and decode workers in the terms of the simulator. */
export interface DisaggregatedRun extends RunIdentity {
  readonly prefill: RoleRun;
  readonly decode: RoleRun;
  /** Frontends that give requests to workers in turn, each on its own. */
  readonly frontends: number;
}

/** Shares of a GPU's memory that engines are given where no recipe is known, and the most they can take. */
const [USUAL_SHARE, LARGEST_SHARE] = [0.85, 0.95];

/** Prompts that an attention rank of a prefill worker may compute at a time where no recipe is known. */
const MANY_PROMPTS = 256;

/** The run of a row, or the reason why it cannot be simulated. */
export function disaggregatedRun(row: Measurement): DisaggregatedRun | string {
  if (row.mode !== 'disaggregated') return `mode ${row.mode} is not known`;
  const subject = readSubject(row);
  if (typeof subject === 'string') return subject;
  if (row.prefill === null || row.decode === null) return 'disaggregated, and the number of workers is not known';
  const { prefill, decode } = row;
  const { model, gpu, stack, precision, concurrency } = subject;
  const settings = settingsOf(row, prefill, decode);
  const spread = spreadOf(model, prefill, decode, row.source, settings);
  if (typeof spread === 'string') return spread;
  const roleOf = (
    { workers }: MeasuredRole,
    parallelism: Parallelism,
    started: WorkerSettings | undefined,
    decodes: boolean,
  ): RoleRun => {
    const { attentionDp, tp } = parallelism;
    const recipeOfOne = recipe({
      stack: stack.name,
      gpu: gpu.name,
      model: model.name,
      precision,
      inputTokens: row.inputTokens,
      outputTokens: row.outputTokens,
      concurrency,
      tp,
      attentionDp: 1,
      source: row.source,
    });
    const sequences = started?.sequences ?? (decodes ? concurrency : MANY_PROMPTS);
    const tokens =
      started?.tokens ?? Math.max(prefillTokens(stack.name, recipeOfOne.maxBatchedTokens), row.inputTokens + 64);
    const maxSequences = attentionDp * Math.max(1, sequences);
    return {
      workers,
      parallelism,
      recipe: { ...recipeOfOne, memory: started?.memory ?? { share: USUAL_SHARE, of: 'all' }, pollSteps: 0 },
      limits: { maxBatchedTokens: Math.max(attentionDp * tokens, maxSequences), maxSequences },
      memoryFraction: USUAL_SHARE,
      kvTokens: started?.kvTokens === undefined ? Number.POSITIVE_INFINITY : attentionDp * started.kvTokens,
    };
  };
  const shapes = shapesOf(model);
  const perRankUsers = concurrency / decode.workers / spread.decode.attentionDp;
  const draftTokens = settings?.guesses ?? guesses(row, spread.decode.attentionDp > 1 && perRankUsers > 96);
  const describe = (role: RoleRun) => [role.workers, ...Object.values(role.parallelism)].join('.');
  const speculation = draftTokens > 0 ? { draftTokens } : undefined;
  const roles = {
    prefill: fitted(roleOf(prefill, spread.prefill, settings?.prefill, false), subject, row, undefined),
    decode: fitted(roleOf(decode, spread.decode, settings?.decode, true), subject, row, speculation),
  };
  if (roles.prefill === undefined || roles.decode === undefined) return 'the model does not fit on that many GPUs';
  const configuration = [
    gpu.name,
    stack.name,
    precision,
    describe(roles.prefill),
    describe(roles.decode),
    row.inputTokens,
    row.outputTokens,
    draftTokens,
    shapes,
  ].join(' ');
  const limits = [roles.prefill, roles.decode].map(({ limits, memoryFraction, kvTokens }) => [
    limits.maxBatchedTokens,
    limits.maxSequences,
    memoryFraction,
    kvTokens,
  ]);
  return {
    ...subject,
    prefill: roles.prefill,
    decode: roles.decode,
    frontends: settings?.frontends ?? 1,
    measurement: row,
    speculation,
    kvRequests: Number.POSITIVE_INFINITY,
    // Such rows name the version of the orchestrator, if any.
    release: undefined,
    shapes,
    simulationKey: [configuration, concurrency, ...limits.flat()].join(' '),
    configuration,
  };
}

/** The recipe that the fleet of a row was started with, where it is known. */
function settingsOf(row: Measurement, prefill: MeasuredRole, decode: MeasuredRole): FleetSettings | undefined {
  if (row.source !== INFERENCE_X || row.concurrency === null) return undefined;
  return fleetSettings({
    ...row,
    users: row.concurrency,
    prefill: measuredWorkers(prefill),
    decode: measuredWorkers(decode),
  });
}

function measuredWorkers(role: MeasuredRole): MeasuredWorkers {
  const { tp, attentionDp, moeEp } = role.parallelism;
  const dataParallel = role.dataParallel || ((attentionDp ?? 1) > 1 && (tp ?? 1) <= 1);
  return { workers: role.workers, width: widthOf(role), dataParallel, expertsSpread: (moeEp ?? 1) > 1 };
}

/** Layouts of the workers of both roles, or why there are none. */
function spreadOf(
  model: Model,
  prefill: MeasuredRole,
  decode: MeasuredRole,
  source: string,
  settings: FleetSettings | undefined,
): { prefill: Parallelism; decode: Parallelism } | string {
  const [ofPrefill, ofDecode] =
    settings === undefined
      ? layouts(prefill, decode, source)
      : [settings.prefill.parallelism, settings.decode.parallelism];
  try {
    return {
      prefill: resolveParallelism(model, ofPrefill, 'prefill'),
      decode: resolveParallelism(model, ofDecode, 'decode'),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `cannot be spread that way: ${error.problems[0].key}: ${error.problems[0].message}`;
  }
}

/** The role with the share of memory that its recipe gives it, or what it needs to hold one request; undefined where none suffices. */
function fitted(
  role: RoleRun,
  {
    model,
    gpu,
    precision,
    kvPrecision,
  }: Pick<RunIdentity, 'model' | 'gpu' | 'precision'> & { kvPrecision: KvPrecision },
  { inputTokens, outputTokens }: Measurement,
  speculation: Speculation | undefined,
): RoleRun | undefined {
  const { parallelism, limits } = role;
  const options = { model, gpu, precision, kvPrecision, parallelism, ...limits, speculation };
  const given = fractionOfAll(role.recipe, memoryBreakdown({ ...options, memoryFraction: 1 }));
  for (const memoryFraction of [given, LARGEST_SHARE]) {
    const { kvTokensPerRank } = memoryBreakdown({ ...options, memoryFraction });
    if (kvTokensPerRank >= inputTokens + outputTokens) return { ...role, memoryFraction };
  }
  return undefined;
}

/** Largest worker that is tensor parallel where the file leaves its layout open; fleets with wider ones spread their experts. */
const WIDEST_TENSOR_PARALLEL = 8;

/**
 * Layouts of the workers of both roles. InferenceX files of 2025 leave them open: `tp` and `ep` of 1 and data-parallel attention over all GPUs of a
 * worker, whatever it was. Fleets of narrow workers are tensor parallel, as later runs with the same latencies say; the prefill capacity
 * and the steps of fleets with wider ones are those of data-parallel attention and spread experts.
 */
function layouts(prefill: MeasuredRole, decode: MeasuredRole, source: string): ParallelismInput[] {
  const roles = [prefill, decode];
  if (source !== INFERENCE_X || !roles.every(isOpen)) return roles.map(workerParallelism);
  const isNarrow = roles.every((role) => widthOf(role) <= WIDEST_TENSOR_PARALLEL);
  return roles.map((role) => {
    const width = widthOf(role);
    return isNarrow ? { tp: width } : { tp: 1, attentionDp: width, moeEp: width };
  });
}

/** GPUs of a worker. */
function widthOf({ workers, gpus, parallelism }: MeasuredRole): number {
  if (gpus !== null) return gpus / workers;
  const { tp, attentionDp = 1 } = normalised(parallelism);
  return tp * attentionDp;
}

/** Whether the file leaves the layout open. */
function isOpen(role: MeasuredRole): boolean {
  const { tp, attentionDp, moeEp } = role.parallelism;
  return (tp ?? 1) <= 1 && (moeEp ?? 1) <= 1 && (role.dataParallel || (attentionDp ?? 1) > 1) && widthOf(role) > 1;
}

/** GPUs of one worker: those the file counts, else those its degrees multiply to. */
function workerParallelism(role: MeasuredRole): ParallelismInput {
  const { gpus, parallelism, dataParallel } = role;
  if (gpus === null) return normalised(parallelism);
  const width = widthOf(role);
  if (dataParallel) return { tp: 1, attentionDp: width, moeEp: parallelism.moeEp ?? 1 };
  return { tp: width, attentionDp: 1, moeEp: parallelism.moeEp === width ? width : 1 };
}
