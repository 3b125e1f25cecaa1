import { median } from 'simple-statistics';
import { randomStream } from '../../engine/random.js';
import type { OpenArrivals } from '../../scenario/traffic-schema.js';
import { arrivalProcess } from '../arrivals/index.js';
import { ArrivalCounter, type TraceDescription } from '../describe/describe.js';
import { candidates } from './candidates.js';
import type { FitTarget } from './fit-mmpp.js';

/** Rounds of correcting the target by what came out of simulating the fit. */
const ROUNDS = 4;
/** Arrivals that one evaluation may draw. */
const MOST_DRAWS = 1_000_000;
const MOST_RUNS = 20;
/** A kind with more parameters must come nearer by this much. */
const WORTH_MORE_PARAMETERS = 0.02;
/** Nearer than this is luck. */
const GOOD_ENOUGH = 0.02;

/** Farther off than this, another round does not help. */
const HOPELESS = 0.6;

/** One figure of the trace and what the fit makes of it. */
export interface FittedFigure {
  name: string;
  trace: number;
  /** Median of runs as long as the trace. */
  fit: number;
}

export interface Fit {
  /** Kind of arrivals, in words. */
  name: string;
  arrivals: OpenArrivals;
  figures: FittedFigure[];
  /** Root mean square of the logarithmic errors: 0.1 is about 10 %. */
  error: number;
}

/**
 * Arrivals as a scenario writes them that come near the dispersion and the CV of a trace. Each kind is fitted by closed forms,
 * simulated over as long a time as the trace took, and fitted again to a target moved by what was missed, since a short trace
 * shows less of a bursty process than there is. The nearest one wins, a simpler one at a draw.
 *
 * @returns the winner first, then the others, nearest first
 * @example
 * const [best] = fitArrivals(describeTrace(open));
 * best.arrivals; // { process: 'mmpp', rate: 2.567, states: [...] }
 */
export function fitArrivals(trace: TraceDescription): Fit[] {
  const target = targetOf(trace);
  if (target === undefined) return [];
  const runs = Math.max(2, Math.min(MOST_RUNS, Math.floor(MOST_DRAWS / trace.requests)));
  const fits: Fit[] = [];
  let best: Fit | undefined;
  for (const candidate of candidates(trace.requestsPerMinute)) {
    let aim = target;
    let nearest: Fit | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      const arrivals = candidate.fit(aim);
      if (arrivals === undefined) break;
      const figures = simulated(arrivals, target, runs);
      const error = errorOf(figures);
      if (nearest === undefined || error < nearest.error) nearest = { name: candidate.name, arrivals, figures, error };
      if (error < GOOD_ENOUGH || error > HOPELESS) break;
      aim = corrected(aim, figures);
    }
    if (nearest === undefined) continue;
    fits.push(nearest);
    if (best === undefined || nearest.error < best.error - WORTH_MORE_PARAMETERS) best = nearest;
  }
  return fits.sort((a, b) => Number(b === best) - Number(a === best) || a.error - b.error);
}

/** Undefined where the trace is too short or its times are too coarse to say anything about bursts. */
function targetOf(trace: TraceDescription): FitTarget | undefined {
  const { gapCv, dispersion } = trace.coarseTimes ?? trace;
  const known = dispersion.flatMap(({ windowSeconds, windows, value }) =>
    value !== null && value > 0 && windows >= 5 ? [{ windowSeconds, windows, value }] : [],
  );
  if (gapCv === null || known.length === 0) return undefined;
  return { rate: trace.requestsPerSecond, spanSeconds: trace.spanSeconds, gapCv, dispersion: known };
}

/** Medians over runs as long as the trace, each with a seed of its own. */
function simulated(arrivals: OpenArrivals, target: FitTarget, runs: number): FittedFigure[] {
  const all = Array.from({ length: runs }, (_, run) => {
    const process = arrivalProcess(arrivals, randomStream(1, run, 'fit'));
    const counter = new ArrivalCounter();
    for (let seconds = process.next(); seconds < target.spanSeconds; seconds = process.next()) counter.add(seconds);
    return counter.statistics;
  });
  const middle = (values: (number | null)[]) => median(values.map((value) => value ?? 1));
  return [
    { name: 'CV of gaps', trace: target.gapCv, fit: middle(all.map(({ gapCv }) => gapCv)) },
    ...target.dispersion.map(({ windowSeconds, value }) => ({
      name: `IDC at ${windowSeconds} s`,
      trace: value,
      fit: middle(
        all.map(({ dispersion }) => dispersion.find((entry) => entry.windowSeconds === windowSeconds)?.value ?? null),
      ),
    })),
  ];
}

function errorOf(figures: readonly FittedFigure[]): number {
  const squares = figures.map(({ trace, fit }) => Math.log(Math.max(1e-3, fit) / trace) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** The aim, moved against what the fit missed. */
function corrected(aim: FitTarget, figures: readonly FittedFigure[]): FitTarget {
  const [cv, ...dispersion] = figures;
  const move = (value: number, { trace, fit }: FittedFigure) =>
    value * Math.min(2, Math.max(0.5, trace / Math.max(1e-3, fit))) ** 0.7;
  return {
    ...aim,
    gapCv: move(aim.gapCv, cv),
    dispersion: aim.dispersion.map((entry, i) => ({ ...entry, value: move(entry.value, dispersion[i]) })),
  };
}
