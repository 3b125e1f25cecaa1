import { z } from 'zod';
import { accepted, finite, flag, line, prose, real, whole } from './quantities.js';

/** More values of one axis than anybody looks at. */
const MOST_VALUES = 100_000;
/** Points of a grid: each is a line in a file, and a run. */
export const MOST_POINTS = 1_000_000;

const path = line(1000).describe('Place in the scenario, such as factory.pools[0].replicas');
const label = line(200).optional().describe('Name of the column; default: the path');

const range = z
  .strictObject({
    from: finite().describe('First value'),
    to: finite().describe('Last value, included where the steps meet it'),
    step: finite().optional().describe('Distance between two values; below 0 where the values fall'),
    points: whole(2, MOST_VALUES).optional().describe('Number of values, instead of step'),
  })
  .superRefine((entry, context) => {
    if ((entry.step === undefined) === (entry.points === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['step'],
        message: 'a range has either step or points; give exactly one',
      });
    } else if (entry.step !== undefined) {
      const steps = (entry.to - entry.from) / entry.step;
      if (entry.step === 0 || !(steps >= 0)) {
        const message = entry.step === 0 ? 'must not be 0' : 'leads away from to; change its sign or swap from and to';
        context.addIssue({ code: 'custom', path: ['step'], message });
      } else if (steps >= MOST_VALUES) {
        context.addIssue({ code: 'custom', path: ['step'], message: `gives more than ${MOST_VALUES} values` });
      }
    }
  });

const logRange = z.strictObject({
  from: real({ min: 0, max: 1e300, above: true }).describe('First value'),
  to: real({ min: 0, max: 1e300, above: true }).describe('Last value'),
  points: whole(2, MOST_VALUES).describe('Number of values, each the same factor apart'),
});

const values = z.array(z.unknown()).min(1).max(MOST_VALUES);
accepted.add(values, { is: 'a list', allowed: 'values as they would stand in the scenario' });

const SOURCES = ['values', 'range', 'logRange'] as const;

const axis = z
  .strictObject({
    path,
    name: label,
    values: values.optional().describe('The values themselves; null leaves the key out'),
    range: range.optional().describe('Evenly spaced values'),
    logRange: logRange.optional().describe('Values the same factor apart'),
    integers: flag().default(false).describe('Round the values of a range to whole numbers, each once'),
  })
  .superRefine((entry, context) => {
    const given = SOURCES.filter((source) => entry[source] !== undefined);
    if (given.length === 1) return;
    const message =
      given.length === 0
        ? 'is missing: an axis needs values, range or logRange'
        : `an axis has one of values, range and logRange, not ${given.join(' and ')}`;
    context.addIssue({ code: 'custom', path: [given.at(-1) ?? 'values'], message });
  });

const variant = z.strictObject({
  name: line(200).describe('Name of the variant, unique'),
  set: z
    .record(line(1000), z.unknown())
    .default({})
    .describe('What it changes: paths into the scenario and their values'),
});

const base = z.union([
  line(4096).describe('Scenario file, relative to the folder of the sweep file'),
  z.record(z.string(), z.unknown()).describe('The scenario itself'),
]);
accepted.add(base, { is: 'a scenario', allowed: 'the path of a scenario file, or a scenario itself' });

/**
 * The sweep file: a scenario, and what varies. Its points are all combinations of the variants, the values of each axis
 * and the rows of `zip`, without those that `exclude` names.
 *
 * @example
 * sweepSchema.parse({
 *   base: 'chat.yaml',
 *   axes: [{ path: 'factory.pools[0].replicas', values: [2, 4, 8] }],
 *   variants: [{ name: 'hopper', set: { 'factory.pools[0].gpu': 'h200-sxm' } }],
 * });
 */
export const sweepSchema = z
  .strictObject({
    $schema: line(4096).optional().describe('Address of the JSON Schema, for editors; has no effect'),
    name: line(200).default('sweep').describe("Name of the sweep; default: the file's name"),
    description: prose(10_000).optional().describe('What question the sweep answers'),
    base: base.describe('The scenario that all points start from'),
    axes: z.array(axis).max(100).default([]).describe('Every value of each is combined with every value of the others'),
    zip: z
      .array(axis)
      .max(100)
      .default([])
      .describe('Axes that run side by side: first with first, second with second'),
    variants: z.array(variant).max(10_000).default([]).describe('Named sets of changes, combined with all the rest'),
    exclude: z
      .array(z.record(line(1000), z.unknown()))
      .max(10_000)
      .default([])
      .describe('Combinations to leave out: the names of axes (or variant) with a value or a list of values'),
  })
  .superRefine(({ axes, zip, variants }, context) => {
    if (axes.length + zip.length + variants.length === 0) {
      context.addIssue({ code: 'custom', path: ['axes'], message: 'is missing: a sweep needs axes, zip or variants' });
    }
    const seen = new Set(['variant', 'index']);
    const paths = new Set<string>();
    for (const [key, list] of [
      ['axes', axes],
      ['zip', zip],
    ] as const) {
      list.forEach((entry, i) => {
        const name = entry.name ?? entry.path;
        if (seen.has(name)) {
          const message = `two columns would be called ${name}; give the axis another name`;
          context.addIssue({ code: 'custom', path: [key, i, 'name'], message });
        }
        seen.add(name);
        if (paths.has(entry.path)) {
          context.addIssue({ code: 'custom', path: [key, i, 'path'], message: 'another axis sets this, too' });
        }
        paths.add(entry.path);
      });
    }
    const names = new Set<string>();
    variants.forEach(({ name }, i) => {
      if (names.has(name)) {
        const message = `two variants are called ${name}; names must differ`;
        context.addIssue({ code: 'custom', path: ['variants', i, 'name'], message });
      }
      names.add(name);
    });
  });

export type Sweep = z.output<typeof sweepSchema>;
export type SweepAxis = Sweep['axes'][number];
