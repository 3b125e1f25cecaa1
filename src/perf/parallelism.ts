import type { Gpu, Model } from '../catalog/index.js';
import { InputError, type InputProblem } from '../scenario/input-error.js';

/** How an instance is spread over GPUs, as a user writes it; what is left out takes its default. */
export interface ParallelismInput {
  readonly tp?: number;
  readonly pp?: number;
  readonly attentionDp?: number;
  readonly moeTp?: number;
  readonly moeEp?: number;
}

/**
 * How an instance is spread over GPUs. A layer lives on `tp * attentionDp` GPUs: `attentionDp` ranks, each with its own
 * sequences and KV cache, of `tp` GPUs that share the heads. Their experts are spread over all of them,
 * `moeTp * moeEp = tp * attentionDp`. `pp` such stages follow each other.
 */
export interface Parallelism {
  readonly tp: number;
  readonly pp: number;
  readonly attentionDp: number;
  readonly moeTp: number;
  readonly moeEp: number;
  /** GPUs of the instance: `tp * pp * attentionDp`. */
  readonly gpus: number;
}

/**
 * Fills in defaults and checks that the model can be spread that way.
 *
 * Experts by default: tensor parallel within one attention group (`moeEp` 1), whole experts per GPU (`moeTp` 1) with
 * data-parallel attention, as the engines' recipes do. Dense models have no experts: their `moeTp` and `moeEp` are
 * ignored, since the measurement files name them for dense models too.
 *
 * @param key path of the block in the user's file, for messages
 */
export function resolveParallelism(model: Model, input: ParallelismInput, key = 'parallelism'): Parallelism {
  const problems: InputProblem[] = [];
  const at = (name: string): string => (key === '' ? name : `${key}.${name}`);
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      problems.push({
        message: `${name} is not a positive whole number`,
        key: at(name),
        found: String(value),
        allowed: '1, 2, 4 ...',
      });
    }
  }
  if (problems.length > 0) throw new InputError(problems);

  const { tp = 1, pp = 1, attentionDp = 1 } = input;
  const group = tp * attentionDp;
  let { moeTp, moeEp } = input;
  if (model.moe === null) {
    moeTp = group;
    moeEp = 1;
  } else if (moeEp === undefined) {
    moeEp = moeTp === undefined ? (attentionDp > 1 ? group : 1) : group / moeTp;
    moeTp ??= group / moeEp;
  } else {
    moeTp ??= group / moeEp;
  }

  const { heads } = model.attention;
  if (heads % tp !== 0) {
    problems.push({
      message: `tp must divide the ${heads} attention heads of ${model.name}`,
      key: at('tp'),
      found: String(tp),
      allowed: divisors(heads).join(', '),
    });
  }
  if (model.attention.kind === 'gqa') {
    const { kvHeads } = model.attention;
    if (kvHeads % tp !== 0 && tp % kvHeads !== 0) {
      problems.push({
        message: `tp must divide the ${kvHeads} KV heads of ${model.name} or be a multiple of them`,
        key: at('tp'),
        found: String(tp),
      });
    }
  }
  if (pp > model.layers) {
    problems.push({
      message: `${model.name} has only ${model.layers} layers to spread over pipeline stages`,
      key: at('pp'),
      found: String(pp),
      allowed: `1 to ${model.layers}`,
    });
  }
  if (model.moe === null) {
    if (attentionDp > 1) {
      problems.push({
        message: `${model.name} has no experts to share between attention ranks`,
        key: at('attentionDp'),
        found: String(attentionDp),
        allowed: '1',
        hint: 'use more replicas instead',
      });
    }
  } else {
    const { experts, expertIntermediate } = model.moe;
    if (moeTp * moeEp !== group || !Number.isInteger(moeTp) || !Number.isInteger(moeEp)) {
      problems.push({
        message: 'moeTp * moeEp must equal tp * attentionDp',
        key: at(input.moeEp === undefined ? 'moeTp' : 'moeEp'),
        found: `${input.moeTp ?? moeTp} * ${input.moeEp ?? moeEp}`,
        allowed: String(group),
      });
    } else {
      if (moeEp > experts) {
        problems.push({
          message: `moeEp must not exceed the ${experts} experts of ${model.name}`,
          key: at('moeEp'),
          found: String(moeEp),
        });
      }
      if (expertIntermediate % moeTp !== 0) {
        problems.push({
          message: `moeTp must divide the expert width ${expertIntermediate} of ${model.name}`,
          key: at('moeTp'),
          found: String(moeTp),
        });
      }
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return { tp, pp, attentionDp, moeTp, moeEp, gpus: group * pp };
}

/**
 * Experts on each of `moeEp` GPUs. Where their number does not divide, copies of some fill up, as wide deployments do anyway
 * (redundant experts, DeepSeek-V3 section 3.4, arXiv:2412.19437).
 *
 * @example expertsHeld(256, 12) // 22
 */
export function expertsHeld(experts: number, moeEp: number): number {
  return Math.ceil(experts / moeEp);
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}

/**
 * Whether `groupGpus` GPUs reach each other without leaving the scale-up domain. GPUs without a switch (domain 1) still
 * share their node's PCIe, at the bandwidth the catalog gives as scale-up.
 */
export function fitsScaleUp(gpu: Gpu, groupGpus: number): boolean {
  return groupGpus === gpusWithin(gpu, groupGpus);
}

/** How many of a group's GPUs share one scale-up domain. */
export function gpusWithin(gpu: Gpu, groupGpus: number): number {
  return Math.min(groupGpus, Math.max(gpu.scaleUpDomainGpus, gpu.gpusPerNode));
}
