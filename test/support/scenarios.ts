import fc from 'fast-check';
import { type Scenario, type ScenarioInput, scenarioSchema } from '../../src/scenario/schema.js';

/**
 * Numbers that are no multiples of each other, so that events of different origin do not fall on the same instant: what
 * comes first at a tie may hang on the last bit of a sum, which the two modes form in different orders.
 */
const seconds = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => min + (max - min) * ((n * Math.SQRT1_2 + Math.E / 10) % 1));

const lengths = (most: number) =>
  fc.oneof(
    fc.integer({ min: 1, max: most }).map((value) => ({ distribution: 'fixed' as const, value })),
    fc
      .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 0, max: most }))
      .map(([min, more]) => ({ distribution: 'uniform' as const, min, max: min + more })),
    fc
      .tuple(fc.integer({ min: 1, max: most }), seconds(0, 2))
      .map(([mean, cv]) => ({ distribution: 'lognormal' as const, mean, cv, max: 4 * most })),
    fc.integer({ min: 1, max: most }).map((mean) => ({ distribution: 'geometric' as const, mean, max: 8 * most })),
  );

const arrivals = fc.oneof(
  seconds(0.1, 200).map((rate) => ({ process: 'poisson' as const, rate })),
  fc.tuple(seconds(0.1, 200), seconds(0.1, 6)).map(([rate, cv]) => ({ process: 'gamma' as const, rate, cv })),
  fc.tuple(fc.integer({ min: 1, max: 40 }), seconds(0.001, 2)).map(([users, mean]) => ({
    process: 'closed-loop' as const,
    users,
    think: { distribution: 'exponential' as const, mean },
  })),
);

/** Prompts that begin alike, some of them longer than the prompts, so that caches hold whole ones. */
const sharedPrefix = fc.record({ groups: fc.integer({ min: 1, max: 6 }), tokens: fc.integer({ min: 16, max: 700 }) });

const pause = seconds(0.001, 1);

/** Conversations and agents: turns that wait for answers, and joins that wait for several. */
const sessions = fc.record(
  {
    turns: fc.integer({ min: 1, max: 6 }).map((mean) => ({ distribution: 'geometric' as const, mean, max: 20 })),
    think: pause.map((mean) => ({ distribution: 'exponential' as const, mean })),
    system: fc.record({
      tokens: lengths(100),
      groups: fc.integer({ min: 1, max: 3 }),
    }),
    tools: fc.record({ share: seconds(0, 1), time: pause.map((mean) => ({ distribution: 'exponential', mean })) }),
    subAgents: fc.record({
      share: seconds(0, 0.7),
      count: fc.integer({ min: 1, max: 3 }).map((max) => ({ distribution: 'uniform' as const, min: 1, max })),
      turns: fc.integer({ min: 1, max: 3 }).map((mean) => ({ distribution: 'geometric' as const, mean, max: 5 })),
      think: pause.map((mean) => ({ distribution: 'exponential', mean })),
      context: fc.constantFrom('own', 'parent'),
    }),
    context: fc.record({
      max: fc.integer({ min: 50, max: 5000 }),
      beyond: fc.constantFrom('end', 'truncate'),
    }),
    blockTokens: fc.constantFrom(1, 16, 48),
  },
  { requiredKeys: ['turns', 'think'] },
);

const deadline = fc.option(fc.record({ firstToken: seconds(0.01, 3), end: seconds(0.1, 6) }, { requiredKeys: [] }), {
  nil: undefined,
  freq: 4,
});

const drawnClass = fc
  .record({
    arrivals,
    input: lengths(600),
    output: lengths(200),
    sharedPrefix: fc.option(sharedPrefix, { nil: undefined }),
    priority: fc.integer({ min: -2, max: 2 }),
    deadline,
    rateLimit: fc.option(fc.record({ rate: seconds(0.5, 50), burst: fc.integer({ min: 1, max: 20 }) }), {
      nil: undefined,
      freq: 5,
    }),
  })
  // Users of a closed loop who leave and come back after a fixed pause would do so in step with the engine: nothing but ties.
  .map(({ deadline: patience, ...rest }) =>
    patience === undefined || rest.arrivals.process === 'closed-loop' ? rest : { ...rest, deadline: patience },
  );
const sessionClass = fc.tuple(drawnClass, sessions).map(([{ arrivals: starts, sharedPrefix: _, ...rest }, choice]) => ({
  ...rest,
  // Sessions bring several requests each.
  arrivals: 'rate' in starts ? { ...starts, rate: starts.rate / 10 } : starts,
  sessions: choice,
}));
const trafficClass = fc.oneof({ weight: 3, arbitrary: drawnClass }, { weight: 1, arbitrary: sessionClass });

const linear = fc.record({
  type: fc.constant('linear' as const),
  base: seconds(0.0005, 0.02),
  perSequence: seconds(1e-6, 0.001),
  perContextToken: seconds(1e-9, 2e-6),
  perPrefillToken: seconds(1e-7, 1e-4),
  kvCapacity: fc.oneof(fc.integer({ min: 300, max: 20_000 }), fc.constant(1_000_000)),
});

const limits = {
  replicas: fc.integer({ min: 1, max: 4 }),
  batching: fc
    .record({
      policy: fc.constantFrom('chunked-prefill' as const, 'continuous' as const, 'static' as const),
      order: fc.constantFrom(undefined, 'fcfs' as const, 'priority' as const, 'shortest-first' as const),
      maxSequences: fc.integer({ min: 1, max: 40 }),
      more: fc.integer({ min: 0, max: 2000 }),
      maxWait: seconds(0, 0.3),
    })
    .map(({ maxSequences, more, maxWait, ...rest }) => ({
      ...rest,
      maxSequences,
      maxBatchedTokens: maxSequences + more,
      maxWait: rest.policy === 'static' ? maxWait : undefined,
    })),
  speculative: fc.option(
    fc.integer({ min: 1, max: 4 }).chain((draftTokens) =>
      fc.record({
        draftTokens: fc.constant(draftTokens),
        acceptance: fc.oneof(
          seconds(0, 1),
          fc.array(seconds(0, 1), { minLength: draftTokens, maxLength: draftTokens }),
          fc.constant(1),
        ),
      }),
    ),
    { nil: undefined, freq: 2 },
  ),
  kvCache: fc
    .record({
      blockTokens: fc.constantFrom(1, 3, 16, 64),
      policy: fc.constantFrom('preempt' as const, 'no-evict' as const),
      watermark: fc.constantFrom(0, 0.01, 0.2),
      prefixCaching: fc.boolean(),
      tiers: fc.constantFrom(
        undefined,
        undefined,
        [{ kind: 'host', capacity: 3e6, bandwidth: 2e9 }],
        [
          { kind: 'host', capacity: 1e6 },
          { kind: 'remote', capacity: 1e7, bandwidth: 1e8 },
        ],
      ),
    })
    .map(({ tiers, ...cache }) => (cache.prefixCaching && tiers ? { ...cache, tiers } : cache)),
};

/** Step times by a formula, with memory that is often short. */
const givenFactory = fc.record({
  transfer: fc.constant({ bytesPerToken: 1000 }),
  pools: fc.array(fc.record({ ...limits, performance: linear }), { minLength: 1, maxLength: 3 }),
});

const transfer = fc.record({
  latency: seconds(0, 0.01),
  bytesPerToken: seconds(1, 1e8),
  efficiency: seconds(0.1, 1),
  routing: fc.constantFrom(undefined, 'least-loaded' as const, 'round-robin' as const),
  overlap: fc.constantFrom(undefined, 'layer-wise' as const),
  layers: fc.integer({ min: 1, max: 80 }),
});

/** A decode pool forms no batches of prompts. */
const moving = <T extends { batching: { policy: string } }>(pools: readonly T[]) =>
  pools.map(({ batching, ...pool }) => ({
    ...pool,
    batching: batching.policy === 'static' ? { ...batching, policy: 'continuous', maxWait: undefined } : batching,
  }));

const SIDES = ['prefill', 'decode', 'aggregated'].map((role) => fc.constant(role));

const switching = fc.record({ interval: seconds(0.05, 2), prefillQueue: seconds(0, 3), decodeUse: seconds(0.1, 1) });

/**
 * Prompts and answers on different instances, over links that are often the bottleneck; some prompts stay on the decode side, and
 * some instances do both.
 */
const disaggregatedFactory = fc
  .tuple(
    fc.array(fc.record({ ...limits, performance: linear, role: fc.constant('prefill') }), {
      minLength: 1,
      maxLength: 2,
    }),
    fc.array(fc.record({ ...limits, performance: linear, role: fc.constant('decode') }), {
      minLength: 1,
      maxLength: 2,
    }),
    fc.array(fc.record({ ...limits, performance: linear }), { maxLength: 1 }),
    transfer,
    fc.option(
      fc.record({
        localPrefillTokens: fc.integer({ min: 0, max: 500 }),
        maxPrefillQueue: fc.option(seconds(0, 5), { nil: undefined }),
        switching: fc.option(switching, { nil: undefined }),
      }),
      { nil: undefined },
    ),
  )
  .map(([prefill, decode, aggregated, transfer, disaggregation]) => {
    const prefills = disaggregation?.switching === undefined ? prefill : moving(prefill);
    return { pools: [...moving(decode), ...aggregated, ...prefills], transfer, disaggregation };
  });

/** Step times from the physics: all attention, sliding windows, a latent cache, experts. */
const physicalFactory = fc
  .constantFrom(
    { model: 'llama-3.1-8b', gpu: 'l40s', tp: 1 },
    { model: 'gpt-oss-20b', gpu: 'h100-sxm', tp: 1 },
    { model: 'qwen3-30b-a3b', gpu: 'h100-sxm', tp: 2 },
    { model: 'deepseek-r1', gpu: 'b200-sxm', tp: 8 },
  )
  .chain(({ model, gpu, tp }) =>
    fc.record({
      model: fc.constant(model),
      precision: fc.constant(model.startsWith('gpt') ? 'fp4' : 'fp8'),
      pools: fc.array(fc.record({ ...limits, gpu: fc.constant(gpu), parallelism: fc.constant({ tp }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
  );

/** Routers that look at the fleet. */
const LOOKS = ['least-loaded', 'power-of-two', 'session', 'kv-aware'] as const;

const router = fc.oneof(
  fc.record({ policy: fc.constantFrom('round-robin', 'random', 'least-loaded', 'power-of-two', 'session', 'central') }),
  fc.record({ policy: fc.constant('round-robin'), frontends: fc.integer({ min: 1, max: 12 }) }),
  fc.record({
    policy: fc.constantFrom(...LOOKS),
    weights: fc.constantFrom('capacity', 'equal'),
    refresh: seconds(0.01, 3),
  }),
  fc.record({
    policy: fc.constant('kv-aware'),
    overlapWeight: seconds(0, 4),
    temperature: fc.constantFrom(0, 0.3),
  }),
);

const scalingPlanner = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      policy: fc.constant('load' as const),
      max: fc.integer({ min: 4, max: 6 }),
      interval: seconds(0.2, 3),
      cooldown: seconds(0, 4),
      queue: fc.record({ up: seconds(0.5, 5), down: seconds(0, 0.5) }),
      step: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      policy: fc.constant('throughput' as const),
      max: fc.integer({ min: 4, max: 6 }),
      interval: seconds(0.2, 3),
      cooldown: seconds(0, 4),
      forecast: fc.constantFrom('constant' as const, 'moving-average' as const, 'linear' as const, 'holt' as const),
      tpot: seconds(0.01, 0.2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      policy: fc.constant('schedule' as const),
      max: fc.constant(6),
      schedule: fc.array(fc.record({ at: seconds(0, 3), replicas: fc.integer({ min: 1, max: 6 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      repeat: seconds(3.1, 8),
    }),
  },
);

const planner = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ policy: 'static' as const }) },
  { weight: 3, arbitrary: scalingPlanner },
);

const admission = fc.record(
  {
    maxQueued: fc.integer({ min: 0, max: 60 }),
    maxQueuedPerReplica: fc.integer({ min: 0, max: 20 }),
    shedding: fc.constantFrom('newest' as const, 'lowest-priority' as const),
  },
  { requiredKeys: [] },
);

const hardware = fc.record({ mtbf: seconds(1, 60), mttr: seconds(0.1, 4) });
const allFaults = {
  gpu: hardware,
  node: fc.record({
    mtbf: seconds(1, 60),
    mttr: seconds(0.1, 4),
    distribution: fc.constant('weibull' as const),
    shape: seconds(0.5, 3),
    gpus: fc.constantFrom(2, 8),
  }),
  rack: hardware,
  stragglers: fc.record({ mtbf: seconds(1, 10), mttr: seconds(0.1, 4), slowdown: seconds(1.1, 4) }),
  retries: fc.integer({ min: 0, max: 3 }),
  recovery: fc.constantFrom('resume' as const, 'restart' as const),
};
const faults = fc.record(allFaults, { requiredKeys: [] });
const fullFaults = fc.record(allFaults);

/** Incidents that hit pools by their position, which become names below. */
const incidents = fc.array(
  fc.record({
    at: seconds(0, 5),
    duration: seconds(0.05, 2),
    position: fc.nat(3),
    replicas: fc.constantFrom(undefined, [0]),
    slowdown: fc.constantFrom(undefined, undefined, 1.7),
  }),
  { minLength: 1, maxLength: 3 },
);

type Drawn = { factory: object; faults?: object | undefined };

/** Names the pools, gives them spares, and lets incidents hit them. */
function assemble(
  input: Drawn,
  startup: number,
  spares: number,
  drawn: { position: number; [key: string]: unknown }[] | undefined,
): Scenario {
  const { pools, ...rest } = input.factory as { pools: object[] };
  const named = pools.map((pool, i) => ({ ...pool, name: `p${i}`, ...(spares > 0 && { spares }) }));
  const hits = drawn?.map(({ position, ...incident }) => ({ ...incident, pool: `p${position % pools.length}` }));
  const broken = input.faults === undefined ? undefined : { ...input.faults, ...(hits && { incidents: hits }) };
  return makeScenario({ ...input, faults: broken, factory: { ...rest, pools: named, startup } });
}

/** Small scenarios that use everything the engine can do. */
export const randomScenario: fc.Arbitrary<Scenario> = fc
  .record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    horizon: fc.oneof(
      fc.integer({ min: 1, max: 300 }).map((requests) => ({ requests })),
      fc.tuple(seconds(0.5, 20), seconds(0, 0.9)).map(([duration, share]) => ({ duration, warmup: duration * share })),
    ),
    traffic: fc.array(trafficClass, { minLength: 1, maxLength: 3 }),
    factory: fc.oneof(
      { weight: 3, arbitrary: givenFactory },
      { weight: 2, arbitrary: disaggregatedFactory },
      { weight: 1, arbitrary: physicalFactory },
    ),
    router,
    planner,
    faults: fc.option(faults, { nil: undefined, freq: 2 }),
    startup: seconds(0.01, 2),
    spares: fc.constantFrom(0, 0, 0, 1, 2),
    hits: fc.option(incidents, { nil: undefined }),
    admission: fc.option(admission, { nil: undefined, freq: 3 }),
  })
  .map(({ startup, spares, hits, ...input }) => assemble(input, startup, spares, hits));

/**
 * Scenarios that use everything at once: prompts and answers apart, beside replicas that do both; prompts that stay, replicas that
 * change sides, start, drain and break, and spares; caches with tiers, routers that see old news, guesses, bounds and deadlines.
 */
export const everythingAtOnce: fc.Arbitrary<Scenario> = fc
  .record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    horizon: fc.oneof(
      fc.integer({ min: 50, max: 300 }).map((requests) => ({ requests })),
      fc.tuple(seconds(3, 15), seconds(0, 0.5)).map(([duration, share]) => ({ duration, warmup: duration * share })),
    ),
    traffic: fc.tuple(
      fc.tuple(drawnClass, sharedPrefix, deadline).map(([of, shared, patience]) => ({
        ...of,
        arrivals: { process: 'gamma', rate: 47.3, cv: 2.9 },
        sharedPrefix: shared,
        deadline: patience ?? { firstToken: 1.234, end: 5.67 },
        rateLimit: { rate: 41.7, burst: 20 },
      })),
      sessionClass,
    ),
    factory: fc
      .tuple(fc.tuple(...SIDES.map((role) => fc.record({ ...limits, performance: linear, role }))), transfer, switching)
      .map(([[prefill, decode, aggregated], link, switches]) => ({
        pools: [...moving([prefill, decode]), aggregated].map((pool) => ({
          ...pool,
          speculative: pool.speculative ?? { draftTokens: 2, acceptance: 0.61 },
          kvCache: {
            ...pool.kvCache,
            prefixCaching: true,
            tiers: [{ kind: 'host', capacity: 3e6, bandwidth: 2e9 }],
          },
        })),
        transfer: { ...link, overlap: 'layer-wise' },
        disaggregation: { localPrefillTokens: 50, maxPrefillQueue: 3.3, switching: switches },
      })),
    router: fc.oneof(
      { weight: 3, arbitrary: fc.record({ policy: fc.constantFrom(...LOOKS), refresh: seconds(0.01, 1) }) },
      { weight: 1, arbitrary: fc.record({ policy: fc.constantFrom('round-robin', 'random', 'central') }) },
    ),
    planner: scalingPlanner,
    faults: fullFaults,
    startup: seconds(0.01, 2),
    spares: fc.constantFrom(1, 2),
    hits: incidents,
    admission: fc.record({
      maxQueued: fc.integer({ min: 10, max: 200 }),
      maxQueuedPerReplica: fc.integer({ min: 5, max: 50 }),
      shedding: fc.constantFrom('newest' as const, 'lowest-priority' as const),
    }),
  })
  .map(({ startup, spares, hits, ...input }) => assemble(input, startup, spares, hits));

/** A scenario from the same object a user would write in YAML. */
export function makeScenario(input: unknown): Scenario {
  return scenarioSchema.parse(input as ScenarioInput);
}
