import { resolve } from 'node:path';
import type { ComparisonExpectation, ComparisonFile } from '../../scenario/comparison-schema.js';
import type { Scenario } from '../../scenario/schema.js';
import { VERSION } from '../../version.js';
import { fileOpener } from '../files.js';
import type { ExpectationOutcome, ResultDocument, Summary } from '../result.js';
import type { Executor } from '../sweep/executor.js';
import { type AlignmentReport, alignFleets, replicaOverrides } from './align.js';
import type { Controls } from './control-variates.js';
import { type Curve, curveReport, type FleetCurve, fleetCurve } from './curve.js';
import { demandControls } from './demand-controls.js';
import { figuresOf } from './figures.js';
import { type FleetTask, fleetOfFile, runFleet, scenarioOf } from './fleet-task.js';
import { judgeComparison } from './judge.js';
import { type PairedFigure, pairedFigure } from './paired.js';

/** Runs of each fleet where neither the command line nor the first scenario says how many. */
const DEFAULT_REPLICATIONS = 10;

/** One fleet of a comparison. */
export interface ComparedScenario {
  name: string;
  file: string;
  /** With all defaults filled in, under the demand of the first. */
  scenario: Scenario;
  fleet: ResultDocument['fleet'];
  summary: Summary;
  intervals: ResultDocument['intervals'];
  provenance: ResultDocument['provenance'];
  uncertainty: ResultDocument['uncertainty'];
  expectations: ResultDocument['expectations'];
  warnings: string[];
  /** Every figure against that of the first, by its dotted path; undefined for the first itself. */
  figures: Record<string, PairedFigure> | undefined;
}

export interface Comparison {
  kind: 'comparison';
  version: string;
  name: string;
  seed: number;
  replications: number;
  /** Label of all amounts of money. */
  currency: string;
  alignment: AlignmentReport;
  /** The first is the reference. */
  scenarios: ComparedScenario[];
  /** Null where it was not asked for, or the demand has no lengths to draw from. */
  curve: Curve | null;
  /** What the comparison file expects. */
  expectations: ExpectationOutcome[];
  notes: string[];
}

export interface CompareOptions {
  /** `path=value` for all scenarios. */
  settings?: readonly string[];
  replications?: number | undefined;
  align?: ComparisonFile['align'];
  /** Users of the curve; false for no curve. */
  curve?: ComparisonFile['curve'] | false;
}

export const DEFAULT_CURVE: ComparisonFile['curve'] = { requestsPerUser: 10 };

/**
 * Runs several scenarios under the demand of the first (its traffic, horizon and seed) and compares them figure by figure.
 *
 * @throws InputError where one of them cannot be run
 * @example
 * const { scenarios } = await compareFiles(['hopper.yaml', 'blackwell.yaml'], poolExecutor());
 * scenarios[1].figures?.['cost.usdPerMillionOutputTokens'].ratio; // 0.71
 */
export function compareFiles(
  files: readonly string[],
  executor: Executor,
  { settings = [], ...options }: CompareOptions = {},
): Promise<Comparison> {
  const fleets = files.map((file) => fleetOfFile(file, settings));
  const [first, ...others] = fleets;
  const scenario = scenarioOf(first);
  const demand = demandOf(scenario, first.baseDirectory);
  const notes = others
    .filter((fleet) => !sameDemand(scenarioOf(fleet), scenario))
    .map(({ file }) => `${file} has another demand; it is given that of ${first.file}`);
  const under = others.map((fleet) => ({ ...fleet, overrides: [...fleet.overrides, ...demand] }));
  return compareFleets([first, ...under], executor, { ...options, name: scenario.name, notes });
}

interface FleetsOptions extends Omit<CompareOptions, 'settings'> {
  name: string;
  notes?: readonly string[];
  expect?: readonly ComparisonExpectation[];
}

/** Compares fleets that have the same demand already. */
export async function compareFleets(
  given: readonly FleetTask[],
  executor: Executor,
  { name, notes = [], replications, align = 'none', curve = DEFAULT_CURVE, expect = [] }: FleetsOptions,
): Promise<Comparison> {
  const scenarios = given.map(scenarioOf);
  const [first] = scenarios;
  const sizes = given.map((fleet, i) => ({ name: fleet.name, scenario: scenarios[i] }));
  const alignment = alignFleets(sizes, align);
  const fleets = given.map((fleet, i) => ({
    ...fleet,
    overrides: [...fleet.overrides, ...(align === 'none' ? [] : replicaOverrides(alignment.fleets[i].replicas))],
  }));
  const own = [`replications=${replications ?? first.replications ?? DEFAULT_REPLICATIONS}`, 'precision=null'];
  const curves = curve === false ? [] : fleets.map((fleet) => fleetCurve(fleet, curve, executor));
  const results = await Promise.all(fleets.map((fleet) => runFleet(fleet, own, executor)));
  const known = await Promise.all(curves.filter((of) => of !== undefined));
  const reference = results[0].runs.map(figuresOf);
  const controls = demandControls(results[0].document.scenario, fileOpener(given[0].baseDirectory), reference.length);
  return {
    kind: 'comparison',
    version: VERSION,
    name,
    seed: first.seed,
    replications: results[0].runs.length,
    currency: first.economics.currency,
    alignment,
    scenarios: results.map(({ document, runs }, i) => {
      const { scenario, fleet, summary, intervals, provenance, uncertainty, expectations, warnings } = document;
      const figures = i === 0 ? undefined : compareRuns(reference, runs.map(figuresOf), controls);
      const { name: called, file } = fleets[i];
      return {
        name: called,
        file,
        scenario,
        fleet,
        summary,
        intervals,
        provenance,
        uncertainty,
        expectations,
        warnings,
        figures,
      };
    }),
    curve: known.length === 0 ? null : curveReport(known),
    expectations: judgeComparison(expect, {
      names: fleets.map((fleet) => fleet.name),
      summaries: results.map(({ document }) => document.summary),
      curves: new Map(known.map((of): [string, FleetCurve] => [of.name, of])),
    }),
    notes: [
      ...notes,
      ...(curve !== false && known.length < fleets.length
        ? ['no curve: a trace brings its own lengths, so closed loops cannot draw them']
        : []),
      ...alignmentNotes(alignment),
    ],
  };
}

/** Whole replicas seldom make fleets quite equal. */
function alignmentNotes({ by, unit, fleets }: AlignmentReport): string[] {
  if (by === 'none') return [];
  return fleets
    .filter(({ relative }) => relative !== null && Math.abs(relative - 1) > 0.02)
    .map(
      ({ name, amount, relative }) =>
        `${name} has ${amount?.toPrecision(4)} ${unit}, ${((relative ?? 1) * 100).toFixed(0)} % of ${fleets[0].name}: whole replicas come no closer`,
    );
}

/** Figures that all runs of both have. */
function compareRuns(
  reference: readonly Map<string, number | null>[],
  others: readonly Map<string, number | null>[],
  controls: ReadonlyMap<string, Controls>,
): Record<string, PairedFigure> {
  const figures: Record<string, PairedFigure> = {};
  for (const metric of reference[0]?.keys() ?? []) {
    const a = reference.map((of) => of.get(metric) ?? null).filter((value) => value !== null);
    const b = others.map((of) => of.get(metric) ?? null).filter((value) => value !== null);
    if (a.length !== reference.length || b.length !== a.length) continue;
    figures[metric] = pairedFigure(a, b, controls.get(metric));
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
