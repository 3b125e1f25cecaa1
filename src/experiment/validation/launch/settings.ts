import type { ParallelismInput } from '../../../perf/index.js';
import { KIMI_TRTLLM_FLEETS, KIMI_VLLM_FLEETS } from './kimi.js';
import { SGLANG_FLEETS } from './sglang.js';
import { TRTLLM_FLEETS, TRTLLM_PREFILL, TRTLLM_SEVERAL_FRONTENDS } from './trtllm.js';

/** Limits of one attention rank of a worker; undefined where it has none. */
export interface WorkerSettings {
  readonly parallelism: ParallelismInput;
  /** Prompt tokens of a step. */
  readonly tokens: number | undefined;
  readonly sequences: number | undefined;
  /** Tokens of the KV cache. */
  readonly kvTokens: number | undefined;
  /** Share of the memory for everything, or of what weights and runtime leave free for the KV cache alone. */
  readonly memory: { readonly share: number; readonly of: 'all' | 'free' };
}

/** How the workers of a fleet were started. */
export interface FleetSettings {
  readonly prefill: WorkerSettings;
  readonly decode: WorkerSettings;
  /** Guesses of multi-token prediction that a step verifies; 0 without it. */
  readonly guesses: number;
  /** Frontends that give requests to workers in turn, each on its own. */
  readonly frontends: number;
}

/** Workers of one role as a measurement file describes them, which need not be how they were started. */
export interface MeasuredWorkers {
  readonly workers: number;
  /** GPUs of one of them. */
  readonly width: number;
  readonly dataParallel: boolean;
  readonly expertsSpread: boolean;
}

/** A measured fleet. */
export interface MeasuredFleet {
  readonly model: string;
  readonly stack: string;
  readonly gpu: string;
  readonly precision: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly users: number;
  readonly multiTokenPrediction: boolean;
  /** `2025-12-21`; empty where unknown. */
  readonly measuredOn: string;
  readonly prefill: MeasuredWorkers;
  readonly decode: MeasuredWorkers;
}

interface KnownFleet extends FleetSettings {
  readonly users: readonly number[];
  readonly of: { readonly prefill: MeasuredWorkers; readonly decode: MeasuredWorkers };
  /** The day before which such fleets were started this way; undefined where they still are. */
  readonly before: string | undefined;
}

/** Frontends behind one address, where a recipe starts more than one and does not say how many. */
const SEVERAL = 10;

/**
 * The settings of the public recipe that a fleet was measured with: the one for its users and workers, else the nearest for more
 * users of the same workers, else of fewer; undefined where no recipe is for such workers.
 */
export function fleetSettings(fleet: MeasuredFleet): FleetSettings | undefined {
  const { model, stack, gpu, precision, inputTokens, outputTokens, users, measuredOn, decode, prefill } = fleet;
  let best: KnownFleet | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  const subject = [gpu, precision, `${inputTokens}/${outputTokens}`].join(' ');
  for (const known of knownFleets(SAME_RECIPES[model] ?? model, stack).get(subject) ?? []) {
    const { of } = known;
    if (known.guesses > 0 !== fleet.multiTokenPrediction) continue;
    if (of.decode.workers !== decode.workers || of.decode.width !== decode.width) continue;
    if (of.prefill.width !== prefill.width) continue;
    const score =
      64 * closeness(known.users, users) +
      8 * Number(of.prefill.workers === prefill.workers) +
      4 * alike(of.decode, decode) +
      2 * alike(of.prefill, prefill) +
      timeliness(known.before, measuredOn);
    if (score > bestScore) [best, bestScore] = [known, score];
  }
  return best;
}

/** 1 for a recipe made for so many users, less for more of them, least for fewer. */
function closeness(known: readonly number[], users: number): number {
  if (known.includes(users)) return 1;
  const most = Math.max(...known);
  return most > users ? 0.5 * (users / most) : -1 + 0.5 * (most / users);
}

/** 1 for a recipe of just that time, -1 for one that had been given up. */
function timeliness(before: string | undefined, measuredOn: string): number {
  if (before === undefined) return 0;
  return measuredOn !== '' && measuredOn < before ? 1 : -1;
}

/** How much of what a file says of workers holds for those of a recipe, 0 to 1. */
function alike(a: MeasuredWorkers, b: MeasuredWorkers): number {
  return 0.75 * Number(a.dataParallel === b.dataParallel) + 0.25 * Number(a.expertsSpread === b.expertsSpread);
}

/** Models that were measured with the recipes of another of the same shapes. */
const SAME_RECIPES: Readonly<Record<string, string>> = { 'deepseek-v3': 'deepseek-r1' };

const TABLES: Readonly<Record<string, string>> = {
  'deepseek-r1 trtllm': TRTLLM_FLEETS,
  'deepseek-r1 sglang': SGLANG_FLEETS,
  'kimi-k2.5 trtllm': KIMI_TRTLLM_FLEETS,
  'kimi-k2.5 vllm': KIMI_VLLM_FLEETS,
};

const parsed = new Map<string, Map<string, KnownFleet[]>>();

/** Fleets of a model and stack whose recipes are known, by GPU, format and lengths. */
function knownFleets(model: string, stack: string): Map<string, KnownFleet[]> {
  const name = `${model} ${stack}`;
  let fleets = parsed.get(name);
  if (fleets === undefined) {
    fleets = new Map();
    const text = TABLES[name] ?? '';
    let heading: string[] = [];
    let key = '';
    for (const line of text.split('\n')) {
      const words = line.trim().split(' ');
      if (line.startsWith(' ')) {
        const isShort = text === TRTLLM_FLEETS;
        fleets.get(key)?.push(...(isShort ? byBatch(words, heading) : [inFull(words, heading[3], stack)]));
      } else if (line !== '') {
        heading = words;
        key = words.slice(0, 3).join(' ');
        if (!fleets.has(key)) fleets.set(key, []);
      }
    }
    parsed.set(name, fleets);
  }
  return fleets;
}

/** `1x4de 5x8te 3 6:1 10,15:32`. */
function byBatch(
  [prefill, decode, guesses, ...loads]: string[],
  [gpu, precision, lengths, before]: string[],
): KnownFleet[] {
  const family = [gpu, precision, lengths.split('/')[0]].join(' ');
  const step = TRTLLM_PREFILL[`${family} ${before}`] ?? TRTLLM_PREFILL[family];
  const of = { prefill: workers(prefill), decode: workers(decode) };
  return loads.map((load) => {
    const [users, sequences] = load.split(':');
    return {
      of,
      before,
      users: users.split(',').map(Number),
      guesses: Number(guesses),
      frontends: TRTLLM_SEVERAL_FRONTENDS.includes(`${gpu} ${precision}`) ? SEVERAL : 1,
      prefill: {
        parallelism: layout(of.prefill),
        tokens: step.tokens,
        sequences: step.sequences,
        kvTokens: undefined,
        memory: { share: step.memory, of: 'free' },
      },
      decode: {
        parallelism: layout(of.decode),
        tokens: undefined,
        sequences: Number(sequences),
        kvTokens: undefined,
        memory: { share: decodeShare(gpu, of.decode), of: 'free' },
      },
    };
  });
}

/** `free_gpu_memory_fraction` of decode workers, as the recipes set it by layout. */
function decodeShare(gpu: string, { dataParallel, width }: MeasuredWorkers): number {
  if (gpu.startsWith('h') || !dataParallel) return 0.9;
  return width >= 32 ? 0.7 : 0.8;
}

/** `1x4t 4x4t 0 4,8 8192/512/8192/0.95 128/-/0.95 10`. */
function inFull(
  [prefill, decode, guesses, users, computes, decodes, frontends]: string[],
  before: string | undefined,
  stack: string,
): KnownFleet {
  const of = stack === 'trtllm' ? 'free' : 'all';
  const roles = { prefill: workers(prefill), decode: workers(decode) };
  const [tokens, requests, cached, share] = computes.split('/').map(limit);
  const [sequences, kvTokens, decodeMemory] = decodes.split('/').map(limit);
  return {
    of: roles,
    before,
    users: users.split(',').map(Number),
    guesses: Number(guesses),
    frontends: Number(frontends),
    prefill: {
      parallelism: layout(roles.prefill),
      tokens,
      sequences: requests,
      kvTokens: cached,
      memory: { share: share ?? 0.85, of },
    },
    decode: {
      parallelism: layout(roles.decode),
      tokens: undefined,
      sequences,
      kvTokens,
      memory: { share: decodeMemory ?? 0.85, of },
    },
  };
}

function limit(text: string): number | undefined {
  return text === '-' ? undefined : Number(text);
}

/** `4x8de`. */
function workers(text: string): MeasuredWorkers {
  const [count, rest] = text.split('x');
  return {
    workers: Number(count),
    width: Number.parseInt(rest, 10),
    dataParallel: rest.includes('d'),
    expertsSpread: rest.endsWith('e'),
  };
}

function layout({ width, dataParallel, expertsSpread }: MeasuredWorkers): ParallelismInput {
  const moeEp = expertsSpread ? width : 1;
  return dataParallel ? { tp: 1, attentionDp: width, moeEp } : { tp: width, attentionDp: 1, moeEp };
}
