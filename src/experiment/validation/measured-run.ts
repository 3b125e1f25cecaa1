import { type Gpu, gpus, type Model, models, type Stack, stacks } from '../../catalog/index.js';
import { multipliedParameters } from '../../perf/architecture.js';
import { mainFormat } from '../../perf/calibration-set.js';
import {
  type CalibrationSubject,
  type Coefficients,
  defaultKvPrecision,
  type KvPrecision,
  type Parallelism,
  type ParallelismInput,
  type Precision,
  resolveParallelism,
  type Speculation,
} from '../../perf/index.js';
import { type MemoryBreakdown, memoryBreakdown } from '../../perf/memory.js';
import { computePeak } from '../../perf/precision.js';
import { InputError } from '../../scenario/input-error.js';
import type { MeasuredParallelism, Measurement } from './measurements.js';
import { guesses, type Recipe, recipe } from './recipes.js';

/** What identifies a measured run, whatever fleet it ran on. */
export interface RunIdentity extends CalibrationSubject {
  readonly measurement: Measurement;
  readonly gpu: Gpu;
  readonly model: Model;
  readonly stack: Stack;
  readonly precision: Precision;
  readonly kvPrecision: KvPrecision;
  readonly concurrency: number;
  /** Requests of mean length that the KV cache holds. */
  readonly kvRequests: number;
  readonly release: string | undefined;
  /** Multi-token prediction, where the run used it. */
  readonly speculation: Speculation | undefined;
  /** Everything about the model but its name. */
  readonly shapes: string;
  /** Runs with the same key are the same configuration; concurrency, date and release are left out. */
  readonly configuration: string;
  /** What the simulation depends on: configuration, concurrency, release and launch settings. */
  readonly simulationKey: string;
}

/** A measured run of one instance in the terms of the simulator. */
export interface MeasuredRun extends RunIdentity {
  readonly parallelism: Parallelism;
  readonly recipe: Recipe;
  /** Limits of the whole instance, all attention ranks together. */
  readonly limits: { readonly maxBatchedTokens: number; readonly maxSequences: number };
  readonly memoryFraction: number;
}

export interface SkippedRow {
  readonly id: string;
  readonly line: number;
  readonly reason: string;
}

/** Splits rows into runs of one instance that can be simulated and rows that cannot, with the reason. */
export function measuredRuns(rows: readonly Measurement[]): { runs: MeasuredRun[]; skipped: SkippedRow[] } {
  return splitRows(rows, measuredRun);
}

/** Rows that `read` makes runs of, and the others with the reason it gives. */
export function splitRows<Run>(
  rows: readonly Measurement[],
  read: (row: Measurement) => Run | string,
): { runs: Run[]; skipped: SkippedRow[] } {
  const runs: Run[] = [];
  const skipped: SkippedRow[] = [];
  for (const row of rows) {
    const run = read(row);
    if (typeof run === 'string') skipped.push({ id: row.id, line: row.line, reason: run });
    else runs.push(run);
  }
  return { runs, skipped };
}

/** What the names of a row stand for, or the reason why it cannot be simulated. */
export function readSubject(row: Measurement) {
  if (!Object.hasOwn(gpus, row.gpu)) return `GPU ${row.gpu} is not in the catalog`;
  if (!Object.hasOwn(models, row.model)) return `model ${row.model} is not in the catalog`;
  if (!Object.hasOwn(stacks, row.stack)) return `stack ${row.stack} is not in the catalog`;
  const { concurrency } = row;
  if (concurrency === null) return 'its concurrency is not known';
  const { ttftP50Ms, tpotP50Ms } = row.percentiles;
  if ((row.ttftMs ?? row.tpotMs ?? ttftP50Ms ?? tpotP50Ms) === null) return 'neither TTFT nor TPOT was measured';
  const precision = row.precision === '' ? 'bf16' : row.precision;
  if (!isPrecision(precision)) return `precision ${row.precision} is not known`;
  return {
    gpu: gpus[row.gpu],
    model: models[row.model],
    stack: stacks[row.stack],
    precision,
    kvPrecision: defaultKvPrecision(precision, row.stack, gpus[row.gpu].generation),
    concurrency,
  };
}

/** Each further guess of a multi-token-prediction layer is right less often, as the published means of such models show. */
const ACCEPTANCE_DECAY = 0.9;

/** Probability of each guess of a run, where there are any: no file gives it, so it is a coefficient. */
export function acceptanceOf({ speculation }: RunIdentity, { draftAcceptance }: Coefficients): number[] {
  return Array.from({ length: speculation?.draftTokens ?? 0 }, (_, i) => draftAcceptance * ACCEPTANCE_DECAY ** i);
}

/** Tokens that a decode step of a run yields on average. */
export function tokensPerStepOf(run: RunIdentity, coefficients: Coefficients): number {
  let right = 1;
  let tokens = 1;
  for (const acceptance of acceptanceOf(run, coefficients)) {
    right *= acceptance;
    tokens += right;
  }
  return tokens;
}

/** Models that differ in name only, such as DeepSeek V3 and R1, are the same configuration: some runs are listed as both. */
export function shapesOf(model: Model): string {
  const { name: _name, note: _note, source: _source, asOf: _asOf, ...figures } = model;
  return JSON.stringify(figures);
}

/** The run of a row, or the reason why it cannot be simulated. */
export function measuredRun(row: Measurement): MeasuredRun | string {
  if (row.mode !== 'aggregated') return `mode ${row.mode} is not one instance`;
  const subject = readSubject(row);
  if (typeof subject === 'string') return subject;
  const { gpu, model, stack, precision, kvPrecision, concurrency } = subject;
  let parallelism: Parallelism;
  try {
    parallelism = resolveParallelism(model, readParallelism(row), '');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `cannot be spread that way: ${error.problems[0].key}: ${error.problems[0].message}`;
  }
  if (peakShare(row, concurrency, model, gpu, precision, parallelism) > 1) {
    return 'its throughput is above the peak of its GPUs: not one instance that computes all its prompts';
  }
  const { inputTokens, outputTokens, source } = row;
  const settings = recipe({
    stack: stack.name,
    gpu: gpu.name,
    model: model.name,
    precision,
    inputTokens,
    outputTokens,
    concurrency,
    tp: parallelism.tp,
    attentionDp: parallelism.attentionDp,
    source,
  });
  const limits = {
    maxBatchedTokens: settings.maxBatchedTokens * parallelism.attentionDp,
    maxSequences: settings.maxSequences * parallelism.attentionDp,
  };
  const draftTokens = guesses(row, parallelism.attentionDp > 1);
  const speculation = draftTokens > 0 ? { draftTokens } : undefined;
  const options = { model, gpu, precision, kvPrecision, parallelism, ...limits, speculation };
  let memoryFraction = fractionOfAll(settings, memoryBreakdown({ ...options, memoryFraction: 1 }));
  let memory = memoryBreakdown({ ...options, memoryFraction });
  if (memory.kvTokensPerRank < row.inputTokens + row.outputTokens) {
    // Since the run exists, its share was raised until the model fitted.
    memoryFraction = MOST_MEMORY;
    memory = memoryBreakdown({ ...options, memoryFraction });
  }
  if (memory.kvTokensPerRank < row.inputTokens + row.outputTokens) return 'the model does not fit on that many GPUs';

  const shapes = shapesOf(model);
  const { tp, pp, attentionDp, moeTp, moeEp } = parallelism;
  const configuration = [
    gpu.name,
    stack.name,
    precision,
    [tp, pp, attentionDp, moeTp, moeEp].join('.'),
    [inputTokens, row.outputTokens].join('/'),
    draftTokens,
    shapes,
  ].join(' ');
  const release = releaseOf(row);
  return {
    measurement: row,
    gpu,
    model,
    stack,
    precision,
    kvPrecision,
    parallelism,
    recipe: settings,
    memoryFraction,
    limits,
    concurrency,
    kvRequests: Math.floor((memory.kvTokensPerRank * attentionDp) / (0.9 * (inputTokens + row.outputTokens / 2))),
    release,
    speculation,
    shapes,
    configuration,
    simulationKey: [configuration, concurrency, release ?? '', JSON.stringify(settings)].join(' '),
  };
}

/**
 * Share of the dense peak of all GPUs that the measured throughput takes: `concurrency` requests per TTFT plus answer time,
 * two FLOPs per parameter and token, attention left out. Nothing real comes above 1.
 */
function peakShare(
  { ttftMs, tpotMs, inputTokens, outputTokens }: Measurement,
  concurrency: number,
  model: Model,
  gpu: Gpu,
  precision: Precision,
  { gpus: count }: Parallelism,
): number {
  if (ttftMs === null || tpotMs === null) return 0;
  const requestsPerSecond = concurrency / ((ttftMs + 0.9 * outputTokens * tpotMs) / 1e3);
  const flops = 2 * multipliedParameters(model) * 0.9 * (inputTokens + outputTokens);
  return (requestsPerSecond * flops) / (count * computePeak(gpu, mainFormat(model, precision)));
}

/** Largest share of a GPU's memory that an engine can take beside the driver and other processes. */
const MOST_MEMORY = 0.95;

/** Share of the whole memory that a recipe comes to; `whole` is the memory with all of it. */
export function fractionOfAll({ memory }: Pick<Recipe, 'memory'>, whole: MemoryBreakdown): number {
  if (memory.of === 'all') return memory.share;
  return 1 - ((1 - memory.share) * Math.max(0, whole.kvCacheBytes)) / whole.budgetBytes;
}

function isPrecision(text: string): text is Precision {
  return ['bf16', 'fp8', 'fp4', 'int4'].includes(text);
}

/** The version of the stack, or the month where no version is given. */
export function releaseOf({ stackVersion, measuredOn }: Measurement): string | undefined {
  if (stackVersion !== '') return stackVersion;
  return measuredOn === '' ? undefined : measuredOn.slice(0, 7);
}

/**
 * GPUs as the row means them.
 *
 * InferenceX names tensor parallelism `n` and expert parallelism `n` for a run in which `n` GPUs share the experts. The
 * conversion of public files multiplied the two: such a run appears with `moe_tp = moe_ep = n` and `tp * attention_dp =
 * n * n`, or with `tp = attention_dp = n` and `moe_ep = n * n`. Runs that are listed in both ways with equal latencies to the
 * last digit (tp 64, experts 8 x 8, and tp 8, experts 1 x 8) prove it. With `tp` 1, attention is data parallel;
 * otherwise it is tensor parallel, also where `attention_dp` says `n`: those runs agree with tensor-parallel ones within 1 %.
 */
export function readParallelism({ parallelism, source }: Measurement): ParallelismInput {
  const given = normalised(parallelism);
  const { tp, pp, attentionDp, moeTp, moeEp } = given;
  if (source !== 'InferenceX') return given;
  if (moeTp !== undefined && moeTp > 1 && moeTp === moeEp && tp * attentionDp === moeTp * moeEp) {
    return tp === 1 ? { tp: 1, pp, attentionDp: moeEp, moeEp } : { tp: moeEp, pp, attentionDp: 1, moeEp };
  }
  if (tp > 1 && tp === attentionDp && moeEp === tp * tp) return { tp, pp, attentionDp: 1, moeEp: tp };
  return given;
}

/** Empty cells and zeros take their default; degrees of experts that do not multiply to the GPUs are left open. */
export function normalised(
  given: MeasuredParallelism,
): ParallelismInput & { tp: number; pp: number; attentionDp: number } {
  const [tp, pp, attentionDp] = [given.tp || 1, given.pp || 1, given.attentionDp || 1];
  const moeTp = given.moeTp || undefined;
  const moeEp = given.moeEp || undefined;
  const group = tp * attentionDp;
  if (moeTp !== undefined && moeEp !== undefined) {
    return moeTp * moeEp === group ? { tp, pp, attentionDp, moeTp, moeEp } : { tp, pp, attentionDp };
  }
  return { tp, pp, attentionDp, ...(moeTp === undefined ? {} : { moeTp }), ...(moeEp === undefined ? {} : { moeEp }) };
}
