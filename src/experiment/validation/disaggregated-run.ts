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
import { normalised, type RunIdentity, readSubject, shapesOf } from './measured-run.js';
import type { MeasuredRole, Measurement } from './measurements.js';
import { decodePlaces, guesses, INFERENCE_X, prefillTokens, type Recipe, recipe } from './recipes.js';

/** Workers of one role in the terms of the simulator. */
export interface RoleRun {
  readonly workers: number;
  readonly parallelism: Parallelism;
  readonly recipe: Recipe;
  /** Limits of a worker, all attention ranks together. */
  readonly limits: { readonly maxBatchedTokens: number; readonly maxSequences: number };
  readonly memoryFraction: number;
}

/** A measured run of prefill and decode workers in the terms of the simulator. */
export interface DisaggregatedRun extends RunIdentity {
  readonly prefill: RoleRun;
  readonly decode: RoleRun;
}

/** Share of a GPU's memory that public recipes give an engine, and the most it can take. */
const MEMORY_FRACTIONS = [0.85, 0.95] as const;

/** The run of a row, or the reason why it cannot be simulated. */
export function disaggregatedRun(row: Measurement): DisaggregatedRun | string {
  if (row.mode !== 'disaggregated') return `mode ${row.mode} is not known`;
  const subject = readSubject(row);
  if (typeof subject === 'string') return subject;
  if (row.prefill === null || row.decode === null) return 'disaggregated, and the number of workers is not known';
  const { prefill, decode } = row;
  const { model, gpu, stack, precision, concurrency } = subject;
  const spread = spreadOf(model, prefill, decode, row.source);
  if (typeof spread === 'string') return spread;
  const roleOf = (role: MeasuredRole, parallelism: Parallelism, decodes: boolean): RoleRun => {
    const { attentionDp, tp } = parallelism;
    const settings = recipe({
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
    const ranks = role.workers * attentionDp;
    const users = { ranks, users: concurrency, mostUsers: row.mostUsers ?? concurrency };
    const places = decodePlaces({ stack: stack.name, precision, source: row.source, attentionDp, ...users });
    const maxSequences = attentionDp * (decodes ? places : 256);
    const perStep = prefillTokens(stack.name, settings.maxBatchedTokens);
    const maxBatchedTokens = attentionDp * Math.max(perStep, row.inputTokens + 64);
    return {
      workers: role.workers,
      parallelism,
      recipe: { ...settings, pollSteps: 0 },
      limits: { maxBatchedTokens: Math.max(maxBatchedTokens, maxSequences), maxSequences },
      memoryFraction: MEMORY_FRACTIONS[0],
    };
  };
  const shapes = shapesOf(model);
  const perRankUsers = concurrency / decode.workers / spread.decode.attentionDp;
  const draftTokens = guesses(row, spread.decode.attentionDp > 1 && perRankUsers > 96);
  const describe = (role: RoleRun) => [role.workers, ...Object.values(role.parallelism)].join('.');
  const speculation = draftTokens > 0 ? { draftTokens } : undefined;
  const roles = {
    prefill: fitted(roleOf(prefill, spread.prefill, false), subject, row, undefined),
    decode: fitted(roleOf(decode, spread.decode, true), subject, row, speculation),
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
  return {
    ...subject,
    prefill: roles.prefill,
    decode: roles.decode,
    measurement: row,
    speculation,
    kvRequests: Number.POSITIVE_INFINITY,
    // Such rows name the version of the orchestrator, if any.
    release: undefined,
    shapes,
    simulationKey: [configuration, concurrency].join(' '),
    configuration,
  };
}

/**
 * Rows that tell of each the most users that its fleet was measured with: same GPUs, stack, model, format, lengths and decode
 * workers. That, and not the users of the row alone, is what public recipes start engines for.
 */
export function withMostUsers(rows: readonly Measurement[]): Measurement[] {
  const most = new Map<string, number>();
  const keys = rows.map(fleetKey);
  rows.forEach(({ concurrency, mostUsers }, i) => {
    const key = keys[i];
    if (key !== undefined) most.set(key, Math.max(most.get(key) ?? 0, mostUsers ?? concurrency ?? 0));
  });
  return rows.map((row, i) => {
    const mostUsers = most.get(keys[i] ?? '');
    return mostUsers === undefined ? row : { ...row, mostUsers };
  });
}

/** What rows of one disaggregated fleet have in common; undefined for other rows. */
function fleetKey(row: Measurement): string | undefined {
  const { prefill, decode, stack, source, inputTokens, outputTokens, multiTokenPrediction } = row;
  if (row.mode !== 'disaggregated' || prefill === null || decode === null) return undefined;
  const subject = readSubject(row);
  if (typeof subject === 'string') return undefined;
  const { model, gpu, precision } = subject;
  const spread = spreadOf(model, prefill, decode, source);
  if (typeof spread === 'string') return undefined;
  const layout = [decode.workers, ...Object.values(spread.decode)].join('.');
  const load = [inputTokens, outputTokens, multiTokenPrediction, source];
  return [gpu.name, stack, precision, layout, ...load, shapesOf(model)].join(' ');
}

/** Layouts of the workers of both roles, or why there are none. */
function spreadOf(
  model: Model,
  prefill: MeasuredRole,
  decode: MeasuredRole,
  source: string,
): { prefill: Parallelism; decode: Parallelism } | string {
  const [ofPrefill, ofDecode] = layouts(prefill, decode, source);
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

/** The role with the share of memory it needs to hold one request; undefined where none suffices. */
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
  for (const memoryFraction of MEMORY_FRACTIONS) {
    const options = { model, gpu, precision, kvPrecision, parallelism, ...limits, memoryFraction, speculation };
    if (memoryBreakdown(options).kvTokensPerRank >= inputTokens + outputTokens) return { ...role, memoryFraction };
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
