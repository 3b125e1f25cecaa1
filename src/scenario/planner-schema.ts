import { z } from 'zod';
import { duration, flag, line, real, TEN_YEARS, whole } from './quantities.js';

const MAX_REPLICAS = 100_000;

const HOUR = 3600;
const replicas = whole(1, MAX_REPLICAS);
const interval = duration({ min: 0.1, max: 24 * HOUR });
const perReplica = real({ min: 0, max: 1e6 });
const shareOfCache = real({ min: 0, max: 1 });

const schedule = z
  .array(
    z.strictObject({
      at: duration({ min: 0, max: TEN_YEARS }).describe('Time since the start, or since the start of a period'),
      replicas: replicas.describe('Replicas from then on'),
    }),
  )
  .min(1)
  .max(10_000);

const bounds = {
  min: replicas.optional().describe('Fewest replicas of a pool; default 1'),
  max: replicas.optional().describe('Most replicas of a pool; a pool without one keeps its size'),
};

const common = {
  ...bounds,
  cooldown: duration({ min: 0, max: 24 * HOUR })
    .default(60)
    .describe('Time after a change of size in which a pool does not shrink'),
};

const looks = { interval: interval.default(30).describe('Time between two looks at the fleet') };

const poolBounds = z.record(line(200), z.strictObject(bounds)).optional().describe('Bounds of single pools, by name');

const target = duration({ min: 0, max: TEN_YEARS, above: true }).optional();

const staticPolicy = z.strictObject({
  policy: z.literal('static').describe('The fleet keeps its size'),
});

const loadPolicy = z.strictObject({
  policy: z.literal('load').describe('Thresholds on queue and KV cache'),
  ...common,
  ...looks,
  pools: poolBounds,
  queue: z
    .strictObject({
      up: perReplica.default(4).describe('Waiting requests per replica above which a pool grows'),
      down: perReplica.default(0.5).describe('Waiting requests per replica below which a pool may shrink'),
    })
    .prefault({})
    .describe('Thresholds on the queue'),
  kvCache: z
    .strictObject({
      up: shareOfCache.default(0.8).describe('Share of the KV cache in use above which a pool grows'),
      down: shareOfCache.default(0.4).describe('Share of the KV cache in use below which a pool may shrink'),
    })
    .prefault({})
    .describe('Thresholds on memory'),
  step: replicas.default(1).describe('Replicas added or removed at once'),
});

const throughputPolicy = z.strictObject({
  policy: z.literal('throughput').describe('A forecast of demand, and the performance model'),
  ...common,
  ...looks,
  pools: poolBounds,
  forecast: z
    .enum(['constant', 'moving-average', 'linear', 'holt'])
    .default('constant')
    .describe('What the next interval is expected to bring'),
  window: whole(2, 1000).default(5).describe('Intervals that moving-average and linear look back'),
  utilization: real({ min: 0, max: 1, above: true })
    .default(0.8)
    .describe('Share of what a replica sustains that is planned with'),
  ttft: target.describe('TTFT to plan for; default: the strictest of the classes'),
  tpot: target.describe('TPOT to plan for; default: the strictest of the classes'),
  correction: flag().default(true).describe('Whether observed latencies correct the performance model'),
});

const schedulePolicy = z.strictObject({
  policy: z.literal('schedule').describe('Sizes by the clock'),
  ...common,
  schedule: schedule.optional().describe('Sizes of all pools, from a time on'),
  repeat: duration({ min: 1, max: TEN_YEARS })
    .optional()
    .describe('Period after which the list begins anew, such as 24h'),
  pools: z
    .record(line(200), z.strictObject({ ...bounds, schedule: schedule.optional().describe('Sizes of this pool') }))
    .optional()
    .describe('Bounds and sizes of single pools, by name'),
});

/** Autoscaling: how the pools of a fleet change their size. */
export const plannerSchema = z
  .discriminatedUnion('policy', [staticPolicy, loadPolicy, throughputPolicy, schedulePolicy])
  .superRefine((planner, context) => {
    if (planner.policy === 'load') {
      for (const key of ['queue', 'kvCache'] as const) {
        if (planner[key].down <= planner[key].up) continue;
        context.addIssue({
          code: 'custom',
          path: [key, 'down'],
          message: `must be at most up, which is ${planner[key].up}`,
        });
      }
    }
    if (planner.policy !== 'schedule' || planner.repeat === undefined) return;
    const { repeat } = planner;
    const lists: [(string | number)[], typeof planner.schedule][] = [
      [['schedule'], planner.schedule],
      ...Object.entries(planner.pools ?? {}).map(([name, of]): [string[], typeof planner.schedule] => [
        ['pools', name, 'schedule'],
        of.schedule,
      ]),
    ];
    for (const [path, list] of lists) {
      list?.forEach(({ at }, i) => {
        if (at < repeat) return;
        context.addIssue({
          code: 'custom',
          path: [...path, i, 'at'],
          message: `must be below repeat, which is ${repeat}s`,
        });
      });
    }
  });

export type PlannerScenario = z.output<typeof plannerSchema>;

/** The part of a pool that a planner needs. */
interface SizedPool {
  name: string;
  replicas: number;
}

/** Bounds between which `planner` may move the size of `pool`; undefined where it keeps its size. */
export function boundsOf(planner: PlannerScenario, pool: SizedPool): { min: number; max: number } | undefined {
  if (planner.policy === 'static') return undefined;
  const own = planner.pools?.[pool.name];
  const max = own?.max ?? planner.max;
  return max === undefined ? undefined : { min: own?.min ?? planner.min ?? 1, max };
}

/** Bounds must hold the size that a pool begins with, and name pools that exist. */
export function checkPlanner(planner: PlannerScenario, pools: readonly SizedPool[], context: z.RefinementCtx): void {
  if (planner.policy === 'static') return;
  const names = pools.map(({ name }) => name);
  for (const name of Object.keys(planner.pools ?? {})) {
    if (names.includes(name)) continue;
    context.addIssue({
      code: 'custom',
      path: ['planner', 'pools', name],
      message: `no pool is called ${name}; there are ${names.join(', ')}`,
    });
  }
  let scaled = 0;
  pools.forEach((pool, i) => {
    const found = boundsOf(planner, pool);
    if (found === undefined) return;
    scaled++;
    if (found.min > found.max) {
      context.addIssue({
        code: 'custom',
        path: ['planner', 'max'],
        message: `must be at least min, which is ${found.min} (pool ${pool.name})`,
      });
    } else if (pool.replicas < found.min || pool.replicas > found.max) {
      context.addIssue({
        code: 'custom',
        path: ['factory', 'pools', i, 'replicas'],
        message: `must lie between min and max of the planner, which are ${found.min} and ${found.max}`,
      });
    }
  });
  if (scaled > 0) return;
  context.addIssue({
    code: 'custom',
    path: ['planner', 'max'],
    message: `is missing: ${planner.policy} needs to know how far a pool may grow`,
  });
}
