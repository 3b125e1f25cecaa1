import type { OpenArrivals } from '../../scenario/traffic-schema.js';
import type { ModulationState } from '../arrivals/markov-modulated.js';
import type { TraceDescription } from '../describe/describe.js';
import { type FitTarget, fitMmpp, logError, windowWeight } from './fit-mmpp.js';

/** A kind of arrivals that can be fitted, simplest first. */
export interface Candidate {
  name: string;
  /** Numbers that are fitted. */
  parameters: number;
  /** The arrivals nearest to a target; undefined where the kind cannot come near it. */
  fit(target: FitTarget): OpenArrivals | undefined;
}

/** Levels of a fitted rate curve: few enough to read, each at least a minute. */
const MOST_LEVELS = 60;

/**
 * All kinds that are tried.
 *
 * @param series of the trace, for kinds that follow its rate
 */
export function candidates(series: TraceDescription['rateSeries']): Candidate[] {
  return [
    { name: 'poisson', parameters: 1, fit: ({ rate }) => ({ process: 'poisson', rate: digits(rate) }) },
    {
      name: 'gamma',
      parameters: 2,
      fit: ({ rate, gapCv }) => ({ process: 'gamma', rate: digits(rate), cv: digits(clampCv(gapCv)) }),
    },
    {
      name: 'weibull',
      parameters: 2,
      fit: ({ rate, gapCv }) => ({ process: 'weibull', rate: digits(rate), cv: digits(clampCv(gapCv)) }),
    },
    {
      name: 'poisson in batches of one size',
      parameters: 2,
      fit: (target) => batches(target, (dispersion) => ({ size: Math.round(dispersion) })),
    },
    {
      name: 'poisson in geometric batches',
      parameters: 2,
      fit: (target) => batches(target, (dispersion) => ({ mean: digits((dispersion + 1) / 2) })),
    },
    {
      name: 'on-off',
      parameters: 3,
      fit: (target) => {
        const [on, off] = fitMmpp('on-off', target);
        return { process: 'on-off', rate: digits(target.rate), on: digits(on.sojourn), off: digits(off.sojourn) };
      },
    },
    { name: 'mmpp of 2 states', parameters: 4, fit: (target) => mmpp(target.rate, fitMmpp(2, target)) },
    { name: 'mmpp of 3 states', parameters: 6, fit: (target) => mmpp(target.rate, fitMmpp(3, target)) },
    ...curves(series).flatMap(curveCandidates),
  ];
}

/** Batches have one dispersion at all windows: it is theirs. Where that is near 1 there are none. */
function batches(
  { rate, dispersion }: FitTarget,
  sizes: (dispersion: number) => { size: number } | { mean: number },
): OpenArrivals | undefined {
  let logs = 0;
  let weights = 0;
  for (const { windows, value } of dispersion) {
    logs += windowWeight(windows) * logError(value, 1);
    weights += windowWeight(windows);
  }
  const mean = Math.exp(logs / weights);
  return mean < 1.5 ? undefined : { process: 'poisson', rate: digits(rate), batch: sizes(mean) };
}

interface FittedCurve {
  curve: { shape: 'steps'; levels: [number, number][]; period: number };
  /** Requests in each step that has its whole length. */
  counts: readonly number[];
  stepSeconds: number;
}

function curveCandidates(of: FittedCurve): Candidate[] {
  const parameters = of.curve.levels.length;
  const name = `rate curve of ${parameters} steps`;
  return [
    {
      name: `${name} x poisson`,
      parameters: parameters + 1,
      fit: ({ rate }) => ({ process: 'poisson', rate: digits(rate), curve: of.curve }),
    },
    {
      name: `${name} x gamma`,
      parameters: parameters + 2,
      fit: (target) => {
        // Over windows long against a gap the dispersion of a renewal process is the square of its CV.
        const [, tens] = residual(target, of).dispersion;
        const cv = Math.sqrt(Math.max(0.05, tens?.value ?? 1));
        return { process: 'gamma', rate: digits(target.rate), cv: digits(clampCv(cv)), curve: of.curve };
      },
    },
    {
      name: `${name} x mmpp of 2 states`,
      parameters: parameters + 4,
      fit: (target) => ({ ...mmpp(target.rate, fitMmpp(2, residual(target, of))), curve: of.curve }),
    },
  ];
}

function mmpp(rate: number, states: readonly ModulationState[]): Extract<OpenArrivals, { process: 'mmpp' }> {
  return {
    process: 'mmpp',
    rate: digits(rate),
    states: states.map((state) => ({ rate: digits(state.rate), sojourn: digits(state.sojourn) })),
  };
}

/** The trace's own rate in steps of equal length (the last one may be shorter): long ones, and as short as can be read. */
function curves({ intervalSeconds, requests }: TraceDescription['rateSeries']): FittedCurve[] {
  const shortest = Math.max(1, Math.ceil(requests.length / MOST_LEVELS));
  return [10, 3, 1].flatMap((factor) => {
    const bins = factor * shortest;
    const steps = Math.ceil(requests.length / bins);
    if (requests.length < 5 * bins) return [];
    const parts = Array.from({ length: steps }, (_, i) => requests.slice(i * bins, (i + 1) * bins));
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    const stepSeconds = intervalSeconds * bins;
    // Requests per step, whatever its length: only proportions count.
    const levels = parts.map((part, i): [number, number] => [
      i * stepSeconds,
      digits((sum(part) * bins) / part.length),
    ]);
    const counts = parts.filter((part) => part.length === bins).map(sum);
    return { curve: { shape: 'steps', levels, period: requests.length * intervalSeconds }, counts, stepSeconds };
  });
}

/** What is left of a target for the process under the curve: its dispersion without that of the curve. */
function residual(target: FitTarget, { counts, stepSeconds }: FittedCurve): FitTarget {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
  const dispersion = target.dispersion
    .filter(({ windowSeconds }) => windowSeconds <= stepSeconds)
    .map(({ windowSeconds, windows, value }) => {
      // Counts vary by themselves, so a part of their variance is that of a Poisson process.
      const ofCurve = ((Math.max(0, variance - mean) / mean) * windowSeconds) / stepSeconds;
      return { windowSeconds, windows, value: Math.max(1.01, value - ofCurve) };
    });
  return { ...target, dispersion };
}

function clampCv(cv: number): number {
  return Math.min(100, Math.max(0.01, cv));
}

/** Four significant digits: no fit knows more. */
function digits(value: number): number {
  return Number(value.toPrecision(4));
}
