import type { CalibrationSet } from '../catalog/calibrations/calibration-set.js';
import { shippedCalibration } from '../catalog/calibrations/shipped.js';
import type { Gpu, Model, Stack } from '../catalog/index.js';
import { calibrate } from './calibration-set.js';
import { type Calibration, checkCoefficients, type Provenance } from './coefficients.js';
import { compilePhysics } from './compile.js';
import { type MemoryBreakdown, requireMemory, kvBytesPerToken as uniqueKvBytesPerToken } from './memory.js';
import type { InstanceSpec } from './operations.js';
import { type Parallelism, type ParallelismInput, resolveParallelism } from './parallelism.js';
import { defaultKvPrecision, type KvPrecision, type Precision } from './precision.js';
import type { Speculation } from './speculation.js';
import { attendedPairs, boundedPairs, type StepModel } from './step-model.js';
import { type OperationSeconds, stepPhysics } from './step-time.js';

export {
  type CalibrationSet,
  type CalibrationSubject,
  calibrate,
  className,
  type ErrorBand,
  type LatencyErrors,
  levelNames,
  scaleCoefficient,
} from './calibration-set.js';
export {
  type Calibration,
  type CalibrationTier,
  type Coefficients,
  checkCoefficients,
  coefficientBounds,
  datasheetCalibration,
  type Provenance,
} from './coefficients.js';
export { type KernelSet, kernelSet } from './kernel-set.js';
export { compileLinear, type LinearStepTime } from './linear.js';
export type { MemoryBreakdown } from './memory.js';
export type { OperationName } from './operations.js';
export { fitsScaleUp, type Parallelism, type ParallelismInput, resolveParallelism } from './parallelism.js';
export { physicalFloorSeconds } from './physical-floor.js';
export { defaultKvPrecision, type KvPrecision, type Precision } from './precision.js';
export { queryTokensPerSequence, type Speculation, tokensPerStep } from './speculation.js';
export { attendedPairs, boundedPairs, StepModel, type StepTables } from './step-model.js';
export { compileStepTable, parseStepTable, type StepTable } from './step-table.js';
export { type OperationSeconds, type StepPhysics, stepPhysics } from './step-time.js';

/** Everything that decides how fast an instance is and how much it holds. */
export interface InstanceOptions {
  readonly model: Model;
  readonly gpu: Gpu;
  readonly precision: Precision;
  /** By default that of the public recipes for `precision`. */
  readonly kvPrecision?: KvPrecision;
  readonly stack: Stack;
  /** By default one GPU. */
  readonly parallelism?: ParallelismInput;
  /** Tokens of the largest step of the whole instance, all attention ranks together. */
  readonly maxBatchedTokens: number;
  /** Sequences the whole instance decodes at most. */
  readonly maxSequences: number;
  /** Share of a GPU's memory that the engine may use. */
  readonly memoryFraction: number;
  /** Speculative decoding: steps verify guesses; how many of them are right is the business of `serving`. */
  readonly speculation?: Speculation | undefined;
  /** Whether the instance only computes prompts and sends their KV caches to others, which takes it time. */
  readonly handsOver?: boolean | undefined;
  /** Release of the stack, such as `0.19.0`, where its progress matters; by default what its releases share. */
  readonly release?: string | undefined;
  /** Fitted calibration to take the coefficients from; by default the shipped one. */
  readonly calibrationSet?: CalibrationSet | undefined;
  /** The coefficients themselves, instead of any fitted ones. */
  readonly calibration?: Calibration;
  /** Path of the pool in the user's file, for messages. */
  readonly key?: string;
}

/** An instance, compiled: shared by all replicas of a pool. */
export interface CompiledInstance {
  readonly steps: StepModel;
  /** Tokens of context the instance holds, all attention ranks together. */
  readonly kvCapacityTokens: number;
  /** GPUs of one instance. */
  readonly gpus: number;
  readonly parallelism: Parallelism;
  /** Bytes on the fullest GPU. */
  readonly memory: MemoryBreakdown;
  /**
   * KV bytes of one token of context, counted once however many GPUs hold a copy: what a transfer has to
   * move. Sliding windows and recurrent state, which do not grow with the context, are not in it.
   */
  readonly kvBytesPerToken: number;
  readonly calibration: Provenance;
  /**
   * Time of a request before it reaches the queue: `baseSeconds + perInputTokenSeconds * input tokens`, `handoverSeconds` where prefill
   * and decode are apart, and `admissionSteps` decode steps of an instance that is busy when it comes.
   */
  readonly frontend: {
    readonly baseSeconds: number;
    readonly handoverSeconds: number;
    readonly perInputTokenSeconds: number;
    readonly admissionSteps: number;
  };
  /**
   * Seconds per operation of a step with `sequences` decoding ones that hold `contextTokens` together, and one fresh
   * prompt of `prefillTokens`. They add up to what `steps` says for it.
   */
  breakdown(sequences: number, contextTokens: number, prefillTokens: number): readonly OperationSeconds[];
}

/**
 * Compiles one instance of a pool.
 *
 * @throws InputError where the model cannot be spread that way or does not fit
 * @example
 * const { steps, kvCapacityTokens } = compileInstance({
 *   model: models['llama-3.1-70b'], gpu: gpus['h200-sxm'], precision: 'fp8', stack: stacks.vllm,
 *   parallelism: { tp: 4 }, maxBatchedTokens: 8192, maxSequences: 256, memoryFraction: 0.9,
 * });
 */
export function compileInstance(options: InstanceOptions): CompiledInstance {
  const { model, gpu, precision, stack, maxBatchedTokens, maxSequences, memoryFraction, key } = options;
  const kvPrecision = options.kvPrecision ?? defaultKvPrecision(precision, stack.name, gpu.generation);
  const parallelism = resolveParallelism(
    model,
    options.parallelism ?? {},
    key === undefined ? 'parallelism' : `${key}.parallelism`,
  );
  const calibration =
    options.calibration ??
    calibrate(options.calibrationSet ?? shippedCalibration, { gpu, stack, precision, model, release: options.release });
  checkCoefficients(calibration.coefficients);
  const { speculation } = options;
  const memory = requireMemory({
    model,
    gpu,
    precision,
    kvPrecision,
    parallelism,
    maxBatchedTokens,
    maxSequences,
    memoryFraction,
    speculation,
    key,
  });
  const spec: InstanceSpec = {
    model,
    gpu,
    stack,
    precision,
    kvPrecision,
    parallelism,
    coefficients: calibration.coefficients,
    speculation,
    handsOver: options.handsOver,
  };
  const physics = stepPhysics(spec);
  const steps = compilePhysics(physics, { maxBatchedTokens, maxSequences });
  return {
    steps,
    kvCapacityTokens: memory.kvTokensPerRank * parallelism.attentionDp,
    gpus: parallelism.gpus,
    parallelism,
    memory,
    kvBytesPerToken: uniqueKvBytesPerToken(model, kvPrecision, 1),
    calibration: calibration.provenance,
    frontend: {
      baseSeconds: calibration.coefficients.requestSeconds,
      handoverSeconds: calibration.coefficients.handoverSeconds,
      perInputTokenSeconds: calibration.coefficients.requestTokenSeconds,
      admissionSteps: calibration.coefficients.admissionSteps,
    },
    breakdown: (sequences, contextTokens, prefillTokens) => {
      const list = [...physics.operations(sequences, prefillTokens)];
      for (const view of physics.attention) {
        if (sequences > 0) {
          const attended = Math.min(contextTokens, view.bound * sequences);
          const shares = physics.contextShares(sequences);
          const { fixedSeconds, secondsPerContextToken } = view.decode(sequences / shares);
          list.push({ operation: view.name, seconds: fixedSeconds + (attended * secondsPerContextToken) / shares });
        }
        if (prefillTokens > 0) {
          const pairs = Number.isFinite(view.bound)
            ? boundedPairs(0, prefillTokens, view.bound)
            : attendedPairs(0, prefillTokens);
          list.push({
            operation: 'prefill-attention',
            seconds: (pairs * view.secondsPerPair) / physics.pairShares,
          });
        }
      }
      return mergeByName(list);
    },
  };
}

function mergeByName(list: readonly OperationSeconds[]): readonly OperationSeconds[] {
  const totals = new Map<OperationSeconds['operation'], number>();
  for (const { operation, seconds } of list) totals.set(operation, (totals.get(operation) ?? 0) + seconds);
  return [...totals].map(([operation, seconds]) => ({ operation, seconds }));
}
