import { z } from 'zod';
import { accepted, metricPath, whole } from './quantities.js';

/** More runs of one scenario than any interval needs. */
const MOST_REPLICATIONS = 10_000;

/** The mean that settles last among those a planner looks at first; shares such as attainment settle sooner. */
const DEFAULT_METRIC = 'ttftMs.mean';

const PERCENT = /^\s*(\d+\.?\d*|\.\d+)\s*%\s*$/;

/**
 * A share of one: `5%` or `0.05`. Undefined where it is neither.
 *
 * @example parseShare('5%') // 0.05
 */
export function parseShare(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const percent = PERCENT.exec(value);
  if (percent !== null) return Number(percent[1]) / 100;
  return /^\s*\d*\.?\d+\s*$/.test(value) ? Number(value) : undefined;
}

function share() {
  const schema = z
    .union([z.number(), z.string()])
    .meta({ examples: ['5%', 0.05] })
    .transform((value, context) => {
      const number = parseShare(value);
      if (number !== undefined && number >= 0.0001 && number <= 0.5) return number;
      const message = number === undefined ? 'must be a share' : 'is out of range';
      context.addIssue({ code: 'custom', message, params: { range: true }, input: value });
      return z.NEVER;
    });
  accepted.add(schema, { is: 'a share', allowed: '0.01% to 50%, such as 5% or 0.05' });
  return schema;
}

const fullPrecision = z.strictObject({
  target: share().describe('Largest half-width of the 95 % interval, as a share of the mean'),
  metric: metricPath().default(DEFAULT_METRIC).describe('Dotted path into the summary of what must be that precise'),
  maxReplications: whole(2, MOST_REPLICATIONS).default(100).describe('Runs after which the search for precision ends'),
});

/** `precision: 5%`, or the same with its metric and its end. */
export const precisionSchema = z.union([
  share().transform((target) => ({ target, metric: DEFAULT_METRIC, maxReplications: 100 })),
  fullPrecision,
]);

/** `replications: 10`. One is what happens anyway, and leaves no mark on the result. */
export const replicationsSchema = whole(1, MOST_REPLICATIONS);
