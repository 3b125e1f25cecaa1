import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import { randomStream } from '../../engine/random.js';
import type { OpenArrivals } from '../../scenario/traffic-schema.js';
import { arrivalProcess } from '../arrivals/index.js';
import { ArrivalCounter, type TraceDescription } from '../describe/describe.js';
import { type Candidate, candidates } from './candidates.js';
import { type FitTarget, logError, windowWeight } from './fit-mmpp.js';

/** Rounds of correcting the target by what came out of simulating the fit; long traces show what closed forms say. */
const ROUNDS = { short: 4, long: 2 };
/** Runs by which a fit is corrected, and by which it is judged: the figures of one run scatter widely. */
const RUNS = { fit: 20, judge: 60 };
/** Arrivals that one evaluation of a fit may draw. */
const MOST_DRAWS = 1_000_000;
/** Kinds that come so near to the nearest one are judged by more runs. */
const WORTH_A_LOOK = 0.1;
/** Fewer say nothing about how they come. */
const FEWEST_REQUESTS = 20;
/** A kind with more parameters must come nearer by this much. */
const WORTH_MORE_PARAMETERS = 0.02;
/** Nearer than this is luck. */
const GOOD_ENOUGH = 0.02;
/** Farther off than this, another round does not help. */
const HOPELESS = 0.6;
/** Figures that are farther from the trace's are missed. */
const MISSED = 0.25;

/** One figure of the trace and what the fit makes of it. */
export interface FittedFigure {
  name: string;
  trace: number;
  /** Of the rate: in the long run. Of all others: the median of runs as long as the trace. */
  fit: number;
  /** How much it counts in the error, 0 to 1. */
  weight: number;
}

export interface Fit {
  /** Kind of arrivals, in words. */
  name: string;
  arrivals: OpenArrivals;
  figures: FittedFigure[];
  /** How far the rates of runs as long as the trace lie apart: standard deviation over mean. */
  rateSpread: number;
  /** Weighted root mean square of the logarithmic errors: 0.1 is about 10 %. */
  error: number;
}

/**
 * Arrivals as a scenario writes them that come near the dispersion and the CV of a trace. Each kind is fitted by closed forms,
 * simulated over as long a time as the trace took, and fitted again to a target moved by what was missed, since a short trace
 * shows less of a bursty process than there is. The nearest ones are judged by runs of other seeds; the best of them wins, a
 * simpler one at a draw.
 *
 * @returns the winner first, then the others, nearest first
 * @example
 * const [best] = fitArrivals(describeTrace(open));
 * best.arrivals; // { process: 'mmpp', rate: 2.567, states: [...] }
 */
export function fitArrivals(trace: TraceDescription): Fit[] {
  const target = targetOf(trace);
  if (target === undefined) return [];
  const runsOf = (most: number) =>
    Math.max(2, Math.min(most, Math.floor((MOST_DRAWS * most) / RUNS.fit / trace.requests)));
  const rounds = trace.requests > MOST_DRAWS ? ROUNDS.long : ROUNDS.short;
  const fitted = candidates(trace.rateSeries).flatMap((candidate) => {
    const proposals = propose(candidate, target, rounds, runsOf(RUNS.fit));
    return proposals.length === 0 ? [] : [{ proposals, nearest: proposals.reduce(nearer) }];
  });
  const least = Math.min(...fitted.map(({ nearest }) => nearest.error));
  const judge = (fit: Fit, seeds: string) => ({
    ...fit,
    ...simulated(fit.arrivals, target, runsOf(RUNS.judge), seeds),
  });
  let best: Fit | undefined;
  const fits = fitted.map(({ proposals, nearest }) => {
    if (nearest.error > least + WORTH_A_LOOK) return nearest;
    const judged = proposals.map((fit) => judge(fit, 'choice')).reduce(nearer);
    if (best === undefined || judged.error < best.error - WORTH_MORE_PARAMETERS) best = judged;
    return judged;
  });
  // What is said of the winner comes from runs that had no part in making it win.
  const others = fits.filter((fit) => fit !== best).sort((x, y) => x.error - y.error);
  return best === undefined ? others : [judge(best, 'said'), ...others];
}

/** What a kind of arrivals comes to, round by round. */
function propose(candidate: Candidate, target: FitTarget, rounds: number, runs: number): Fit[] {
  const proposals: Fit[] = [];
  let aim = target;
  for (let round = 0; round < rounds; round++) {
    const arrivals = candidate.fit(aim);
    if (arrivals === undefined) break;
    const proposal = { name: candidate.name, arrivals, ...simulated(arrivals, target, runs, 'fit') };
    proposals.push(proposal);
    if (proposal.error < GOOD_ENOUGH || proposal.error > HOPELESS) break;
    aim = corrected(aim, proposal.figures);
  }
  return proposals;
}

function nearer(a: Fit, b: Fit): Fit {
  return b.error < a.error ? b : a;
}

/**
 * The figures that a fit does not reproduce: more than 25 % off.
 *
 * @example missedFigures(best).map(({ name }) => name) // ['IDC at 600 s']
 */
export function missedFigures({ figures }: Fit): FittedFigure[] {
  return figures.filter(({ trace, fit }) => Math.abs(Math.exp(logError(fit, trace)) - 1) > MISSED);
}

/** A figure by its name, and a word of caution where the trace itself hardly knows it. */
export function figureInWords({ name, weight }: FittedFigure): string {
  return weight < 1 ? `${name} (of few windows)` : name;
}

/** Undefined where the trace is too short or its times are too coarse to say anything about bursts. */
function targetOf(trace: TraceDescription): FitTarget | undefined {
  const { gapCv, dispersion } = trace.coarseTimes ?? trace;
  const known = dispersion.flatMap(({ windowSeconds, windows, value }) =>
    value !== null && windows >= 5 ? [{ windowSeconds, windows, value }] : [],
  );
  if (gapCv === null || known.length === 0 || trace.requests < FEWEST_REQUESTS) return undefined;
  const { requestsPerSecond: rate, spanSeconds } = trace;
  return { rate, spanSeconds, gapCv, dispersion: known };
}

/** What runs as long as the trace show, each with a seed of its own. */
function simulated(
  arrivals: OpenArrivals,
  target: FitTarget,
  runs: number,
  seeds: string,
): Pick<Fit, 'figures' | 'rateSpread' | 'error'> {
  const all = Array.from({ length: runs }, (_, run) => {
    const batches = () => randomStream(1, run, `${seeds}/batches`);
    const process = arrivalProcess(arrivals, randomStream(1, run, seeds), { batches });
    const counter = new ArrivalCounter();
    let requests = 0;
    for (let seconds = process.next(); seconds < target.spanSeconds; seconds = process.next()) {
      counter.add(seconds);
      requests++;
    }
    return { ...counter.statistics, rate: requests / target.spanSeconds };
  });
  const middle = (values: (number | null)[]) => median(values.map((value) => value ?? 1));
  const rates = all.map(({ rate }) => rate);
  const figures = [
    { name: 'requests per second', trace: target.rate, fit: arrivals.rate, weight: 0 },
    { name: 'CV of gaps', trace: target.gapCv, fit: middle(all.map(({ gapCv }) => gapCv)), weight: 1 },
    ...target.dispersion.map(({ windowSeconds, windows, value }) => ({
      name: `IDC at ${windowSeconds} s`,
      trace: value,
      fit: middle(
        all.map(({ dispersion }) => dispersion.find((entry) => entry.windowSeconds === windowSeconds)?.value ?? null),
      ),
      weight: windowWeight(windows),
    })),
  ];
  return { figures, rateSpread: sampleStandardDeviation(rates) / mean(rates), error: errorOf(figures) };
}

function errorOf(figures: readonly FittedFigure[]): number {
  let squares = 0;
  let weights = 0;
  for (const { trace, fit, weight } of figures) {
    squares += weight * logError(fit, trace) ** 2;
    weights += weight;
  }
  return Math.sqrt(squares / weights);
}

/** The aim, moved against what the fit missed. */
function corrected(aim: FitTarget, [, cv, ...dispersion]: readonly FittedFigure[]): FitTarget {
  const move = (value: number, { trace, fit }: FittedFigure) =>
    value * Math.min(2, Math.max(0.5, Math.exp(-logError(fit, trace)))) ** 0.7;
  return {
    ...aim,
    gapCv: move(aim.gapCv, cv),
    dispersion: aim.dispersion.map((entry, i) => ({ ...entry, value: move(entry.value, dispersion[i]) })),
  };
}
