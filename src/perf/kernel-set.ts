import type { Gpu, Model, Stack } from '../catalog/index.js';
import { attentionViews, type MatrixRole, matrices, stateElementsPerSequence } from './architecture.js';
import {
  type CurveLookup,
  collectiveForm,
  collectiveSeconds,
  type DecodeHeads,
  decodeForm,
  decodeRates,
  type ExpertLoad,
  expertForm,
  expertSeconds,
  gemmForm,
  gemmSeconds,
  groupedDecodeHeads,
  groupedPrefillHeads,
  type KernelFormat,
  kernelCurves,
  type LocalLatent,
  latentDecodeHeads,
  latentPrefillHeads,
  type PrefillHeads,
  prefillForm,
  prefillRates,
  type RecurrentShape,
  recurrentForm,
  recurrentSeconds,
  type SourcedCurve,
} from './curves/index.js';
import { gpusWithin, type Parallelism } from './parallelism.js';
import {
  BYTES_PER_STATE_ELEMENT,
  bytesPerKvElement,
  type KvPrecision,
  type Precision,
  type WeightFormat,
  weightFormat,
} from './precision.js';

/** What decides which kernels an instance runs, and at which sizes. */
export interface KernelSubject {
  readonly model: Model;
  readonly gpu: Gpu;
  readonly stack: Stack;
  readonly precision: Precision;
  readonly kvPrecision: KvPrecision;
  readonly parallelism: Parallelism;
}

/** Seconds of a kernel timed alone, and the least that the datasheet's bandwidth and peak ask for. */
export interface KernelTime {
  readonly seconds: number;
  readonly floorSeconds: number;
}

/**
 * Seconds of a kernel inside an engine: `slowdown` times its time alone (caches are cold, clocks lower, versions differ),
 * and never below what physics asks for.
 */
export function engineSeconds({ seconds, floorSeconds }: KernelTime, slowdown: number): number {
  return Math.max(floorSeconds, slowdown * seconds);
}

/** Dense GEMMs of one role over all layers, by the rows of one GPU. */
export interface GemmKernels {
  readonly role: MatrixRole;
  at(rows: number): KernelTime;
}

/** Decode attention of one kind of layer, all its layers together, affine in the context at a number of sequences. */
export interface DecodeKernel {
  readonly fixed: KernelTime;
  readonly perContextToken: KernelTime;
}

/** Prefill attention of one kind of layer, all its layers together. */
export interface PrefillKernel {
  readonly fixedSeconds: number;
  readonly perToken: KernelTime;
  readonly perPair: KernelTime;
}

/** Kernels of one kind of attention layer on one GPU. */
export interface AttentionKernels {
  readonly name: 'attention' | 'window-attention' | 'indexer';
  /** Tokens a query sees at most. */
  readonly bound: number;
  /** By the number of sequences, where `queries` tokens of each are computed together. */
  decode(queries: number): (sequences: number) => DecodeKernel;
  readonly prefill: PrefillKernel;
}

/** The kernels of an instance on one GPU, as timed alone: pure functions of their shapes, free of anything fitted to serving. */
export interface KernelSet {
  readonly gemms: readonly GemmKernels[];
  /** LM head at 16 bit. */
  head(rows: number): KernelTime;
  /** Routed experts of all layers with `load`, of which this GPU sees `tokens` and permutes `pairs` (token, expert) pairs. */
  experts(tokens: number, pairs: number, load: ExpertLoad): KernelTime;
  readonly attention: readonly AttentionKernels[];
  /** Recurrence of all linear-attention layers for decoding sequences; null without such layers. */
  readonly recurrence: { decode(sequences: number): KernelTime; readonly perPrefillToken: KernelTime } | null;
  /** One all-reduce over the tensor-parallel GPUs, or as many of them as share a scale-up domain. */
  allReduce(bytes: number): KernelTime;
}

const NO_TIME: KernelTime = { seconds: 0, floorSeconds: 0 };

/**
 * Finds the kernel curves of an instance and binds them to its shapes.
 *
 * @param remember keeps what was computed; for a fit, which asks for the same few shapes over and over
 * @example kernelSet({ model, gpu, stack, precision, kvPrecision, parallelism }).head(1).seconds
 */
export function kernelSet(subject: KernelSubject, remember = false): KernelSet {
  const { model, gpu, stack, precision, parallelism } = subject;
  const lookup = lookupOf(gpu, stack.name);
  const keep = remember ? memoised : <T>(compute: (key: number) => T) => compute;
  const { tp, moeTp } = parallelism;
  const reducing = gpusWithin(gpu, tp);
  const formatOf = (role: MatrixRole) => kernelFormat(model, gpu, weightFormat(model, precision, role));

  const gemms = gemmShapes(model, parallelism).map(({ role, shapes }): GemmKernels => {
    const format = formatOf(role);
    const curve = found(lookup('gemm', format));
    return {
      role,
      at: keep((rows) =>
        sum(
          shapes.map(({ n, k, layers }) => times(layers, timeOf(gemmForm, gemmSeconds, curve, { format, rows, n, k }))),
        ),
      ),
    };
  });
  const headCurve = found(lookup('gemm', 'bf16'));
  const head = keep((rows) => {
    const shape = { format: 'bf16' as const, rows, n: model.vocabulary / tp, k: model.hidden };
    return timeOf(gemmForm, gemmSeconds, headCurve, shape);
  });

  const expertFormat = formatOf('expert');
  const expertCurve = model.moe === null ? null : found(lookup('experts', expertFormat));
  const lastExperts = new Map<number, ExpertLoad & { readonly time: KernelTime }>();
  const attention = attentionKernels(subject, lookup, keep);
  const reduceCurve = found(lookup('all-reduce', 'graph'));
  return {
    gemms,
    head,
    experts: (tokens, pairs, load) => {
      if (model.moe === null || expertCurve === null) return NO_TIME;
      const before = lastExperts.get(tokens);
      if (before !== undefined && before.rows === load.rows && before.touched === load.touched) return before.time;
      const { hidden } = model;
      const intermediate = model.moe.expertIntermediate / moeTp;
      const shape = { format: expertFormat, tokens, pairs, hidden, intermediate, ...load };
      const time = times(model.moe.layers, timeOf(expertForm, expertSeconds, expertCurve, shape));
      if (remember) lastExperts.set(tokens, { ...load, time });
      return time;
    },
    attention,
    recurrence: recurrence(subject, lookup, keep),
    allReduce: keep((bytes) =>
      timeOf(collectiveForm, collectiveSeconds, reduceCurve, { kind: 'all_reduce', gpus: reducing, bytes }),
    ),
  };
}

/** Matrices of a role on one GPU; those that read the same input are one GEMM, as engines fuse them. */
interface GemmShapes {
  readonly role: MatrixRole;
  readonly shapes: readonly { readonly n: number; readonly k: number; readonly layers: number }[];
}

function gemmShapes(model: Model, { tp }: Parallelism): GemmShapes[] {
  const roles = new Map<MatrixRole, Map<string, { n: number; k: number; layers: number }>>();
  for (const m of matrices(model)) {
    if (m.role === 'embedding' || m.role === 'lm-head' || m.role === 'expert') continue;
    const ways = Math.min(tp, m.splitLimit);
    const n = m.split === 'outputs' ? m.outputs / ways : m.outputs;
    const k = m.split === 'inputs' ? m.inputs / ways : m.inputs;
    let shapes = roles.get(m.role);
    if (shapes === undefined) {
      shapes = new Map();
      roles.set(m.role, shapes);
    }
    const key = `${m.split} ${m.inputs} ${m.layers}`;
    const fused = shapes.get(key);
    if (fused === undefined) shapes.set(key, { n, k, layers: m.layers });
    else fused.n += n;
  }
  return [...roles].map(([role, shapes]) => ({ role, shapes: [...shapes.values()] }));
}

/** How the kernels of a GPU store and multiply a format: 4-bit types that its tensor cores lack are widened to 16 bit. */
export function kernelFormat(model: Model, gpu: Gpu, format: WeightFormat): KernelFormat {
  const fourBit = gpu.fp4DenseFlops !== null;
  switch (format) {
    case 'fp8':
      return model.fp8Scales === 'block' ? 'fp8_block' : 'fp8';
    case 'nvfp4':
      return fourBit ? 'nvfp4' : 'int4';
    case 'mxfp4':
      return fourBit ? 'mxfp4_w4a8' : 'mxfp4_w4a16';
    default:
      return format;
  }
}

function attentionKernels({ model, kvPrecision, parallelism }: KernelSubject, lookup: CurveLookup, keep: Keep) {
  const { tp } = parallelism;
  const cache = kvPrecision === 'fp8' ? 'fp8' : 'bf16';
  const bytes = bytesPerKvElement[kvPrecision];
  const { attention } = model;
  return attentionViews(model).map((view): AttentionKernels => {
    const { name, layers, bound } = view;
    let heads: { decode: DecodeHeads; prefill: PrefillHeads };
    let latent = false;
    if (view.name === 'indexer') heads = indexerHeads(view.decodeFlopsPerPair, view.elementsPerToken);
    else if (attention.kind === 'gqa') {
      const local = {
        heads: attention.heads / tp,
        kvHeads: Math.max(1, attention.kvHeads / tp),
        headDim: attention.headDim,
      };
      heads = { decode: groupedDecodeHeads(local, bytes), prefill: groupedPrefillHeads(local) };
    } else {
      latent = true;
      const local: LocalLatent = { ...attention, heads: attention.heads / tp };
      const decode = latentDecodeHeads(local, bytes);
      const prefill = latentPrefillHeads(local);
      // With an indexer a prompt stays in the absorbed form.
      heads = {
        decode,
        prefill: attention.indexer === null ? prefill : { ...prefill, flopsPerPair: decode.flopsPerPair },
      };
    }
    const decodeCurve = found(lookup(latent ? 'latent-decode-attention' : 'decode-attention', `bf16/${cache}`));
    const prefillCurve = found(lookup(latent ? 'latent-prefill-attention' : 'prefill-attention', `bf16/${cache}`));
    const perPrompt = prefillRates(prefillCurve, 1, heads.prefill);
    const none = { ...heads.prefill, sequences: 1, tokens: 0, pairs: 0 };
    const prefillFloor = (tokens: number, pairs: number) =>
      layers * prefillForm.floorSeconds({ ...none, tokens, pairs }, prefillCurve.limits);
    return {
      name,
      bound,
      decode: (queries) => {
        const shape = { ...heads.decode, queriesPerGroup: heads.decode.queriesPerGroup * queries };
        const floor =
          layers * decodeForm.floorSeconds({ ...shape, sequences: 1, contextTokens: 1 }, decodeCurve.limits);
        return keep((sequences) => {
          const rates = decodeRates(decodeCurve, sequences, shape);
          return {
            fixed: { seconds: layers * rates.fixedSeconds, floorSeconds: 0 },
            perContextToken: { seconds: layers * rates.secondsPerContextToken, floorSeconds: floor },
          };
        });
      },
      prefill: {
        fixedSeconds: layers * perPrompt.fixedSeconds,
        perToken: { seconds: layers * perPrompt.secondsPerToken, floorSeconds: 0 },
        perPair: { seconds: layers * perPrompt.secondsPerPair, floorSeconds: prefillFloor(0, 1) },
      },
    };
  });
}

/** The indexer of sparse attention scores every token with all its heads against one 8-bit key, on every GPU. */
function indexerHeads(flops: number, elements: number): { decode: DecodeHeads; prefill: PrefillHeads } {
  return {
    decode: { groups: 1, queriesPerGroup: 1, flopsPerPair: flops, bytesPerGroupToken: elements },
    prefill: { heads: 1, flopsPerPair: flops, bytesPerToken: 2 * elements },
  };
}

/** Prompt tokens between which the recurrence is taken as a straight line. */
const [SHORT_PROMPT, LONG_PROMPT] = [1024, 8192];

function recurrence(
  { model, parallelism: { tp } }: KernelSubject,
  lookup: CurveLookup,
  keep: Keep,
): KernelSet['recurrence'] {
  if (model.linearAttention === null) return null;
  const { layers, keyHeads, valueHeads, keyDim, valueDim, convolutionKernel } = model.linearAttention;
  const channels = (2 * keyHeads * keyDim + valueHeads * valueDim) / tp;
  const state = (valueHeads * keyDim * valueDim) / tp;
  const shape = (sequences: number, tokens: number): RecurrentShape => ({
    sequences,
    tokens,
    // The unit of the timings; what a state really takes is in the floor.
    stateBytes: 2 * (state + (convolutionKernel - 1) * channels),
    bytesPerToken: 2 * (channels + (valueHeads * valueDim) / tp),
    flopsPerToken: 6 * state,
  });
  const decode = found(lookup('recurrent-decode', 'bf16'));
  const prefill = found(lookup('recurrent-prefill', 'bf16'));
  const stateBytes = (stateElementsPerSequence(model) * BYTES_PER_STATE_ELEMENT) / tp;
  const [short, long] = [SHORT_PROMPT, LONG_PROMPT].map((tokens) =>
    timeOf(recurrentForm, recurrentSeconds, prefill, shape(1, tokens)),
  );
  const tokens = (LONG_PROMPT - SHORT_PROMPT) / layers;
  return {
    decode: keep((sequences) => ({
      seconds: layers * recurrentSeconds(decode, shape(sequences, sequences)),
      floorSeconds: (2 * sequences * stateBytes) / decode.limits.bytesPerSecond,
    })),
    perPrefillToken: {
      seconds: (long.seconds - short.seconds) / tokens,
      floorSeconds: Math.max(0, long.floorSeconds - short.floorSeconds) / tokens,
    },
  };
}

/** Wraps a function of one number. */
type Keep = <T>(compute: (key: number) => T) => (key: number) => T;

const lookups = new WeakMap<Gpu, Map<string, CurveLookup>>();

/** Curves of steps in captured graphs; each is looked for once. */
function lookupOf(gpu: Gpu, stack: string): CurveLookup {
  let ofGpu = lookups.get(gpu);
  if (ofGpu === undefined) {
    ofGpu = new Map();
    lookups.set(gpu, ofGpu);
  }
  let lookup = ofGpu.get(stack);
  if (lookup === undefined) {
    const search = kernelCurves(gpu, stack, { captured: true });
    const known = new Map<string, SourcedCurve | null>();
    lookup = (operation, type) => {
      const key = `${operation} ${type}`;
      let curve = known.get(key);
      if (curve === undefined) {
        curve = search(operation, type);
        known.set(key, curve);
      }
      return curve;
    };
    ofGpu.set(stack, lookup);
  }
  return lookup;
}

/** Every operation has a curve on some GPU, whose efficiencies stand in where this one has none. */
function found(curve: SourcedCurve | null): SourcedCurve {
  if (curve === null) throw new Error('no GPU has a kernel curve for an operation');
  return curve;
}

function timeOf<Shape>(
  form: { floorSeconds(shape: Shape, limits: SourcedCurve['limits']): number },
  seconds: (curve: SourcedCurve, shape: Shape) => number,
  curve: SourcedCurve,
  shape: Shape,
): KernelTime {
  return { seconds: seconds(curve, shape), floorSeconds: form.floorSeconds(shape, curve.limits) };
}

function times(factor: number, time: KernelTime): KernelTime {
  return { seconds: factor * time.seconds, floorSeconds: factor * time.floorSeconds };
}

function sum(list: readonly KernelTime[]): KernelTime {
  let seconds = 0;
  let floorSeconds = 0;
  for (const time of list) {
    seconds += time.seconds;
    floorSeconds += time.floorSeconds;
  }
  return { seconds, floorSeconds };
}

function memoised<T>(compute: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}
