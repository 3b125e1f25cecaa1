import { z } from 'zod';
import { metricPath, share, whole } from './quantities.js';

export { parseShare } from './quantities.js';

/** More runs of one scenario than any interval needs. */
const MOST_REPLICATIONS = 10_000;

/** The mean that settles last among those a planner looks at first; shares such as attainment settle sooner. */
const DEFAULT_METRIC = 'ttftMs.mean';

const fullPrecision = z.strictObject({
  target: share(0.0001, 0.5).describe('Largest half-width of the 95 % interval, as a share of the mean'),
  metric: metricPath().default(DEFAULT_METRIC).describe('Dotted path into the summary of what must be that precise'),
  maxReplications: whole(2, MOST_REPLICATIONS).default(100).describe('Runs after which the search for precision ends'),
});

/** `precision: 5%`, or the same with its metric and its end. */
export const precisionSchema = z.union([
  share(0.0001, 0.5).transform((target) => ({ target, metric: DEFAULT_METRIC, maxReplications: 100 })),
  fullPrecision,
]);

/** `replications: 10`. One is what happens anyway, and leaves no mark on the result. */
export const replicationsSchema = whole(1, MOST_REPLICATIONS);
