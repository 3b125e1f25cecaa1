import { z } from 'zod';
import { choice, duration, flag, line, rate, real, TEN_YEARS, whole } from './quantities.js';

/** Rates beyond these are mistakes; the lower one is an arrival every 30 years. */
const RATE = { min: 1e-9, max: 1e9 };
const TIME = { min: 0, max: TEN_YEARS };
const LENGTH_OF_TIME = { ...TIME, above: true };
const DAY = 86_400;

/** A process that changes state more often than this between two arrivals only burns time: it is Poisson. */
const MOST_CHANGES_PER_ARRIVAL = 1e6;

const arrivalRate = rate(RATE).describe('Mean rate, requests per second, or with a unit: 12/s, 40/min, 1000/h');
const gapCv = real({ min: 0.01, max: 100 }).describe(
  'Coefficient of variation of the gaps (standard deviation / mean)',
);
const level = real({ min: 0, max: 1e9 });

const levels = z
  .array(z.tuple([duration(TIME), level]))
  .min(1)
  .max(100_000)
  .superRefine((pairs, context) => {
    if (pairs[0][0] !== 0)
      context.addIssue({ code: 'custom', path: [0, 0], message: 'the first step must start at 0' });
    for (let i = 1; i < pairs.length; i++) {
      if (pairs[i][0] <= pairs[i - 1][0])
        context.addIssue({ code: 'custom', path: [i, 0], message: 'steps must start one after the other' });
    }
    if (pairs.every(([, value]) => value === 0))
      context.addIssue({ code: 'custom', message: 'one of the levels must be above 0' });
  });

const someAboveZero = (values: readonly number[]) => values.some((value) => value > 0);

const curve = z
  .discriminatedUnion('shape', [
    z.strictObject({
      shape: z.literal('diurnal').describe('Day and night, days of the week'),
      swing: real({ min: 0, max: 1 })
        .default(0.5)
        .describe('How far peak and trough lie from the mean of a day, as a share of it'),
      peak: duration({ min: 0, max: DAY }).default(50_400).describe('Time of day of the peak; default 14h'),
      hours: z
        .array(level)
        .length(24)
        .refine(someAboveZero, 'one of the levels must be above 0')
        .optional()
        .describe('Levels at the full hours from 0 to 23, instead of swing and peak; only their proportions count'),
      week: z
        .array(level)
        .length(7)
        .refine(someAboveZero, 'one of the levels must be above 0')
        .default([1, 1, 1, 1, 1, 1, 1])
        .describe('Weights of the days, Monday first; only their proportions count'),
      start: duration({ min: 0, max: 7 * DAY })
        .default(0)
        .describe('Time of the week at which the run begins, from Monday 00:00'),
    }),
    z
      .strictObject({
        shape: z.literal('steps').describe('Levels that each hold until the next one, repeated'),
        levels: levels.describe('Pairs [start, level], such as [[0s, 1], [10m, 4]]; only their proportions count'),
        period: duration(LENGTH_OF_TIME).describe('Time after which they repeat'),
      })
      .superRefine((steps, context) => {
        const last = steps.levels[steps.levels.length - 1][0];
        if (steps.period <= last)
          context.addIssue({
            code: 'custom',
            path: ['period'],
            message: `must be longer than the last start, ${last}s`,
          });
      }),
    z.strictObject({
      shape: z.literal('ramp').describe('A straight line from a share of the rate to the rate, where it stays'),
      from: real({ min: 0, max: 1e6 }).describe('Share of the rate at the start; above 1 for a fall'),
      over: duration(LENGTH_OF_TIME).describe('Time until the rate is reached'),
    }),
    z
      .strictObject({
        shape: z.literal('spike').describe('The rate times a factor for a while, once or again and again'),
        factor: level.describe('Level during the spike, relative to that before it'),
        at: duration(TIME).describe('Start of the first spike'),
        lasts: duration(LENGTH_OF_TIME).describe('Length of a spike'),
        every: duration(LENGTH_OF_TIME)
          .optional()
          .describe(
            'From spike to spike; the mean over it stays the rate. Default: a single spike, on top of the rate',
          ),
      })
      .superRefine((spike, context) => {
        if (spike.every !== undefined && spike.every < spike.at + spike.lasts)
          context.addIssue({ code: 'custom', path: ['every'], message: `must be at least at + lasts` });
        else if (spike.every === spike.at + spike.lasts && spike.at === 0)
          context.addIssue({ code: 'custom', path: ['every'], message: 'leaves nothing between the spikes' });
      }),
    z.strictObject({
      shape: z.literal('file').describe('Levels from a CSV file'),
      file: line(4096).describe("CSV file, relative to the scenario's folder"),
      time: line(200).default('time').describe('Column of times from 0: seconds, or with a unit'),
      level: line(200).default('rate').describe('Column of levels; only their proportions count'),
      join: choice(['steps', 'lines']).default('steps').describe('How a level leads to the next one'),
      period: duration(LENGTH_OF_TIME)
        .optional()
        .describe('Time after which the curve repeats; default: the last time and the gap before it once more'),
    }),
  ])
  .describe('How the rate changes with time; the long-run mean stays the rate');

/** A rate curve, checked. */
export type RateCurveChoice = z.output<typeof curve>;

const batch = z
  .strictObject({
    size: whole(1, 1_000_000).optional().describe('Requests in every batch'),
    mean: real({ min: 1, max: 1e6 }).optional().describe('Mean number of requests in a batch of geometric size'),
  })
  .refine((sizes) => (sizes.size === undefined) !== (sizes.mean === undefined), {
    message: 'a batch has either size or mean; give exactly one of them',
  })
  .describe('Requests that come several at once; the rate still counts requests');

const open = { curve: curve.optional(), batch: batch.optional() };

const state = z.strictObject({
  rate: rate({ ...RATE, min: 0 }).describe('Requests per second while the state lasts'),
  sojourn: duration({ min: 1e-6, max: TEN_YEARS }).describe('Mean time it lasts'),
});

const thinkTime = z.discriminatedUnion('distribution', [
  z.strictObject({
    distribution: z.literal('fixed').describe('The same pause every time'),
    value: duration(TIME).describe('Pause'),
  }),
  z.strictObject({
    distribution: z.literal('exponential').describe('Exponentially distributed pauses'),
    mean: duration(TIME).describe('Mean pause'),
  }),
  z.strictObject({
    distribution: z.literal('lognormal').describe('Lognormal pauses, by their own mean and cv'),
    mean: duration(TIME).describe('Mean pause'),
    cv: real({ min: 0, max: 100 }).describe('Coefficient of variation (standard deviation / mean)'),
  }),
  z
    .strictObject({
      distribution: z.literal('empirical').describe('Pauses as they were observed'),
      quantiles: z
        .array(z.tuple([real({ min: 0, max: 1 }), duration(TIME)]))
        .min(2)
        .max(10_000)
        .describe('Pairs [share, pause] with shares rising from 0 to 1, such as [[0, 0s], [0.5, 2s], [1, 5m]]'),
    })
    .superRefine(({ quantiles }, context) => {
      const issue = (path: (string | number)[], message: string) =>
        context.addIssue({ code: 'custom', path: ['quantiles', ...path], message });
      if (quantiles.length < 2) return;
      if (quantiles[0][0] !== 0) issue([0, 0], 'the first share must be 0 (the shortest pause)');
      const last = quantiles.length - 1;
      if (quantiles[last][0] !== 1) issue([last, 0], 'the last share must be 1 (the longest pause)');
      for (let i = 1; i <= last; i++) {
        if (quantiles[i][0] <= quantiles[i - 1][0]) issue([i, 0], 'shares must rise from pair to pair');
        if (quantiles[i][1] < quantiles[i - 1][1]) issue([i, 1], 'pauses must not fall from pair to pair');
      }
    }),
]);

/** A pause: a duration, or a distribution of them. */
export const pauseSchema = z.union([
  duration(TIME).transform((value) => ({ distribution: 'fixed' as const, value })),
  thinkTime,
]);

const share = real({ min: 0, max: 1, above: true });

const trace = z
  .strictObject({
    process: z.literal('trace').describe('Arrivals and lengths of a recorded trace'),
    file: line(4096).describe("Trace file, relative to the scenario's folder; may be gzipped"),
    format: choice(['azure', 'mooncake', 'burstgpt', 'aiperf', 'csv', 'auto'])
      .default('auto')
      .describe('Layout of the file; auto goes by its first line. csv needs columns'),
    columns: z
      .strictObject({
        time: line(200).describe('Column of arrival times'),
        input: line(200).describe('Column of prompt lengths, tokens'),
        output: line(200).describe('Column of answer lengths, tokens'),
        unit: choice(['s', 'ms', 'us', 'ns', 'date'])
          .default('s')
          .describe('Unit of the times; date: 2024-05-10 00:00:00'),
      })
      .optional()
      .describe('Columns of a CSV file, for format: csv'),
    rate: rate(RATE).optional().describe('Mean rate to rescale the trace to, requests per second'),
    speedup: real({ min: 1e-6, max: 1e6 }).optional().describe('Factor by which the trace is played faster'),
    keep: share.optional().describe('Share of the requests that is kept, each by chance'),
    copies: whole(1, 1000).optional().describe('Number of copies on top of each other, each shifted in time'),
    window: z
      .strictObject({
        from: duration(TIME).default(0).describe('Start, from the first request'),
        to: duration(LENGTH_OF_TIME).optional().describe('End; default: that of the trace'),
      })
      .refine((window) => window.to === undefined || window.to > window.from, {
        path: ['to'],
        message: 'must lie after from',
      })
      .optional()
      .describe('Part of the trace that is played'),
    spread: choice(['auto', 'random', 'even', 'off'])
      .default('auto')
      .describe(
        'What is done with times in whole seconds or coarser: requests of one time are spread over the step up to the next. auto: random for mooncake and burstgpt',
      ),
    blockTokens: whole(1, 1_000_000)
      .optional()
      .describe('Tokens that each of the hash_ids of a mooncake trace stands for; default 512'),
    skipBadLines: flag().default(false).describe('Leave broken lines out and count them, instead of refusing the file'),
  })
  .superRefine((entry, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (entry.rate !== undefined && entry.speedup !== undefined) {
      issue('speedup', 'a trace is rescaled by rate or by speedup, not by both; remove one');
    }
    if (entry.blockTokens !== undefined && entry.format !== 'mooncake' && entry.format !== 'auto') {
      issue('blockTokens', 'belongs to format: mooncake');
    }
    if (entry.format === 'csv' && entry.columns === undefined) {
      issue(
        'columns',
        'is missing: format csv needs the names of the columns, such as { time: t, input: in, output: out }',
      );
    } else if (entry.format !== 'csv' && entry.columns !== undefined) {
      issue('columns', 'belongs to format: csv');
    }
  });

export const arrivalsSchema = z
  .discriminatedUnion('process', [
    z.strictObject({
      process: z.literal('poisson').describe('Independent arrivals: exponential gaps'),
      rate: arrivalRate,
      ...open,
    }),
    z.strictObject({
      process: z.literal('constant').describe('Evenly spaced arrivals'),
      rate: arrivalRate,
      ...open,
    }),
    z.strictObject({
      process: z.literal('gamma').describe('Gamma-distributed gaps: bursty above cv 1, regular below'),
      rate: arrivalRate,
      cv: gapCv,
      ...open,
    }),
    z.strictObject({
      process: z.literal('closed-loop').describe('Users who send the next request after the last one has ended'),
      users: whole(1, 1_000_000).describe('Number of users, that is the concurrency when they do not pause'),
      think: pauseSchema
        .default({ distribution: 'fixed', value: 0 })
        .describe('Pause between the end of a request and the next one: a duration or a distribution; default 0'),
    }),
    trace,
    z.strictObject({
      process: z.literal('weibull').describe('Weibull-distributed gaps: bursty above cv 1, regular below'),
      rate: arrivalRate,
      cv: gapCv,
      ...open,
    }),
    z
      .strictObject({
        process: z.literal('on-off').describe('Poisson arrivals while on, none while off'),
        rate: arrivalRate,
        on: duration({ min: 1e-6, max: TEN_YEARS }).describe('Mean time on'),
        off: duration({ min: 1e-6, max: TEN_YEARS }).describe('Mean time off'),
        ...open,
      })
      .refine(({ rate, on, off }) => 2 / ((on + off) * rate) <= MOST_CHANGES_PER_ARRIVAL, {
        path: ['on'],
        message: 'is so short that hardly any request comes between two changes',
      }),
    z
      .strictObject({
        process: z.literal('mmpp').describe('Poisson arrivals whose rate is that of a state; states change by chance'),
        rate: arrivalRate
          .optional()
          .describe('Mean rate; the rates of the states then count by their proportions only. Default: as they are'),
        states: z.array(state).min(1).max(32).describe('States, each with rate and mean sojourn; next comes any other'),
        ...open,
      })
      .transform((entry) => {
        const seconds = entry.states.reduce((sum, { sojourn }) => sum + sojourn, 0);
        const mean = entry.states.reduce((sum, { rate, sojourn }) => sum + rate * sojourn, 0) / seconds;
        return { ...entry, rate: entry.rate ?? mean };
      })
      .superRefine(({ rate, states }, context) => {
        const seconds = states.reduce((sum, { sojourn }) => sum + sojourn, 0);
        if (states.every((entry) => entry.rate === 0)) {
          context.addIssue({ code: 'custom', path: ['states'], message: 'one of the states must have a rate above 0' });
        } else if (states.length / (seconds * rate) > MOST_CHANGES_PER_ARRIVAL) {
          context.addIssue({
            code: 'custom',
            path: ['states'],
            message: 'have sojourns so short that hardly any request comes between two changes',
          });
        }
      }),
    z.strictObject({
      process: z.literal('hawkes').describe('Self-exciting: every request brings on others for a while'),
      rate: arrivalRate,
      branching: real({ min: 0, max: 0.99 }).describe('Requests that each request brings on by itself; below 1'),
      memory: duration({ min: 1e-6, max: TEN_YEARS }).describe('Mean time until it does'),
      ...open,
    }),
  ])
  .describe('When requests come');

type AnyArrivals = z.output<typeof arrivalsSchema>;

/** Arrivals that come whatever the system does, and that no file brings. */
export type OpenArrivals = Exclude<AnyArrivals, { process: 'closed-loop' | 'trace' }>;
export type TraceArrivals = Extract<AnyArrivals, { process: 'trace' }>;
