import { dirname, resolve } from 'node:path';
import { InputError } from '../../scenario/input-error.js';
import type { Scenario } from '../../scenario/schema.js';
import { VERSION } from '../../version.js';
import { loadScenario, readText } from '../load-scenario.js';
import type { ResultDocument, Summary } from '../result.js';
import type { Executor } from '../sweep/executor.js';
import { figuresOf } from './figures.js';
import { type PairedFigure, pairedFigure } from './paired.js';

/** Runs of each scenario where neither the command line nor the first scenario says how many. */
const DEFAULT_REPLICATIONS = 10;

/** One scenario of a comparison. */
export interface ComparedScenario {
  name: string;
  file: string;
  fleet: ResultDocument['fleet'];
  summary: Summary;
  intervals: ResultDocument['intervals'];
  provenance: ResultDocument['provenance'];
  expectations: ResultDocument['expectations'];
  warnings: string[];
  /** Every figure against that of the first scenario, by its dotted path; undefined for the first itself. */
  figures: Record<string, PairedFigure> | undefined;
}

export interface Comparison {
  version: string;
  seed: number;
  replications: number;
  /** The first is the reference. */
  scenarios: ComparedScenario[];
  notes: string[];
}

export interface CompareOptions {
  /** `path=value` for all scenarios. */
  settings?: readonly string[];
  replications?: number | undefined;
}

/**
 * Runs several scenarios under the demand of the first (its traffic, horizon and seed) and compares them figure by figure.
 *
 * @throws InputError where one of them cannot be run
 * @example
 * const { scenarios } = await compareFiles(['hopper.yaml', 'blackwell.yaml'], poolExecutor());
 * scenarios[1].figures?.['cost.usdPerMillionOutputTokens'].ratio; // 0.71
 */
export async function compareFiles(
  files: readonly string[],
  executor: Executor,
  { settings = [], replications }: CompareOptions = {},
): Promise<Comparison> {
  const loaded = files.map((file) => loadScenario(file, { overrides: settings }));
  const first = loaded[0].scenario;
  const runs = replications ?? first.replications ?? DEFAULT_REPLICATIONS;
  const demand = demandOf(first, loaded[0].baseDirectory);
  const own = [`replications=${runs}`, 'precision=null'];
  const notes = loaded.flatMap(({ scenario }, i) =>
    i > 0 && !sameDemand(scenario, first) ? [`${files[i]} has another demand; it is given that of ${files[0]}`] : [],
  );

  const outcomes = await Promise.all(
    files.map((file, i) =>
      executor.run({
        text: readText(file),
        file,
        baseDirectory: dirname(resolve(file)),
        overrides: [...settings, ...(i === 0 ? [] : demand), ...own],
        keepRuns: true,
      }),
    ),
  );
  const results = outcomes.map((outcome) => {
    if (outcome.kind === 'bad-input') throw new InputError(outcome.problems);
    if (outcome.kind === 'internal-error') throw Object.assign(new Error(outcome.message), { stack: outcome.stack });
    const { document, runs: summaries = [] } = outcome;
    return { document, runs: summaries.length > 0 ? summaries : [document.summary] };
  });
  const reference = results[0].runs.map(figuresOf);
  return {
    version: VERSION,
    seed: first.seed,
    replications: results[0].runs.length,
    notes,
    scenarios: results.map(({ document, runs: summaries }, i) => {
      const { fleet, summary, intervals, provenance, expectations, warnings, scenario } = document;
      const figures = i === 0 ? undefined : compareRuns(reference, summaries.map(figuresOf));
      const name = scenario.name;
      return { name, file: files[i], fleet, summary, intervals, provenance, expectations, warnings, figures };
    }),
  };
}

/** Figures that all runs of both have. */
function compareRuns(
  reference: readonly Map<string, number | null>[],
  others: readonly Map<string, number | null>[],
): Record<string, PairedFigure> {
  const figures: Record<string, PairedFigure> = {};
  for (const metric of reference[0]?.keys() ?? []) {
    const a = reference.map((of) => of.get(metric) ?? null).filter((value) => value !== null);
    const b = others.map((of) => of.get(metric) ?? null).filter((value) => value !== null);
    if (a.length === reference.length && b.length === a.length) figures[metric] = pairedFigure(a, b);
  }
  return figures;
}

/** The demand as overrides; files that it names are found from anywhere. */
function demandOf({ traffic, horizon, seed }: Scenario, baseDirectory: string): string[] {
  const anywhere = <T extends object>(of: T): T =>
    'file' in of && typeof of.file === 'string' ? { ...of, file: resolve(baseDirectory, of.file) } : of;
  const placed = traffic.map((entry) => ({
    ...entry,
    arrivals: anywhere(entry.arrivals),
    input: entry.input && anywhere(entry.input),
    output: entry.output && anywhere(entry.output),
  }));
  return [`traffic=${JSON.stringify(placed)}`, `horizon=${JSON.stringify(horizon)}`, `seed=${seed}`];
}

function sameDemand(a: Scenario, b: Scenario): boolean {
  const text = ({ traffic, horizon, seed }: Scenario) => JSON.stringify([traffic, horizon, seed]);
  return text(a) === text(b);
}
