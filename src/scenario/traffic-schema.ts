import { z } from 'zod';
import { type TrafficPreset, trafficPresets } from '../catalog/traffic.js';
import { classAdmission } from './admission-schema.js';
import { arrivalsSchema } from './arrivals-schema.js';
import { type Lengths, lengthsSchema, tokens } from './lengths-schema.js';
import { duration, line, prose, rate, real, TEN_YEARS, whole } from './quantities.js';
import { type SessionsChoice, sessionsSchema } from './sessions-schema.js';

export type { OpenArrivals, RateCurveChoice, TraceArrivals } from './arrivals-schema.js';
export type { Lengths } from './lengths-schema.js';
export type { SessionsChoice } from './sessions-schema.js';

/** Blocks of prefixes are numbered with 31 bits. */
const MOST_PREFIX_TOKENS = 30_000_000_000;

const target = duration({ min: 0, max: TEN_YEARS, above: true }).optional();

const slo = z.strictObject({
  ttft: target.describe('Longest time to the first token, queueing included'),
  tpot: target.describe('Longest mean time per output token after the first'),
  e2e: target.describe('Longest time from arrival to last token'),
});

const sharedPrefix = z.strictObject({
  groups: whole(1, 1_000_000).describe('Number of different beginnings, such as system prompts; drawn evenly'),
  tokens: whole(16, 1_000_000).describe('Length of each, tokens; a shorter prompt shares all of itself'),
});

/** What a preset gives, and a class may give instead. */
const demand = {
  arrivals: arrivalsSchema.optional(),
  input: lengthsSchema.optional().describe('Prompt lengths, tokens; a trace brings its own'),
  output: lengthsSchema.optional().describe('Answer lengths, tokens; a trace brings its own'),
  correlation: real({ min: -1, max: 1 })
    .optional()
    .describe('Rank correlation of prompt and answer lengths (Spearman): -1 to 1; default 0'),
  sharedPrefix: sharedPrefix.optional().describe('What prompts begin with; a trace brings its own'),
  sessions: sessionsSchema
    .optional()
    .describe('Requests that follow each other; arrivals then say when sessions begin, and lengths what a turn adds'),
  maxOutputTokens: tokens.optional().describe('Longest answer the clients ask for (max_tokens)'),
  slo: slo.prefault({}).describe('Service level: a request is good when all terms given here hold'),
};

const presetDemand = z.strictObject(demand);

const trafficClass = z
  .strictObject({
    name: line(200).optional().describe('Name of the class, unique; default: requests, or class-1, class-2 ...'),
    description: prose(10_000).optional().describe('What this class stands for'),
    preset: line(200)
      .optional()
      .describe('Demand by its name in the catalog; what stands beside it in the class replaces parts of it'),
    rate: rate({ min: 1e-9, max: 1e9 }).optional().describe('Mean rate, in place of that of the preset'),
    priority: whole(-1000, 1000)
      .optional()
      .describe('Requests of higher priority are admitted first where batching.order is priority; default 0'),
    ...demand,
    ...classAdmission,
    price: z
      .strictObject({
        input: real({ min: 0, max: 1e9 }).describe('$ per million prompt tokens'),
        cachedInput: real({ min: 0, max: 1e9 })
          .optional()
          .describe('$ per million prompt tokens that were cached; default: as any other prompt token'),
        output: real({ min: 0, max: 1e9 }).describe('$ per million answer tokens'),
      })
      .optional()
      .describe('What the customer pays'),
  })
  .transform((entry, context) => {
    const { rate: ownRate, ...given } = entry;
    const preset = given.preset === undefined ? undefined : presetNamed(given.preset, context);
    // An unknown name is reported once; that everything is missing follows from it.
    if (given.preset !== undefined && preset === undefined) return z.NEVER;
    const base = preset === undefined ? undefined : presetDemand.parse(withRate(preset, ownRate));
    if (ownRate !== undefined && (preset === undefined || given.arrivals !== undefined || !takesRate(preset))) {
      context.addIssue({
        code: 'custom',
        path: ['rate'],
        message:
          given.arrivals !== undefined || preset === undefined
            ? 'belongs to a preset; the rate of arrivals stands inside them'
            : `the preset ${preset.name} has users, not a rate; give arrivals instead`,
      });
    }
    const arrivals = given.arrivals ?? base?.arrivals;
    if (arrivals === undefined) {
      const noRate = preset !== undefined && takesRate(preset);
      context.addIssue({
        code: 'custom',
        path: [noRate ? 'rate' : 'arrivals'],
        message: 'is missing',
        // Words as of any other missing field.
        params: { range: true },
      });
      return z.NEVER;
    }
    const traced = arrivals.process === 'trace';
    const input = given.input ?? (traced ? undefined : base?.input);
    const output = given.output ?? (traced ? undefined : base?.output);
    return {
      ...given,
      arrivals,
      input,
      output,
      // Whoever replaces a length replaces what it was correlated with.
      correlation: given.correlation ?? ((given.input ?? given.output) ? undefined : base?.correlation),
      sharedPrefix: given.sharedPrefix ?? base?.sharedPrefix,
      sessions: given.sessions ?? (traced ? undefined : base?.sessions),
      maxOutputTokens: given.maxOutputTokens ?? base?.maxOutputTokens,
      slo: { ...base?.slo, ...given.slo },
    };
  })
  .superRefine((entry, context) => {
    const traced = entry.arrivals.process === 'trace';
    for (const key of ['input', 'output'] as const) {
      if (traced && entry[key] !== undefined) {
        context.addIssue({ code: 'custom', path: [key], message: 'a trace brings its own lengths; remove this' });
      } else if (!traced && entry[key] === undefined) {
        const message =
          entry.preset === undefined
            ? 'is missing: a class needs token lengths, such as { distribution: fixed, value: 512 }'
            : `is missing: ${entry.preset} says nothing about them, since none are published; give token lengths`;
        context.addIssue({ code: 'custom', path: [key], message });
      }
    }
    if (entry.sharedPrefix !== undefined) {
      const { groups, tokens: length } = entry.sharedPrefix;
      if (traced) {
        const message = 'a trace brings its own prefixes; remove this';
        context.addIssue({ code: 'custom', path: ['sharedPrefix'], message });
      } else if (groups * length > MOST_PREFIX_TOKENS) {
        const message = `groups times tokens is ${groups * length}; at most ${MOST_PREFIX_TOKENS} are told apart`;
        context.addIssue({ code: 'custom', path: ['sharedPrefix'], message });
      }
    }
    if (entry.sessions !== undefined && entry.sharedPrefix !== undefined) {
      const message = 'does not go with sessions: give sessions.system, which their prompts begin with';
      context.addIssue({ code: 'custom', path: ['sharedPrefix'], message });
    }
    if (traced && entry.sessions !== undefined) {
      context.addIssue({ code: 'custom', path: ['sessions'], message: 'a trace brings its own requests; remove this' });
    }
    if (entry.correlation === undefined || entry.correlation === 0) return;
    if (entry.sessions !== undefined) {
      const message = 'does not go with sessions, whose prompts grow with their answers; remove it';
      context.addIssue({ code: 'custom', path: ['correlation'], message });
      return;
    }
    const still = [entry.input, entry.output].some((lengths) => lengths === undefined || isFixed(lengths));
    if (still) {
      context.addIssue({
        code: 'custom',
        path: ['correlation'],
        message: traced ? 'a trace brings its own lengths; remove this' : 'needs prompts and answers that vary',
      });
    }
  });

function isFixed(lengths: Lengths): boolean {
  return lengths.distribution === 'fixed' || ('cv' in lengths && lengths.cv === 0);
}

function takesRate(preset: TrafficPreset): boolean {
  return preset.arrivals.process !== 'closed-loop';
}

function presetNamed(name: string, context: z.RefinementCtx): TrafficPreset | undefined {
  if (Object.hasOwn(trafficPresets, name)) return trafficPresets[name];
  context.addIssue({
    code: 'custom',
    path: ['preset'],
    message: `unknown traffic preset; the catalog has ${Object.keys(trafficPresets).join(', ')}`,
  });
  return undefined;
}

/** The preset as a class would write it; without arrivals where it has no rate of its own and none is given. */
function withRate({ arrivals, demand: rest }: TrafficPreset, ownRate: number | undefined): unknown {
  if (arrivals.process === 'closed-loop') return { ...rest, arrivals };
  const mean = ownRate ?? ('rate' in arrivals ? arrivals.rate : undefined);
  return mean === undefined ? rest : { ...rest, arrivals: { ...arrivals, rate: mean } };
}

const allClasses = z
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

type ParsedClass = z.output<typeof allClasses>[number];
type WithDemand<A, L> = Omit<
  ParsedClass,
  'arrivals' | 'input' | 'output' | 'correlation' | 'sharedPrefix' | 'sessions' | 'maxOutputTokens'
> & {
  arrivals: A;
  input?: L | undefined;
  output?: L | undefined;
  correlation?: number | undefined;
  sharedPrefix?: { groups: number; tokens: number } | undefined;
  sessions?: SessionsChoice | undefined;
  maxOutputTokens?: number | undefined;
};

/** A traffic class with any process and distribution there is. */
export type TrafficClassDemand = WithDemand<ParsedClass['arrivals'], Lengths>;
export type AnyArrivals = ParsedClass['arrivals'];

/** All traffic classes, each with a name. */
export const trafficSchema = allClasses as unknown as z.ZodType<TrafficClassDemand[], z.input<typeof allClasses>>;
