import { z } from 'zod';
import { admissionSchema } from './admission-schema.js';
import { economicsSchema } from './economics-schema.js';
import { factorySchema } from './factory-schema.js';
import { checkFaults, faultsSchema } from './faults-schema.js';
import { planSchema } from './plan-schema.js';
import { boundsOf, checkPlanner, plannerSchema } from './planner-schema.js';
import { accepted, duration, finite, line, metricPath, prose, TEN_YEARS, whole } from './quantities.js';
import { precisionSchema, replicationsSchema } from './replication-schema.js';
import { routerSchema } from './router-schema.js';
import { trafficSchema } from './traffic-schema.js';

/** Most requests one run may simulate. */
const MAX_REQUESTS = 1_000_000_000;

/** What is simulated where a scenario has no horizon and no trace. */
const DEFAULT_REQUESTS = 10_000;

const warmup = z.union([duration({ min: 0, max: TEN_YEARS }), z.literal('auto')]);
accepted.add(warmup, { is: 'a duration or auto', allowed: 'from 0s up to 10 years, such as 90s or 2m; or auto' });

const interval = z.union([duration({ min: 1e-3, max: TEN_YEARS }), z.enum(['auto', 'off'])]);
accepted.add(interval, {
  is: 'a duration, auto or off',
  allowed: 'from 1ms up to 10 years, such as 1m or 1h; auto; off',
});

const timeSeries = z.strictObject({
  interval: interval
    .default('auto')
    .describe('Length of an interval; auto: round, so that there are 60 to 200 of them; off: no series'),
});

const horizon = z
  .strictObject({
    duration: duration({ min: 0, max: TEN_YEARS, above: true })
      .optional()
      .describe('Simulated time; what is in flight at the end is counted as such'),
    requests: whole(1, MAX_REQUESTS)
      .optional()
      .describe('Number of arrivals; the run ends when all of them have ended'),
    warmup: warmup
      .default(0)
      .describe('Time at the start that the summary leaves out; auto finds it (MSER-5) by one more run'),
  })
  .superRefine((entry, context) => {
    if (entry.duration !== undefined && entry.requests !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['requests'],
        message: 'a horizon has either duration or requests, not both; remove one',
      });
    } else if (entry.duration !== undefined && entry.warmup !== 'auto' && entry.warmup >= entry.duration) {
      context.addIssue({
        code: 'custom',
        path: ['warmup'],
        message: `must be shorter than duration, which is ${entry.duration}s`,
      });
    }
  });

const expectation = z
  .strictObject({
    metric: metricPath().describe('Dotted path into the summary, such as goodput.attainment or ttftMs.p99'),
    min: finite().optional().describe('Lowest value that passes'),
    max: finite().optional().describe('Highest value that passes'),
  })
  .superRefine((entry, context) => {
    if (entry.min === undefined && entry.max === undefined) {
      context.addIssue({ code: 'custom', path: ['min'], message: 'is missing: an expectation needs min, max or both' });
    } else if (entry.min !== undefined && entry.max !== undefined && entry.max < entry.min) {
      context.addIssue({ code: 'custom', path: ['max'], message: `must be at least min, which is ${entry.min}` });
    }
  });

/**
 * The scenario file: demand, fleet and prices. Quantities are numbers in base units once parsed: seconds, requests per
 * second, tokens, dollars.
 *
 * @example
 * scenarioSchema.parse({
 *   traffic: [{ arrivals: { process: 'poisson', rate: '12/s' }, input: { distribution: 'fixed', value: 512 }, output: { distribution: 'fixed', value: 128 } }],
 *   factory: { model: 'llama-3.1-70b', pools: [{ gpu: 'h200-sxm', parallelism: { tp: 4 } }] },
 * });
 */
export const scenarioSchema = z
  .strictObject({
    $schema: line(4096).optional().describe('Address of the JSON Schema, for editors; has no effect'),
    name: line(200).default('scenario').describe("Name of the scenario; default: the file's name"),
    description: prose(10_000).optional().describe('What question the scenario answers'),
    seed: whole(0, Number.MAX_SAFE_INTEGER).default(1).describe('Seed of all random streams'),
    horizon: horizon
      .optional()
      .describe(`How long to simulate; default: ${DEFAULT_REQUESTS} requests, or the whole trace`),
    replications: replicationsSchema
      .optional()
      .describe('Independent runs; above 1 the summary holds means and intervals their 95 % half-widths; default: 1'),
    precision: precisionSchema
      .optional()
      .describe(
        'Replicate until the 95 % interval is this narrow, such as 5% of the mean; default metric: ttftMs.mean',
      ),
    timeSeries: timeSeries.prefault({}).describe('What happened when: the series in the result'),
    traffic: trafficSchema,
    factory: factorySchema,
    router: routerSchema.prefault({}).describe('How requests are spread over the replicas'),
    planner: plannerSchema.prefault({ policy: 'static' }).describe('Autoscaling: how the fleet changes its size'),
    admission: admissionSchema.optional().describe('Bounds on queues; default: none'),
    faults: faultsSchema.optional().describe('What breaks during the run; default: nothing'),
    economics: economicsSchema.prefault({}).describe('What the fleet costs, draws and earns'),
    plan: planSchema.optional().describe('What goodput plan chooses from; has no effect on a run'),
    expect: z.array(expectation).max(1000).default([]).describe('Limits that the summary must keep'),
  })
  .transform(({ $schema: _, name, description, seed, horizon, replications, ...rest }) => {
    const traced = rest.traffic.some((entry) => entry.arrivals.process === 'trace');
    return {
      name,
      description,
      seed,
      horizon: horizon ?? { requests: traced ? undefined : DEFAULT_REQUESTS, warmup: 0 as const },
      replications: replications === 1 ? undefined : replications,
      ...rest,
    };
  })
  .superRefine(({ planner, faults, factory }, context) => {
    checkPlanner(planner, factory.pools, context);
    const slots = factory.pools.map((pool) => ({
      name: pool.name,
      slots: (boundsOf(planner, pool)?.max ?? pool.replicas) + (pool.spares ?? 0),
    }));
    checkFaults(faults, slots, context);
  })
  .superRefine(({ horizon, traffic }, context) => {
    if (horizon.duration === undefined && horizon.requests === undefined) {
      if (traffic.every((entry) => entry.arrivals.process === 'trace')) return;
      context.addIssue({
        code: 'custom',
        path: ['horizon'],
        message: 'must say duration or requests (only where every class is a trace does the run end with the traces)',
      });
      return;
    }
    const rate = traffic.reduce((sum, { arrivals }) => sum + ('rate' in arrivals ? (arrivals.rate ?? 0) : 0), 0);
    if (horizon.duration !== undefined && rate * horizon.duration > MAX_REQUESTS) {
      context.addIssue({
        code: 'custom',
        path: ['horizon', 'duration'],
        message: `${rate} requests/s over ${horizon.duration}s would be ${(rate * horizon.duration).toPrecision(3)} requests; at most 1e9 are simulated`,
      });
    }
    const open = traffic.every(({ arrivals }) => arrivals.process !== 'closed-loop' && arrivals.process !== 'trace');
    if (open && horizon.requests !== undefined && horizon.requests / rate > TEN_YEARS) {
      context.addIssue({
        code: 'custom',
        path: ['horizon', 'requests'],
        message: `${horizon.requests} requests at ${rate}/s would take more than 10 simulated years; ask for fewer`,
      });
    }
  });

/** A scenario with every default filled in and every quantity in its base unit. */
export type Scenario = z.output<typeof scenarioSchema>;
/** A scenario as a user writes it. */
export type ScenarioInput = z.input<typeof scenarioSchema>;

export type { Economics, Outlook, Ownership, YearlyCurve } from './economics-schema.js';
export type { FaultsScenario } from './faults-schema.js';
export { boundsOf, type PlannerScenario } from './planner-schema.js';
export type Horizon = Scenario['horizon'];
export type Precision = NonNullable<Scenario['precision']>;
export type TrafficClass = Scenario['traffic'][number];
export type Arrivals = TrafficClass['arrivals'];
export type ThinkTime = Extract<Arrivals, { process: 'closed-loop' }>['think'];
export type LengthDistribution = NonNullable<TrafficClass['input']>;
export type Slo = TrafficClass['slo'];
export type TokenPrice = NonNullable<TrafficClass['price']>;
export type Factory = Scenario['factory'];
export type Pool = Factory['pools'][number];
export type Parallelism = Pool['parallelism'];
export type Batching = Pool['batching'];
export type KvCache = Pool['kvCache'];
export type Performance = NonNullable<Pool['performance']>;
export type LinearPerformance = Extract<Performance, { type: 'linear' }>;
export type TablePerformance = Extract<Performance, { type: 'table' }>;
export type Expectation = Scenario['expect'][number];
