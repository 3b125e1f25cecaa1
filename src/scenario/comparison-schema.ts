import { z } from 'zod';
import { accepted, choice, finite, line, metricPath, prose, real, whole } from './quantities.js';

const changes = z.record(line(1000), z.unknown());
accepted.add(changes, { is: 'a mapping', allowed: 'paths into the scenario and their values' });

const base = z.union([
  line(4096).describe('Scenario file, relative to the folder of the comparison file'),
  z.record(z.string(), z.unknown()).describe('The scenario itself'),
]);
accepted.add(base, { is: 'a scenario', allowed: 'the path of a scenario file, or a scenario itself' });

const users = z.array(whole(1, 1_000_000)).min(1).max(100);

const config = z.strictObject({
  name: line(200).describe('Name of the configuration, unique in its fleet'),
  set: changes.default({}).describe('What it changes, on top of its fleet'),
  users: users.optional().describe('Users of its closed loops, in place of those of the curve'),
});

const configs = z.array(config).max(100);

/** Configurations that several comparisons share. */
const sharedConfigs = z.strictObject({
  file: line(4096).describe('File with a list `configs`, relative to the folder of the comparison file'),
  set: changes.default({}).describe('What all of them change beyond what they say themselves'),
});

const fleetConfigs = z.union([configs, sharedConfigs]);
accepted.add(fleetConfigs, {
  is: 'a list of configurations',
  allowed: 'a list of { name, set, users }, or { file, set } to take it from a file',
});

const fleet = z.strictObject({
  name: line(200).describe('Name of the fleet, unique'),
  set: changes.default({}).describe('What it changes in the base: paths into the scenario and their values'),
  configs: fleetConfigs
    .default([])
    .describe(
      'Ways to run this fleet, or { file, set }; its curve takes the best of them at each speed. Default: the fleet as it is',
    ),
});

/** A file of configurations: ways to run one kind of GPU, for several comparisons. */
export const configsSchema = z.strictObject({
  description: prose(10_000).optional().describe('Whose they are'),
  configs: configs.min(1).describe('Ways to run a fleet'),
});

const curve = z.strictObject({
  users: users.optional().describe('Users of the closed loops; default: 1, 2, 4 ... 512 for each replica'),
  requestsPerUser: whole(1, 1000).default(10).describe('Requests that each of them sends'),
});

/** Tokens per second and user; 0 takes the cheapest point of the curve, however slow. */
const speed = real({ min: 0, max: 1e6 });

const expectation = z
  .strictObject({
    metric: metricPath().describe('Dotted path into the summary'),
    fleet: line(200).optional().describe('Whose figure; default: the first fleet'),
    against: line(200).optional().describe('The ratio to the figure of this fleet is meant'),
    at: speed
      .optional()
      .describe('On the curve, at this many tokens/s per user (0: where it is cheapest); default: under the demand'),
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

const alternative = z.strictObject({
  name: line(200).describe('What is chosen instead'),
  set: changes.default({}).describe('What it changes for all fleets'),
  fleets: z.record(line(200), changes).default({}).describe('What it changes for one fleet, by its name'),
  at: speed.optional().describe('Tokens/s per user at which the curve is read instead'),
  fleet: line(200).optional().describe('Fleet whose figure is taken instead'),
  against: line(200).optional().describe('Fleet that it is held against instead'),
});

const claim = z.strictObject({
  statement: prose(2000).describe('What is claimed, in one sentence'),
  source: prose(2000).describe('Who says so, and where'),
  claimed: finite().describe('The figure that is claimed, in the unit of the first expectation'),
  unit: line(100).default('x').describe('Unit of that figure'),
  states: z.array(prose(2000)).max(100).default([]).describe('Assumptions that the claim gives'),
  chosen: z
    .array(
      z.strictObject({
        what: line(500).describe('What the claim leaves open'),
        value: line(500).describe('What was chosen'),
        others: z
          .array(alternative)
          .max(20)
          .default([])
          .describe('What might be chosen as well; each is simulated, too'),
      }),
    )
    .max(100)
    .default([])
    .describe('Assumptions that it hides, and what was chosen for them'),
  missing: z.array(prose(2000)).max(100).default([]).describe('What the claim rests on and this simulation leaves out'),
  verdict: choice(['reproduced', 'conditional', 'not-reproduced'])
    .optional()
    .describe('What is known to come out; goodput check fails when it differs. Default: the expectations decide'),
});

/**
 * The comparison file: one demand, several fleets, and what is expected of them. With a claim, it is somebody's statement
 * about fleets, to be reproduced.
 *
 * @example
 * comparisonSchema.parse({
 *   base: 'chat.yaml',
 *   fleets: [
 *     { name: 'hopper', set: { 'factory.pools[0].gpu': 'h200-sxm' } },
 *     { name: 'blackwell', set: { 'factory.pools[0].gpu': 'b200-sxm' } },
 *   ],
 *   expect: [{ metric: 'cost.usdPerMillionTotalTokens', fleet: 'blackwell', against: 'hopper', at: 50, max: 0.5 }],
 * });
 */
export const comparisonSchema = z
  .strictObject({
    $schema: line(4096).optional().describe('Address of the JSON Schema, for editors; has no effect'),
    name: line(200).default('comparison').describe("Name of the comparison; default: the file's name"),
    description: prose(10_000).optional().describe('What question it answers'),
    claim: claim.optional().describe('The published statement that is being reproduced'),
    base: base.describe('The scenario that all fleets start from; its demand is that of all of them'),
    fleets: z.array(fleet).min(1).max(100).describe('The fleets; the first is the reference'),
    align: choice(['none', 'gpus', 'cost', 'power'])
      .default('none')
      .describe('Scale the replicas of the others to as many GPUs, $ per hour or peak kW as the first has'),
    curve: curve.prefault({}).describe('Tokens/s per user against $ per million tokens, from closed loops'),
    expect: z.array(expectation).max(1000).default([]).describe('Limits that figures and ratios must keep'),
  })
  .superRefine(({ fleets, expect, claim: of }, context) => {
    const names = new Set<string>();
    fleets.forEach(({ name }, i) => {
      if (names.has(name)) {
        const message = `two fleets are called ${name}; names must differ`;
        context.addIssue({ code: 'custom', path: ['fleets', i, 'name'], message });
      }
      names.add(name);
    });
    const known = (name: string | undefined, path: (string | number)[]): void => {
      if (name === undefined || names.has(name)) return;
      context.addIssue({
        code: 'custom',
        path,
        message: `no fleet is called ${name}; there are ${[...names].join(', ')}`,
      });
    };
    expect.forEach((entry, i) => {
      known(entry.fleet, ['expect', i, 'fleet']);
      known(entry.against, ['expect', i, 'against']);
    });
    of?.chosen.forEach(({ others }, i) => {
      others.forEach((other, j) => {
        const path = ['claim', 'chosen', i, 'others', j];
        for (const name of Object.keys(other.fleets)) known(name, [...path, 'fleets', name]);
        known(other.fleet, [...path, 'fleet']);
        known(other.against, [...path, 'against']);
      });
    });
    if (of !== undefined && expect.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['expect'],
        message: 'is missing: a claim needs the band it is held to',
      });
    }
  });

export type ComparisonFile = z.output<typeof comparisonSchema>;
export type Config = z.output<typeof config>;
export type ComparisonExpectation = ComparisonFile['expect'][number];
export type Claim = NonNullable<ComparisonFile['claim']>;
export type ClaimAlternative = Claim['chosen'][number]['others'][number];
export type Alignment = ComparisonFile['align'];
