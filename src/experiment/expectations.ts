import { InputError } from '../scenario/input-error.js';
import type { Expectation, Scenario } from '../scenario/schema.js';
import { didYouMean } from '../scenario/suggest.js';
import type { ExpectationOutcome, Summary } from './result.js';

/**
 * Holds a summary against the limits of a scenario. A value that does not exist in this run (no request was completed,
 * no price is known) fails.
 *
 * @throws InputError where a metric is not in the summary
 */
export function evaluateExpectations(expectations: readonly Expectation[], summary: Summary): ExpectationOutcome[] {
  return expectations.map(({ metric, min, max }, index) => {
    const value = readMetric(summary, metric, `expect[${index}].metric`);
    const limits = [min === undefined ? undefined : `min ${min}`, max === undefined ? undefined : `max ${max}`];
    return {
      metric,
      limit: limits.filter((limit) => limit !== undefined).join(', '),
      value,
      pass: value !== null && value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY),
    };
  });
}

/**
 * Everything a scenario demands of its result: what it expects, and the power cap, which the peak of the fleet must keep.
 */
export function demandsOf({ expect, economics }: Scenario): readonly Expectation[] {
  const { powerCap } = economics;
  return powerCap === undefined ? expect : [...expect, { metric: 'energy.peakKilowatts', max: powerCap }];
}

/** All numbers of a summary by their dotted path. */
export function metricPaths(summary: object, prefix = ''): string[] {
  return Object.entries(summary).flatMap(([key, value]) => {
    if (typeof value === 'object' && value !== null) return metricPaths(value, `${prefix}${key}.`);
    return typeof value === 'string' || typeof value === 'boolean' ? [] : [`${prefix}${key}`];
  });
}

/**
 * A figure of a summary by its dotted path; null where the run has none.
 *
 * @param key where the path is written, for messages
 * @throws InputError where there is no such figure
 */
export function readMetric(summary: Summary, metric: string, key: string): number | null {
  let value: unknown = summary;
  // Names of classes may contain dots, so a key may take several parts of the path.
  let rest = metric;
  while (rest !== '' && typeof value === 'object' && value !== null) {
    const entries: [string, unknown][] = Object.entries(value);
    const match = entries.find(([name]) => rest === name || rest.startsWith(`${name}.`));
    if (match === undefined) break;
    value = match[1];
    rest = rest.slice(match[0].length + 1);
  }
  if (rest === '' && (typeof value === 'number' || value === null)) return value;
  const known = metricPaths(summary);
  throw new InputError({
    message: 'is not a metric of the summary',
    key,
    found: metric,
    allowed:
      'goodput.attainment, ttftMs.p99, tpotMs.mean, cost.usdPerMillionOutputTokens and every other number of the summary',
    hint: didYouMean(metric, known),
  });
}
