import { z } from 'zod';
import { accepted, bytes, bytesPerSecond, choice, duration, flag, line, real, whole } from './quantities.js';

/** Replicas of all pools together: each keeps its own queue and cache in memory. */
const MAX_REPLICAS = 100_000;

const HOUR = 3600;
const perItem = duration({ min: 0, max: HOUR });
const cacheTokens = whole(1, 1_000_000_000_000);

const performance = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('linear').describe('base + perSequence*B + perContextToken*S + perPrefillToken*P'),
    // Not 0: a step without a length would let closed-loop users send requests for ever at one instant.
    base: duration({ min: 1e-9, max: HOUR }).describe('Time of any step'),
    perSequence: perItem.default(0).describe('Time per decoding sequence in the step'),
    perContextToken: perItem.default(0).describe('Time per context token of those sequences'),
    perPrefillToken: perItem.default(0).describe('Time per prompt token computed in the step'),
    kvCapacity: cacheTokens.default(1_000_000_000).describe('Tokens that the KV cache of a replica holds'),
  }),
  z.strictObject({
    type: z.literal('table').describe('Step times measured on your own engine'),
    file: line(4096).describe("CSV file, relative to the scenario's folder"),
    kvCapacity: cacheTokens.describe('Tokens that the KV cache of a replica holds'),
  }),
]);

const startup = duration({ min: 0, max: 24 * HOUR });

const degree = whole(1, 1024);

/** Longest chain of guesses: beyond it the last ones are hardly ever right. */
const MAX_DRAFTS = 16;
const probability = real({ min: 0, max: 1 });

const acceptance = z.union([probability, z.array(probability).min(1).max(MAX_DRAFTS)]);
accepted.add(acceptance, { is: 'a probability or a list of them', allowed: '0 to 1, such as 0.84 or [0.84, 0.79]' });

const speculative = z
  .strictObject({
    method: choice(['mtp', 'eagle', 'ngram'])
      .default('mtp')
      .describe('What guesses: one extra layer (mtp, eagle), or a look-up that costs no time (ngram)'),
    draftTokens: whole(1, MAX_DRAFTS).describe('Guesses that a step verifies per sequence'),
    acceptance: acceptance.describe(
      'Probability that a guess is right where all before it were: one number, or one for each guess',
    ),
  })
  .refine(({ acceptance: of, draftTokens }) => typeof of === 'number' || of.length === draftTokens, {
    path: ['acceptance'],
    message: 'must have one probability for each of draftTokens guesses',
  });

/** A place for prefixes that the GPUs have no room for. */
const tier = z.strictObject({
  kind: choice(['host', 'ssd', 'remote']).describe(
    'host: memory of the server; ssd: its disks; remote: one pool for all replicas of this pool',
  ),
  capacity: bytes({ min: 0, max: 1e18, above: true }).describe('Memory of one replica, or of the whole remote pool'),
  bandwidth: bytesPerSecond({ min: 0, max: 1e15, above: true })
    .optional()
    .describe(
      'To all GPUs of a replica together, or out of the remote pool; default: host 50GB/s per GPU, ssd 7GB/s, remote 50GB/s',
    ),
});

const pool = z.strictObject({
  name: line(200).optional().describe('Name of the pool, unique; default: aggregated-1, aggregated-2 ...'),
  role: choice(['aggregated', 'prefill', 'decode'])
    .default('aggregated')
    .describe('What the replicas do: prompts (prefill), answers (decode), or both (aggregated)'),
  gpu: line(200).optional().describe('GPU by its name in the catalog; needed unless performance replaces the physics'),
  replicas: whole(1, MAX_REPLICAS).default(1).describe('Number of engine replicas'),
  spares: whole(0, MAX_REPLICAS)
    .optional()
    .describe('Further replicas that stand by and start when one fails (N+1); paid for; default 0'),
  startup: startup
    .optional()
    .describe("Time from the order of a replica to its first request; wins over the factory's"),
  parallelism: z
    .strictObject({
      tp: degree.default(1).describe('Tensor parallelism'),
      pp: degree.default(1).describe('Pipeline parallelism'),
      attentionDp: degree.default(1).describe('Data parallelism of attention inside one replica'),
      moeTp: degree.optional().describe('Tensor parallelism inside an expert'),
      moeEp: degree.optional().describe('Expert parallelism'),
    })
    .prefault({})
    .describe('How the model is spread over the GPUs of one replica'),
  batching: z
    .strictObject({
      policy: choice(['chunked-prefill', 'continuous', 'static'])
        .default('chunked-prefill')
        .describe(
          'chunked-prefill: decodes first, prompts fill the token budget; continuous: whole prompts first; static: a batch is formed and run to its end, nobody joins',
        ),
      order: choice(['fcfs', 'priority', 'shortest-first'])
        .optional()
        .describe(
          'Who is admitted first: as they come, by the priority of their class, or by prompt tokens (both may starve others); default fcfs',
        ),
      maxWait: duration({ min: 0, max: HOUR })
        .optional()
        .describe('static: how long the first request waits for the batch to fill; default 0'),
      maxBatchedTokens: whole(1, 1_000_000).default(8192).describe('Token budget of a step'),
      maxSequences: whole(1, 65_536).default(256).describe('Most sequences in a batch'),
    })
    .refine((batching) => batching.maxBatchedTokens >= batching.maxSequences, {
      path: ['maxBatchedTokens'],
      message: 'must be at least maxSequences, since each decoding sequence takes one token of the budget',
    })
    .refine((batching) => batching.maxWait === undefined || batching.policy === 'static', {
      path: ['maxWait'],
      message: 'belongs to policy: static',
    })
    .prefault({})
    .describe('How requests share a step'),
  speculative: speculative.optional().describe('Speculative decoding: several tokens per step'),
  kvCache: z
    .strictObject({
      memoryFraction: real({ min: 0, max: 1, above: true })
        .default(0.9)
        .describe('Share of GPU memory for weights, activations and KV cache together'),
      blockTokens: whole(1, 4096).default(16).describe('Tokens per block'),
      policy: choice(['preempt', 'no-evict'])
        .default('preempt')
        .describe('preempt: recompute the youngest request when blocks run out; no-evict: reserve the whole request'),
      watermark: real({ min: 0, max: 0.5 })
        .default(0.01)
        .describe('Share of blocks kept free when a request is admitted under preempt'),
      prefixCaching: flag()
        .default(false)
        .describe('Prompts find the beginnings that they share with earlier ones in the KV cache'),
      tiers: z
        .array(tier)
        .max(8)
        .optional()
        .describe(
          'Where prefixes go that are evicted from the KV cache, nearest first; needs prefixCaching; default: nowhere',
        ),
    })
    .refine((cache) => cache.tiers === undefined || cache.prefixCaching, {
      path: ['tiers'],
      message: 'keep evicted prefixes, so they need prefixCaching: true',
    })
    .prefault({})
    .describe('Memory for the context of running requests'),
  performance: performance
    .optional()
    .describe("Step times of this pool, instead of the physics; wins over the factory's"),
});

const pools = z
  .array(pool)
  .min(1)
  .max(100)
  .transform((list) => list.map(({ name, ...entry }, i) => ({ name: name ?? `${entry.role}-${i + 1}`, ...entry })))
  .superRefine((list, context) => {
    const seen = new Set<string>();
    list.forEach(({ name }, i) => {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          path: [i, 'name'],
          message: `two pools are called ${name}; names must differ`,
        });
      }
      seen.add(name);
    });
    const replicas = list.reduce((sum, entry) => sum + entry.replicas, 0);
    if (replicas > MAX_REPLICAS) {
      context.addIssue({
        code: 'custom',
        message: `the pools have ${replicas} replicas together; at most ${MAX_REPLICAS} are simulated`,
      });
    }
  })
  .describe('Groups of equal replicas');

const transfer = z.strictObject({
  link: choice(['auto', 'scale-up', 'scale-out'])
    .default('auto')
    .describe('Links that KV caches cross; auto: the NVLink domain where it holds the whole fleet, else the network'),
  bandwidth: bytesPerSecond({ min: 1e6, max: 1e15 })
    .optional()
    .describe('Of the link of one GPU, in one direction; default: that of its GPU in the catalog'),
  latency: duration({ min: 0, max: HOUR }).optional().describe('Fixed time of a transfer; default follows the stack'),
  efficiency: real({ min: 0, max: 1, above: true })
    .optional()
    .describe('Share of the link bandwidth that a transfer reaches; default follows the stack'),
  overlap: choice(['none', 'layer-wise'])
    .optional()
    .describe(
      'layer-wise: the cache of each layer is sent while the next is computed, so only what is left then takes time; default none',
    ),
  routing: choice(['least-loaded', 'round-robin'])
    .optional()
    .describe(
      'How computed prompts find a decode replica: the least loaded with room, or each in turn, where they wait if they must; default least-loaded',
    ),
  layers: whole(1, 10_000)
    .optional()
    .describe('Layers that an overlapped transfer is split into; default those of the model'),
  bytesPerToken: real({ min: 0, max: 1e9 })
    .optional()
    .describe(
      'KV bytes per prompt token, copies on several GPUs included; default follows the model, 0 where step times are given',
    ),
});

const disaggregation = z
  .strictObject({
    localPrefillTokens: whole(0, 1_000_000)
      .default(0)
      .describe('Prompts with at most so many tokens that are not cached there are computed where they are decoded'),
    maxPrefillQueue: real({ min: 0, max: 1e6 })
      .optional()
      .describe('So are all prompts while more than this wait per prefill replica; default: no limit'),
    switching: z
      .strictObject({
        interval: duration({ min: 0, max: HOUR, above: true }).default(5).describe('Time from look to look'),
        prefillQueue: real({ min: 0, max: 1e6 })
          .default(2)
          .describe('Waiting prompts per prefill replica above which a decode replica is to help'),
        decodeUse: real({ min: 0, max: 1 })
          .default(0.8)
          .describe('Share of KV memory or places in use above which a prefill replica is to help'),
      })
      .optional()
      .describe('Lets replicas of prefill and decode pools change places under load, after they have drained'),
  })
  .describe('Which prompts stay on the decode side, and whether replicas change sides');

/** Prompts and answers each need somebody; pools that do both may stand beside those. */
function checkRoles(
  pools: readonly { role: string; batching: { policy: string } }[],
  asked: z.output<typeof disaggregation> | undefined,
  context: z.RefinementCtx,
): void {
  const has = (role: string) => pools.some((entry) => entry.role === role);
  if (has('prefill') !== has('decode')) {
    const [there, missing] = has('prefill') ? ['prefill', 'decode'] : ['decode', 'prefill'];
    const at = pools.findIndex(({ role }) => role === there);
    const message = `a ${missing} pool is missing: prefill and decode pools come together`;
    context.addIssue({ code: 'custom', path: ['pools', at, 'role'], message });
  }
  if (asked !== undefined && !has('decode')) {
    context.addIssue({ code: 'custom', path: ['disaggregation'], message: 'needs prefill and decode pools' });
  }
  const decodes = (role: string) => role === 'decode' || (role === 'prefill' && asked?.switching !== undefined);
  const still = pools.findIndex(({ role, batching }) => decodes(role) && batching.policy === 'static');
  if (still >= 0) {
    const message = 'static batches are formed of prompts; a decode pool has none to form them of';
    context.addIssue({ code: 'custom', path: ['pools', still, 'batching', 'policy'], message });
  }
}

/** The fleet: model, precision, serving stack and pools. */
export const factorySchema = z
  .strictObject({
    model: line(200)
      .optional()
      .describe('Model by its name in the catalog; needed unless performance replaces the physics'),
    precision: choice(['bf16', 'fp8', 'fp4', 'int4']).default('fp8').describe('Type of the weights'),
    kvPrecision: choice(['bf16', 'fp8'])
      .optional()
      .describe('Type of the KV cache; default follows the stack and precision'),
    stack: choice(['vllm', 'sglang', 'trtllm', 'tensorrt-llm'])
      .transform((stack) => (stack === 'tensorrt-llm' ? 'trtllm' : stack))
      .default('vllm')
      .describe('Serving stack whose calibration is used'),
    release: line(100)
      .optional()
      .describe(
        'Release of the stack that was measured, such as 0.19.0; default: what all its releases have in common',
      ),
    calibration: line(4096)
      .optional()
      .describe(
        "Coefficients of step times: a file that goodput calibrate wrote, relative to the scenario's folder, or datasheet for none; default: those that goodput ships",
      ),
    pools,
    transfer: transfer.optional().describe('How KV caches move from prefill to decode pools'),
    disaggregation: disaggregation.optional(),
    startup: startup
      .optional()
      .describe(
        'Time from the order of a replica to its first request; default: engine start and loading of the weights',
      ),
    performance: performance.optional().describe('Step times of all pools, instead of the physics'),
  })
  .superRefine((factory, context) => {
    const physical = factory.pools.some((entry) => (entry.performance ?? factory.performance) === undefined);
    if (physical && factory.model === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['model'],
        message: 'is missing: name a model of the catalog, or give performance to replace the physics',
      });
    }
    checkRoles(factory.pools, factory.disaggregation, context);
    if (factory.transfer?.overlap === 'layer-wise' && (factory.model ?? factory.transfer.layers) === undefined) {
      const message = 'is missing: without a model nobody knows how many layers are sent';
      context.addIssue({ code: 'custom', path: ['transfer', 'layers'], message });
    }
    factory.pools.forEach((entry, i) => {
      if (entry.gpu === undefined && (entry.performance ?? factory.performance) === undefined) {
        context.addIssue({
          code: 'custom',
          path: ['pools', i, 'gpu'],
          message: 'is missing: name a GPU of the catalog, or give performance to replace the physics',
        });
      }
    });
  })
  .describe('The fleet that serves the requests');
