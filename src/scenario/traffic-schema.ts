import { z } from 'zod';
import { choice, duration, line, prose, rate, real, TEN_YEARS, whole } from './quantities.js';

/** Longest prompt or answer, tokens. */
const MAX_TOKENS = 10_000_000;

/** Rates beyond these are mistakes; the lower one is an arrival every 30 years. */
const RATE = { min: 1e-9, max: 1e9 };
const TIME = { min: 0, max: TEN_YEARS };

const arrivalRate = rate(RATE).describe('Requests per second, or with a unit: 12/s, 40/min, 1000/h');

const thinkTime = z.discriminatedUnion('distribution', [
  z.strictObject({
    distribution: z.literal('fixed').describe('The same pause every time'),
    value: duration(TIME).describe('Pause'),
  }),
  z.strictObject({
    distribution: z.literal('exponential').describe('Exponentially distributed pauses'),
    mean: duration(TIME).describe('Mean pause'),
  }),
]);

const arrivals = z
  .discriminatedUnion('process', [
    z.strictObject({
      process: z.literal('poisson').describe('Independent arrivals: exponential gaps'),
      rate: arrivalRate,
    }),
    z.strictObject({
      process: z.literal('constant').describe('Evenly spaced arrivals'),
      rate: arrivalRate,
    }),
    z.strictObject({
      process: z.literal('gamma').describe('Gamma-distributed gaps: bursty above cv 1, regular below'),
      rate: arrivalRate,
      cv: real({ min: 0.01, max: 100 }).describe('Coefficient of variation of the gaps (standard deviation / mean)'),
    }),
    z.strictObject({
      process: z.literal('closed-loop').describe('Users who send the next request after the last one has ended'),
      users: whole(1, 1_000_000).describe('Number of users, that is the concurrency when they do not pause'),
      think: z
        .union([duration(TIME).transform((value) => ({ distribution: 'fixed' as const, value })), thinkTime])
        .default({ distribution: 'fixed', value: 0 })
        .describe('Pause between the end of a request and the next one: a duration or a distribution; default 0'),
    }),
    z
      .strictObject({
        process: z.literal('trace').describe('Arrivals and lengths of a recorded trace'),
        file: line(4096).describe("Trace file, relative to the scenario's folder"),
        format: choice(['azure'])
          .default('azure')
          .describe('Layout of the file: azure = TIMESTAMP, ContextTokens, GeneratedTokens'),
        rate: rate(RATE).optional().describe('Mean rate to rescale the trace to, requests per second'),
        speedup: real({ min: 1e-6, max: 1e6 }).optional().describe('Factor by which the trace is played faster'),
      })
      .refine((trace) => trace.rate === undefined || trace.speedup === undefined, {
        path: ['speedup'],
        message: 'a trace is rescaled by rate or by speedup, not by both; remove one',
      }),
  ])
  .describe('When requests come');

const tokens = whole(1, MAX_TOKENS);
const meanTokens = real({ min: 1, max: MAX_TOKENS });
const bounds = {
  min: tokens.default(1).describe('Shortest length, tokens'),
  max: tokens.optional().describe('Longest length, tokens'),
};
const variation = real({ min: 0, max: 100 });

const quantilePairs = z
  .array(z.tuple([real({ min: 0, max: 1 }), tokens]))
  .min(2)
  .max(10_000)
  .superRefine((pairs, context) => {
    // Also runs where the list is too short.
    if (pairs.length === 0) return;
    if (pairs[0][0] !== 0)
      context.addIssue({ code: 'custom', path: [0, 0], message: 'the first share must be 0 (the shortest length)' });
    if (pairs[pairs.length - 1][0] !== 1) {
      context.addIssue({
        code: 'custom',
        path: [pairs.length - 1, 0],
        message: 'the last share must be 1 (the longest length)',
      });
    }
    for (let i = 1; i < pairs.length; i++) {
      if (pairs[i][0] <= pairs[i - 1][0])
        context.addIssue({ code: 'custom', path: [i, 0], message: 'shares must rise from pair to pair' });
      if (pairs[i][1] < pairs[i - 1][1])
        context.addIssue({ code: 'custom', path: [i, 1], message: 'tokens must not fall from pair to pair' });
    }
  });

const lengths = z
  .discriminatedUnion('distribution', [
    z.strictObject({
      distribution: z.literal('fixed').describe('Always the same length'),
      value: tokens.describe('Tokens'),
      ...bounds,
    }),
    z.strictObject({
      distribution: z.literal('uniform').describe('Whole numbers from min to max, all equally likely'),
      min: tokens.describe('Shortest length, tokens'),
      max: tokens.describe('Longest length, tokens'),
    }),
    z.strictObject({
      distribution: z.literal('geometric').describe('Memoryless lengths from 1'),
      mean: meanTokens.describe('Mean, tokens'),
      ...bounds,
    }),
    z.strictObject({
      distribution: z.literal('lognormal').describe('Lognormal lengths, by the mean and cv of the lengths themselves'),
      mean: meanTokens.describe('Mean, tokens'),
      cv: variation.describe('Coefficient of variation (standard deviation / mean)'),
      ...bounds,
    }),
    z
      .strictObject({
        distribution: z.literal('empirical').describe('Lengths as they were observed'),
        quantiles: quantilePairs
          .optional()
          .describe('Pairs [share, tokens] with shares rising from 0 to 1, such as [[0, 16], [0.5, 300], [1, 8192]]'),
        file: line(4096)
          .optional()
          .describe("CSV file with one observed length per row, relative to the scenario's folder"),
        column: line(200).optional().describe('Column of that file'),
        ...bounds,
      })
      .superRefine((lengths, context) => {
        if ((lengths.quantiles === undefined) === (lengths.file === undefined)) {
          context.addIssue({
            code: 'custom',
            path: [lengths.quantiles === undefined ? 'quantiles' : 'file'],
            message: 'empirical lengths come either from quantiles or from file and column; give exactly one of them',
          });
        } else if ((lengths.file === undefined) !== (lengths.column === undefined)) {
          context.addIssue({ code: 'custom', path: ['column'], message: 'file and column belong together' });
        }
      }),
  ])
  .superRefine((lengths, context) => {
    const max = lengths.max ?? MAX_TOKENS;
    if (max < lengths.min) {
      context.addIssue({ code: 'custom', path: ['max'], message: `must be at least min, which is ${lengths.min}` });
      return;
    }
    const centre = lengths.distribution === 'fixed' ? 'value' : 'mean';
    const value = lengths.distribution === 'fixed' ? lengths.value : 'mean' in lengths ? lengths.mean : undefined;
    if (value !== undefined && (value < lengths.min || value > max)) {
      context.addIssue({
        code: 'custom',
        path: [centre],
        message: `must lie between min and max, which are ${lengths.min} and ${max}`,
      });
    }
  });

const target = duration({ ...TIME, above: true }).optional();

const trafficClass = z
  .strictObject({
    name: line(200).optional().describe('Name of the class, unique; default: requests, or class-1, class-2 ...'),
    description: prose(10_000).optional().describe('What this class stands for'),
    arrivals,
    input: lengths.optional().describe('Prompt lengths, tokens; a trace brings its own'),
    output: lengths.optional().describe('Answer lengths, tokens; a trace brings its own'),
    maxOutputTokens: tokens.optional().describe('Longest answer the clients ask for (max_tokens)'),
    slo: z
      .strictObject({
        ttft: target.describe('Longest time to the first token, queueing included'),
        tpot: target.describe('Longest mean time per output token after the first'),
        e2e: target.describe('Longest time from arrival to last token'),
      })
      .prefault({})
      .describe('Service level: a request is good when all terms given here hold'),
    price: z
      .strictObject({
        input: real({ min: 0, max: 1e9 }).describe('$ per million prompt tokens'),
        output: real({ min: 0, max: 1e9 }).describe('$ per million answer tokens'),
      })
      .optional()
      .describe('What the customer pays'),
  })
  .superRefine((entry, context) => {
    for (const key of ['input', 'output'] as const) {
      if (entry.arrivals.process === 'trace' && entry[key] !== undefined) {
        context.addIssue({ code: 'custom', path: [key], message: 'a trace brings its own lengths; remove this' });
      } else if (entry.arrivals.process !== 'trace' && entry[key] === undefined) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'is missing: a class needs token lengths, such as { distribution: fixed, value: 512 }',
        });
      }
    }
  });

/** All traffic classes, each with a name. */
export const trafficSchema = z
  .array(trafficClass)
  .min(1)
  .max(1000)
  .transform((classes) =>
    classes.map(({ name, ...entry }, i) => ({
      name: name ?? (classes.length === 1 ? 'requests' : `class-${i + 1}`),
      ...entry,
    })),
  )
  .superRefine((classes, context) => {
    const seen = new Set<string>();
    classes.forEach(({ name }, i) => {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          path: [i, 'name'],
          message: `two classes are called ${name}; names must differ (a class without one is called class-1, class-2 ...)`,
        });
      }
      seen.add(name);
    });
    const users = classes.reduce(
      (sum, { arrivals }) => sum + (arrivals.process === 'closed-loop' ? arrivals.users : 0),
      0,
    );
    if (users > 1_000_000) {
      context.addIssue({
        code: 'custom',
        message: `the classes have ${users} users together; at most 1,000,000 are simulated`,
      });
    }
  })
  .describe('Demand: one or more classes of requests, added up');
