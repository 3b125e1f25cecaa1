import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../scenario/input-error.js';
import { COMPARED, type ComparedFigure, figuresOf } from '../compare/figures.js';
import type { ExpectationOutcome, ResultDocument, Summary } from '../result.js';
import { readResult } from '../results/read.js';

/** What a change must not make worse; the other figures follow from these. */
const WATCHED = [
  'goodput.attainment',
  'ttftMs.p99',
  'tpotMs.p99',
  'throughput.outputTokensPerSecondPerGpu',
  'cost.usdPerMillionGoodOutputTokens',
];

type Baseline = Pick<ResultDocument, 'summary' | 'intervals'>;

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

/**
 * Whether a result is worse than its baseline by more than a tolerance, as an expectation per figure. Where the results
 * have intervals, only what is left of the change beyond them counts: noise is no regression.
 *
 * @param tolerance share of the baseline, such as 0.05
 */
export function againstBaseline(document: Baseline, baseline: Baseline, tolerance: number): ExpectationOutcome[] {
  const [before, now] = [figuresOf(baseline.summary), figuresOf(document.summary)];
  const spreads = [baseline, document].map(({ intervals }) =>
    intervals === undefined ? new Map<string, number | null>() : figuresOf(intervals as Summary),
  );
  return COMPARED.filter(({ metric }) => WATCHED.includes(metric)).flatMap(({ metric, better }) => {
    const reference = before.get(metric) ?? null;
    if (reference === null) return [];
    const halfWidth = Math.hypot(...spreads.map((spread) => spread.get(metric) ?? 0));
    const value = now.get(metric) ?? null;
    return [judged({ metric, better }, reference, value, tolerance, halfWidth)];
  });
}

function judged(
  { metric, better }: ComparedFigure,
  reference: number,
  value: number | null,
  tolerance: number,
  halfWidth: number,
): ExpectationOutcome {
  const worse = value === null ? Number.POSITIVE_INFINITY : better === 'more' ? reference - value : value - reference;
  const short = (number: number) => String(Number(number.toPrecision(6)));
  const noise = halfWidth > 0 ? `, give or take ${short(halfWidth)}` : '';
  return {
    metric,
    limit: `no more than ${short(tolerance * 100)} % worse than the baseline's ${short(reference)}${noise}`,
    value,
    pass: worse - halfWidth <= tolerance * Math.abs(reference),
  };
}
