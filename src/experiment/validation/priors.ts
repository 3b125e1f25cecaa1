import type { Coefficients } from '../../perf/index.js';
import { levelNames } from '../../perf/index.js';
import { coefficientNames, type FitRun, matters, type Parameters } from './fit.js';

type Name = keyof Coefficients;

/** Prior standard deviation by kind of level, of logarithms: what all runs share may move most. */
const SPREADS = { all: 0.3, one: 0.12, two: 0.12, group: 0.2, class: 0.25, release: 0.04 } as const;
/** What a release changes most is its host code, whose times no kernel table knows, and which knows little of models. */
const HOST: readonly Name[] = [
  'stepSeconds',
  'sequenceSeconds',
  'requestSeconds',
  'requestTokenSeconds',
  'handoverSeconds',
  'sendStepSeconds',
  'sendTokenSeconds',
  'admissionSteps',
];
const HOST_RELEASE_SPREAD = 0.1;

/**
 * Share of its spread that a coefficient has at a level, by the number of different models whose runs tell of it there. What is
 * peculiar to a stack or a GPU shows only across models: with one, its peculiarities would be taken for theirs, and predict other
 * models worse than no fit at all. Chosen by leaving models out.
 */
const BY_MODELS = [0.15, 0.3, 0.5, 0.7, 0.85, 1] as const;

/** The hand-over goes the same way through the same hosts whatever the GPU: what differs in TTFT by group is mostly something else. */
const HANDOVER = 0.25;

/** Of a refinement by a few runs: what others share is all but fixed. */
const FIXED = 0.02;

/** Prior standard deviations of the logarithms of all values, in the order of {@link Parameters}. */
export function priorSpreads(parameters: Parameters, fitted: readonly FitRun[], refines: boolean): Float64Array {
  const models = refines ? undefined : modelsByValue(fitted);
  return Float64Array.from(
    parameters.levels.flatMap((level) =>
      coefficientNames.map((name) => priorSpread(level, name, models?.get(valueKey(level, name))?.size)),
    ),
  );
}

/**
 * Prior standard deviation of a coefficient's logarithm at a level.
 *
 * @param models number of different models that tell of it; undefined where runs refine a calibration
 */
export function priorSpread(level: string, name: Name, models: number | undefined): number {
  const kind = kindOf(level);
  const isHost = HOST.includes(name);
  // Times are known less well than ratios.
  const spread =
    (name.endsWith('Seconds') || name === 'admissionSteps' ? 1.6 : 1) *
    (name === 'handoverSeconds' && kind !== 'all' ? HANDOVER : 1) *
    (kind === 'release' && isHost ? HOST_RELEASE_SPREAD : SPREADS[kind]);
  if (models === undefined) return kind === 'group' || kind === 'class' ? spread : FIXED * spread;
  // All runs share the first, and the last is of one kind of model by its name.
  if (kind === 'all' || kind === 'class') return spread;
  const share = BY_MODELS[Math.min(models, BY_MODELS.length) - 1] ?? BY_MODELS[0];
  return spread * (isHost ? Math.sqrt(share) : share);
}

function kindOf(level: string): keyof typeof SPREADS {
  if (level === 'all') return 'all';
  if (level.includes('@')) return 'release';
  // A group is named by three words, a class by five.
  return (['one', 'two', 'group', 'group', 'class'] as const)[level.split(' ').length - 1];
}

function modelsByValue(fitted: readonly FitRun[]): Map<string, Set<string>> {
  const models = new Map<string, Set<string>>();
  for (const { run } of fitted) {
    const levels = levelNames(run);
    for (const name of coefficientNames) {
      if (!matters(name, run)) continue;
      for (const level of levels) {
        const key = valueKey(level, name);
        const known = models.get(key);
        if (known === undefined) models.set(key, new Set([run.shapes]));
        else known.add(run.shapes);
      }
    }
  }
  return models;
}

function valueKey(level: string, name: Name): string {
  return `${level}|${name}`;
}
