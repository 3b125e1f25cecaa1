import { InputError } from '../scenario/input-error.js';
import type { Precision, Scenario } from '../scenario/schema.js';
import { demandsOf, evaluateExpectations } from './expectations.js';
import { studentInterval } from './intervals.js';
import { meanDistributions } from './latencies.js';
import { meanSeries } from './mean-series.js';
import type { Intervals, ResultDocument, Summary } from './result.js';

/**
 * Runs before the first look at the precision: with fewer, the runs that agree by chance would stop the search too early
 * (Law, "Simulation Modeling and Analysis", 5th ed., section 9.4.1).
 */
const LEAST_FOR_PRECISION = 10;

/** Whether a scenario asks for more than one run. */
export function isReplicated({ replications, precision }: Scenario): boolean {
  return replications !== undefined || precision !== undefined;
}

/**
 * Runs a scenario several times with independent random streams, and combines the results: means, and the half-widths of
 * their 95 % intervals. With `precision` the runs end when the half-width of its metric is at most `target / (1 + target)`
 * of the mean, so that the relative error of the true mean is at most `target` (Law, section 9.4.1), or at
 * `maxReplications`.
 *
 * @param run one run; `expected` is how many there will be, as far as can be told
 * @example replicate(scenario, (replication) => simulateOnce(scenario, replication))
 */
export function replicate(
  scenario: Scenario,
  run: (replication: number, expected: number) => ResultDocument,
): ResultDocument {
  const { precision } = scenario;
  const least = scenario.replications ?? LEAST_FOR_PRECISION;
  const documents: ResultDocument[] = [];
  let expected = least;
  while (documents.length < expected) {
    documents.push(run(documents.length, expected));
    if (precision === undefined || documents.length < Math.max(2, least)) continue;
    expected = runsNeeded(precision, documents);
  }
  return combine(scenario, documents);
}

/** The metric that a scenario's precision names, in one summary; throws an {@link InputError} where there is none. */
export function precisionMetric({ metric }: Precision, summary: Summary): number | null {
  try {
    return evaluateExpectations([{ metric }], summary)[0].value;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, key: 'precision.metric' })));
  }
}

/** Number of runs that will do, guessed from those there are: that number itself where they are precise enough. */
function runsNeeded(precision: Precision, documents: readonly ResultDocument[]): number {
  const reached = relativeHalfWidth(precision, documents);
  const wanted = precision.target / (1 + precision.target);
  const runs = documents.length;
  if (reached <= wanted) return runs;
  // Half-widths shrink with the square root of the number of runs.
  const guess = Number.isFinite(reached) ? Math.ceil(runs * (reached / wanted) ** 2) : Number.POSITIVE_INFINITY;
  return Math.max(Math.min(guess, precision.maxReplications), Math.min(runs + 1, precision.maxReplications));
}

function relativeHalfWidth(precision: Precision, documents: readonly ResultDocument[]): number {
  const values = documents.map(({ summary }) => precisionMetric(precision, summary)).filter((value) => value !== null);
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const { mean, halfWidth } = studentInterval(values);
  if (halfWidth === null || halfWidth === 0) return halfWidth ?? Number.POSITIVE_INFINITY;
  return mean === 0 ? Number.POSITIVE_INFINITY : halfWidth / Math.abs(mean);
}

/** One document from those of all replications. What is not a figure of the run is the same in all of them. */
function combine(scenario: Scenario, documents: readonly ResultDocument[]): ResultDocument {
  const [first] = documents;
  if (documents.length === 1) return first;
  const { summary, intervals } = combineValues(documents.map((document) => document.summary)) as {
    summary: Summary;
    intervals: Intervals<Summary>;
  };
  const total = (pick: (of: ResultDocument['simulation']) => number) =>
    documents.reduce((sum, { simulation }) => sum + pick(simulation), 0);
  const wallSeconds = total((of) => of.wallSeconds);
  const { version, seed, fleet, uncertainty, provenance } = first;
  return {
    version,
    scenario,
    seed,
    fleet,
    summary,
    intervals,
    replications: documents.length,
    distributions: meanDistributions(documents.map((document) => document.distributions)),
    timeSeries: meanSeries(documents.map((document) => document.timeSeries)),
    uncertainty,
    provenance,
    expectations: evaluateExpectations(demandsOf(scenario), summary),
    warnings: combineWarnings(scenario, documents),
    simulation: {
      wallSeconds,
      requestsPerSecond: total((of) => of.wallSeconds * of.requestsPerSecond) / wallSeconds,
      events: total((of) => of.events),
    },
  };
}

/** Those of the runs, each kind once, and what the runs together show. */
function combineWarnings(scenario: Scenario, documents: readonly ResultDocument[]): string[] {
  const runs = documents.length;
  const kinds = new Map<string, { text: string; times: number }>();
  for (const text of documents.flatMap(({ warnings }) => warnings)) {
    const kind = text.replace(/\d+/g, '#');
    const seen = kinds.get(kind) ?? { text, times: 0 };
    kinds.set(kind, { ...seen, times: seen.times + 1 });
  }
  const found = [...kinds.values()].map(({ text, times }) =>
    times === runs ? text : `in ${times} of ${runs} runs: ${text}`,
  );
  if (documents.every(({ simulation }) => simulation.events === documents[0].simulation.events)) {
    const same = new Set(documents.map(({ summary }) => JSON.stringify(summary))).size === 1;
    if (same)
      found.push('all replications are the same, since nothing in the scenario is random: their intervals are empty');
  }
  const { precision } = scenario;
  if (precision === undefined) return found;
  const reached = relativeHalfWidth(precision, documents);
  if (reached > precision.target / (1 + precision.target)) {
    const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
    const instead = Number.isFinite(reached)
      ? `the interval reaches ${percent(reached)} of the mean`
      : 'it has no interval';
    found.push(
      `${precision.metric} is not known to ${percent(precision.target)} after ${runs} runs: ${instead}; raise the horizon or precision.maxReplications`,
    );
  }
  return found;
}

/**
 * Means of figures; the most frequent of words, the first of them where several are; true where it was true in any run.
 * A figure that some runs lack (nothing was completed) is the mean of the others.
 */
function combineValues(values: readonly unknown[]): { summary: unknown; intervals: unknown } {
  const [first] = values;
  if (typeof first === 'string') return { summary: mostFrequent(values), intervals: undefined };
  if (typeof first === 'boolean') return { summary: values.includes(true), intervals: undefined };
  if (typeof first === 'object' && first !== null) {
    const keys = Object.keys(first);
    const parts = keys.map((key) => combineValues(values.map((value) => (value as Record<string, unknown>)[key])));
    return {
      summary: Object.fromEntries(keys.map((key, i) => [key, parts[i].summary])),
      intervals: Object.fromEntries(
        keys.flatMap((key, i) => (parts[i].intervals === undefined ? [] : [[key, parts[i].intervals]])),
      ),
    };
  }
  const figures = values.filter((value) => typeof value === 'number');
  if (figures.length === 0) return { summary: null, intervals: null };
  const { mean, halfWidth } = studentInterval(figures);
  return { summary: mean, intervals: halfWidth };
}

function mostFrequent(values: readonly unknown[]): unknown {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  // Maps keep the order in which keys came, and sorting keeps the order of equals.
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}
