import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../scenario/input-error.js';
import { didYouMean } from '../../scenario/suggest.js';
import { COMPARED, type ComparedFigure, figuresOf } from '../compare/figures.js';
import { studentInterval } from '../intervals.js';
import type { ExpectationOutcome, ResultDocument, Summary } from '../result.js';
import { readResult } from '../results/read.js';
import type { Executor } from '../sweep/executor.js';
import type { SimulationTask } from '../sweep/task.js';
import { type PairedRuns, pairedRuns } from './paired-runs.js';

/** What a change must not make worse; the other figures follow from these. */
const WATCHED = COMPARED.filter(({ metric }) =>
  [
    'goodput.attainment',
    'ttftMs.p99',
    'tpotMs.p99',
    'throughput.outputTokensPerSecondPerGpu',
    'cost.usdPerMillionGoodOutputTokens',
  ].includes(metric),
);
/** A stored figure that comes out again to this share was computed by the same code. */
const SAME = 1e-9;

export type Baseline = Pick<ResultDocument, 'scenario' | 'summary' | 'intervals' | 'replications'>;
type Result = Pick<ResultDocument, 'summary' | 'intervals'>;

/**
 * Results to hold others against, by the names of their scenarios. Of several with the same name the last counts: folders
 * are named after times.
 *
 * @param path a `result.json`, or a folder that holds some, however deep
 * @throws InputError where there are none
 * @example readBaselines('results').get('quickstart')?.summary.ttftMs.p99
 */
export function readBaselines(path: string): ReadonlyMap<string, Baseline> {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw new InputError({ file: path, message: 'there is no such baseline' });
  const files = status.isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((file) => /(^|[\\/])result\.json$/.test(file))
        .sort()
        .map((file) => join(path, file))
    : [path];
  const baselines = new Map<string, Baseline>();
  for (const file of files) {
    const document = readResult(file);
    baselines.set(document.scenario.name, document);
  }
  if (baselines.size > 0) return baselines;
  const hint = 'goodput run SCENARIO --out writes one';
  throw new InputError({ file: path, message: 'holds no result.json to compare with', hint });
}

/** What became of a result beside its baseline. */
export interface BaselineOutcome {
  /** An expectation per figure that is watched. */
  expectations: ExpectationOutcome[];
  notes: string[];
}

/**
 * Holds results against baselines. A figure fails where it got worse by more than the tolerance and that is no chance: figures
 * that look worse are looked at again in pairs of runs, see {@link againstBaseline}.
 *
 * @param tolerance share of the baseline, such as 0.05
 */
export function baselineJudge(baselines: ReadonlyMap<string, Baseline>, tolerance: number, executor: Executor) {
  return async (task: SimulationTask, document: ResultDocument): Promise<BaselineOutcome> => {
    const { name } = document.scenario;
    const baseline = baselines.get(name);
    if (baseline === undefined) {
      const hint = didYouMean(name, baselines.keys());
      return { expectations: [], notes: [`there is no baseline of ${name}${hint === undefined ? '' : `; ${hint}`}`] };
    }
    const look = (pairs?: PairedRuns) => againstBaseline(document, baseline, tolerance, pairs);
    const pairs = looksWorse(document, baseline, tolerance) ? await pairedRuns(task, baseline, executor) : undefined;
    return { expectations: look(pairs), notes: [] };
  };
}

/** Whether a figure is worse than the tolerance allows, be it by chance. */
function looksWorse(document: Result, baseline: Result, tolerance: number): boolean {
  const plain = (of: Result): Result => ({ summary: of.summary });
  return againstBaseline(plain(document), plain(baseline), tolerance).some(({ pass }) => !pass);
}

/**
 * Whether a result is worse than its baseline by more than a tolerance, as an expectation per figure. Only what is left of the
 * change beyond chance counts. How much chance there is, in this order:
 *
 * * pairs of runs that saw the same requests say what the change does on average, where the code still gives the stored figure;
 * * where it does not, the intervals of both results, else how much the pairs differ among each other;
 * * without any of them, none.
 */
export function againstBaseline(
  document: Result,
  baseline: Result & Pick<ResultDocument, 'replications'>,
  tolerance: number,
  pairs?: PairedRuns,
): ExpectationOutcome[] {
  const figures = [baseline, document].map(({ summary }) => figuresOf(summary));
  const spreads = [baseline, document].map(({ intervals }) => intervals && figuresOf(intervals as Summary));
  return WATCHED.flatMap(({ metric, better }) => {
    const [reference, value] = figures.map((of) => of.get(metric) ?? null);
    if (reference === null) return [];
    const halfWidths = spreads.map((spread) => spread?.get(metric) ?? null);
    const change = changeOf(metric, reference, value, halfWidths, baseline.replications ?? 1, pairs);
    return [judged({ metric, better }, reference, value, tolerance, change)];
  });
}

/** How a figure differs from the stored one, in its unit. */
interface Change {
  difference: number;
  halfWidth: number;
  /** Pairs of runs that say so; 0 where it is the difference of the two results. */
  pairs: number;
}

function changeOf(
  metric: string,
  reference: number,
  value: number | null,
  halfWidths: readonly (number | null)[],
  replications: number,
  pairs: PairedRuns | undefined,
): Change | null {
  if (value === null) return null;
  const difference = value - reference;
  const differences = pairs === undefined ? [] : pairedDifferences(metric, pairs);
  if (pairs !== undefined && differences.length > 1) {
    const again = studentInterval(valuesOf(metric, pairs.before.slice(0, replications))).mean;
    const { mean, halfWidth } = studentInterval(differences);
    if (halfWidth !== null) {
      if (Math.abs(again - reference) <= SAME * Math.abs(reference)) {
        return { difference: mean, halfWidth, pairs: differences.length };
      }
      if (halfWidths.includes(null)) {
        return { difference, halfWidth: halfWidth * Math.sqrt(differences.length), pairs: 0 };
      }
    }
  }
  return { difference, halfWidth: Math.hypot(...halfWidths.map((width) => width ?? 0)), pairs: 0 };
}

function pairedDifferences(metric: string, { before, now }: PairedRuns): number[] {
  const [old, young] = [before, now].map((runs) => runs.map((summary) => figuresOf(summary).get(metric) ?? null));
  return young.flatMap((value, i) => {
    const reference = old[i];
    return value === null || reference === null || reference === undefined ? [] : [value - reference];
  });
}

function valuesOf(metric: string, runs: readonly Summary[]): number[] {
  return runs.flatMap((summary) => figuresOf(summary).get(metric) ?? []);
}

function judged(
  { metric, better }: ComparedFigure,
  reference: number,
  value: number | null,
  tolerance: number,
  change: Change | null,
): ExpectationOutcome {
  const short = (number: number) => String(Number(number.toPrecision(6)));
  const limit = `no more than ${short(tolerance * 100)} % worse than the baseline's ${short(reference)}`;
  if (change === null) return { metric, limit, value, pass: false };
  const { difference, halfWidth, pairs } = change;
  const worse = better === 'more' ? -difference : difference;
  const noise = halfWidth > 0 ? `, give or take ${short(halfWidth)}` : '';
  const direction = worse > 0 ? 'worse' : 'better';
  const mean = `; over ${pairs} pairs of runs it is ${short(Math.abs(difference))} ${direction}${noise}`;
  return {
    metric,
    limit: limit + (pairs > 0 ? mean : noise),
    value,
    pass: worse - halfWidth <= tolerance * Math.abs(reference),
  };
}
