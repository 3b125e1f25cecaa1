import { z } from 'zod';
import { choice, duration, line, real, TEN_YEARS, whole } from './quantities.js';

const reliability = {
  mtbf: duration({ min: 1, max: 100 * TEN_YEARS }).describe('Mean time to failure, since the last repair'),
  mttr: duration({ min: 0.001, max: TEN_YEARS }).describe('Mean time to repair (exponential)'),
  distribution: choice(['exponential', 'weibull']).default('exponential').describe('Law of the time to failure'),
  shape: real({ min: 0.1, max: 20 })
    .optional()
    .describe('Shape of the weibull law: below 1 failures cluster, above 1 hardware wears out'),
};

/** A shape without its law, or a law without its shape, is a slip. */
function checkShape(
  entry: { distribution: string; shape?: number | undefined } | undefined,
  path: string,
  context: z.RefinementCtx,
): void {
  if (entry === undefined || (entry.distribution === 'weibull') === (entry.shape !== undefined)) return;
  const message = entry.shape === undefined ? 'is missing: weibull needs a shape' : 'belongs to distribution: weibull';
  context.addIssue({ code: 'custom', path: [path, 'shape'], message });
}

const incident = z.strictObject({
  at: duration({ min: 0, max: TEN_YEARS }).describe('When it happens'),
  duration: duration({ min: 0.001, max: TEN_YEARS }).describe('How long it lasts'),
  pool: line(200).optional().describe('Pool that it hits, by name; may be left out where there is only one'),
  replicas: z
    .array(whole(0, 99_999))
    .min(1)
    .max(100_000)
    .optional()
    .describe('Numbers of the replicas that it hits, from 0; default: all of the pool'),
  slowdown: real({ min: 1, max: 1000 })
    .optional()
    .describe('Their steps take this many times as long; default: they fail'),
});

/** What breaks, how often, and what becomes of the requests. */
export const faultsSchema = z
  .strictObject({
    gpu: z.strictObject(reliability).optional().describe('Failures of single GPUs: the whole replica fails'),
    node: z
      .strictObject({ ...reliability, gpus: whole(1, 1024).default(8).describe('GPUs of a node') })
      .optional()
      .describe('Failures of nodes: all replicas with a GPU in it fail'),
    rack: z
      .strictObject({ ...reliability, nodes: whole(1, 1024).default(4).describe('Nodes of a rack') })
      .optional()
      .describe('Failures of racks: all replicas with a GPU in it fail together'),
    stragglers: z
      .strictObject({
        ...reliability,
        slowdown: real({ min: 1, max: 1000 }).describe('Steps take this many times as long'),
      })
      .optional()
      .describe('Replicas that are slow for a while: mtbf between two spells, mttr their length'),
    incidents: z.array(incident).max(10_000).optional().describe('Incidents at given times'),
    retries: whole(0, 1000).default(3).describe('How often a request is tried again whose replica failed under it'),
    recovery: choice(['resume', 'restart'])
      .default('resume')
      .describe(
        'resume: the client keeps its tokens, prompt and answer so far are computed anew; restart: from the start',
      ),
  })
  .superRefine((faults, context) => {
    for (const kind of ['gpu', 'node', 'rack', 'stragglers'] as const) checkShape(faults[kind], kind, context);
  });

export type FaultsScenario = z.output<typeof faultsSchema>;

/** Incidents name pools that exist, and replicas that these have. */
export function checkFaults(
  faults: FaultsScenario | undefined,
  pools: readonly { name: string; slots: number }[],
  context: z.RefinementCtx,
): void {
  faults?.incidents?.forEach(({ pool, replicas }, i) => {
    const path = ['faults', 'incidents', i];
    const found = pool === undefined && pools.length === 1 ? pools[0] : pools.find(({ name }) => name === pool);
    if (found === undefined) {
      const names = pools.map(({ name }) => name).join(', ');
      const message =
        pool === undefined ? `is missing: the pools are ${names}` : `no pool is called ${pool}; there are ${names}`;
      context.addIssue({ code: 'custom', path: [...path, 'pool'], message });
      return;
    }
    const beyond = replicas?.findIndex((replica) => replica >= found.slots) ?? -1;
    if (beyond < 0) return;
    context.addIssue({
      code: 'custom',
      path: [...path, 'replicas', beyond],
      message: `pool ${found.name} has replicas 0 to ${found.slots - 1}`,
    });
  });
}
