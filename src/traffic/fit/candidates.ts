import type { OpenArrivals } from '../../scenario/traffic-schema.js';
import type { ModulationState } from '../arrivals/markov-modulated.js';
import { type FitTarget, fitMmpp } from './fit-mmpp.js';

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
 * @param requestsPerMinute of the trace, for kinds that follow its rate
 */
export function candidates(requestsPerMinute: readonly number[]): Candidate[] {
  return [
    { name: 'poisson', parameters: 1, fit: ({ rate }) => ({ process: 'poisson', rate: digits(rate) }) },
    {
      name: 'gamma',
      parameters: 2,
      fit: ({ rate, gapCv }) => ({ process: 'gamma', rate: digits(rate), cv: digits(clampCv(gapCv)) }),
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
    ...curves(requestsPerMinute).flatMap(curveCandidates),
  ];
}

interface FittedCurve {
  curve: { shape: 'steps'; levels: [number, number][]; period: number };
  levels: readonly number[];
  stepSeconds: number;
}

function curveCandidates(of: FittedCurve): Candidate[] {
  const parameters = of.levels.length;
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

/** The trace's own rate in steps of equal length: long ones, and as short as can be read. */
function curves(requestsPerMinute: readonly number[]): FittedCurve[] {
  const shortest = Math.max(1, Math.ceil(requestsPerMinute.length / MOST_LEVELS));
  return [10, 3, 1].flatMap((factor) => {
    const minutes = factor * shortest;
    const steps = Math.floor(requestsPerMinute.length / minutes);
    if (steps < 5) return [];
    const levels = Array.from({ length: steps }, (_, i) =>
      requestsPerMinute.slice(i * minutes, (i + 1) * minutes).reduce((sum, count) => sum + count, 0),
    );
    const stepSeconds = 60 * minutes;
    const pairs = levels.map((level, i): [number, number] => [i * stepSeconds, level]);
    return { curve: { shape: 'steps', levels: pairs, period: steps * stepSeconds }, levels, stepSeconds };
  });
}

/** What is left of a target for the process under the curve: its dispersion without that of the curve. */
function residual(target: FitTarget, { levels, stepSeconds }: FittedCurve): FitTarget {
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  const variance = levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / (levels.length - 1);
  const dispersion = target.dispersion
    .filter(({ windowSeconds }) => windowSeconds <= stepSeconds)
    .map(({ windowSeconds, windows, value }) => {
      // The levels are counts themselves, so a part of their variance is that of a Poisson process.
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
