import { randomStream } from '../../engine/random.js';
import { SpreadReader } from '../traces/spread.js';
import { Ticks } from '../traces/ticks.js';
import type { SkippedLines, TraceReader } from '../traces/trace-reader.js';
import { Dispersion } from './dispersion.js';
import { Gaps, SILENCE_SECONDS } from './gaps.js';
import { LengthCounts } from './length-counts.js';
import { PrefixReuse } from './prefix-reuse.js';
import { RateSeries } from './rate-series.js';

/** Windows of the index of dispersion, seconds. */
export const DISPERSION_WINDOWS = [1, 10, 60, 600] as const;
/** Sizes of the caches for which prefix reuse is worked out, blocks. */
const CACHE_BLOCKS = [1000, 10_000, 50_000];
/**
 * Shares at which length quantiles are listed. Lengths drawn from them by straight lines must keep their mean: dense where the
 * tail bends.
 */
export const LENGTH_SHARES: readonly number[] = [
  0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.985, 0.99, 0.9925,
  0.995, 0.9975, 0.999, 0.9995, 1,
];

/** How arrivals come. */
export interface ArrivalStatistics {
  /** Coefficient of variation of the gaps; null where there are too few. */
  gapCv: number | null;
  /** Index of dispersion of counts; null where the trace has fewer than two such windows. */
  dispersion: { windowSeconds: number; windows: number; value: number | null }[];
}

export interface LengthStatistics {
  mean: number;
  cv: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
  /** Pairs [share, tokens]. */
  quantiles: [share: number, tokens: number][];
}

/** What a trace looks like; all of it is statistics, none of it is the trace. */
export interface TraceDescription extends ArrivalStatistics {
  requests: number;
  /** From the first request to the last. */
  spanSeconds: number;
  /** Requests over span. */
  requestsPerSecond: number;
  /** Requests in the busiest minute over those of the mean one; null for less than a minute. */
  peakToMeanPerMinute: number | null;
  /** Requests in each whole interval: a minute, or more of a long trace. */
  rateSeries: { intervalSeconds: number; requests: number[] };
  silences: { longerThanSeconds: number; count: number; shareOfTime: number; longestSeconds: number };
  inputTokens: LengthStatistics;
  outputTokens: LengthStatistics;
  /** Spearman's rank correlation of prompt and answer lengths; null where one of them never varies. */
  rankCorrelation: number | null;
  /** Where times are rounded coarsely: to what, and the arrivals once they are spread at random inside a tick. */
  coarseTimes: ({ tickSeconds: number } & ArrivalStatistics) | null;
  /** Where the trace knows what its prompts have in common. */
  prefixReuse: {
    tokensPerBlock: number;
    blocks: number;
    /** Null where they are too many to be followed. */
    differentBlocks: number | null;
    /** Share of all blocks that an unlimited cache would have held; null likewise. */
    unlimited: number | null;
    lru: { cacheBlocks: number; hitShare: number }[];
  } | null;
  skippedLines: SkippedLines;
}

/**
 * Describes a trace, in two passes over it (ranks need the whole to be known) and a third where its times are coarse. Memory
 * follows the different lengths and, up to a bound, the different prefix blocks, not the requests.
 *
 * @param open opens the trace from its start
 * @example
 * const { gapCv, dispersion } = describeTrace(() => new AzureTraceReader(openFile('code.csv'), 'code.csv'));
 */
export function describeTrace(open: () => TraceReader): TraceDescription {
  const trace = open();
  const arrivals = new ArrivalCounter();
  const ticks = new Ticks();
  const inputs = new LengthCounts();
  const outputs = new LengthCounts();
  const unlimited = new PrefixReuse(Infinity);
  const caches = CACHE_BLOCKS.map((blocks) => new PrefixReuse(blocks));
  const series = new RateSeries();
  let first = 0;
  let spanSeconds = 0;
  while (trace.next()) {
    if (inputs.total === 0) first = trace.seconds;
    const seconds = trace.seconds - first;
    spanSeconds = seconds;
    arrivals.add(seconds);
    ticks.add(seconds);
    series.add(seconds);
    inputs.add(trace.inputTokens);
    outputs.add(trace.outputTokens);
    if (trace.prefix === undefined) continue;
    unlimited.add(trace.prefix);
    for (const cache of caches) cache.add(trace.prefix);
  }

  const requests = inputs.total;
  const { gaps, minute } = arrivals;
  return {
    requests,
    spanSeconds,
    requestsPerSecond: spanSeconds > 0 ? requests / spanSeconds : 0,
    ...arrivals.statistics,
    peakToMeanPerMinute: minute.mean > 0 ? minute.peak / minute.mean : null,
    rateSeries: { intervalSeconds: series.intervalSeconds, requests: series.whole },
    silences: {
      longerThanSeconds: SILENCE_SECONDS,
      count: gaps.silences,
      shareOfTime: spanSeconds > 0 ? gaps.silentSeconds / spanSeconds : 0,
      longestSeconds: gaps.longestSeconds,
    },
    inputTokens: lengthStatistics(inputs),
    outputTokens: lengthStatistics(outputs),
    rankCorrelation: rankCorrelation(open(), inputs, outputs),
    coarseTimes: ticks.seconds > 0 ? spreadStatistics(open(), ticks.seconds) : null,
    prefixReuse:
      trace.prefix === undefined || unlimited.blocks === 0
        ? null
        : {
            tokensPerBlock: trace.prefix.tokensPerBlock,
            blocks: unlimited.blocks,
            differentBlocks: unlimited.followed ? unlimited.size : null,
            unlimited: unlimited.followed ? unlimited.hitShare : null,
            lru: caches.map((cache) => ({ cacheBlocks: cache.capacity, hitShare: cache.hitShare })),
          },
    skippedLines: trace.skipped,
  };
}

/** Gaps and counts of one stream of arrivals. */
export class ArrivalCounter {
  readonly gaps = new Gaps();
  private readonly windows = DISPERSION_WINDOWS.map((seconds) => new Dispersion(seconds));

  add(seconds: number): void {
    this.gaps.add(seconds);
    for (const window of this.windows) window.add(seconds);
  }

  get minute(): Dispersion {
    return this.windows[DISPERSION_WINDOWS.indexOf(60)];
  }

  get statistics(): ArrivalStatistics {
    return {
      gapCv: this.gaps.cv,
      dispersion: this.windows.map(({ windowSeconds, windows, value }) => ({ windowSeconds, windows, value })),
    };
  }
}

/** A fixed stream: describing a trace twice says the same. */
function spreadStatistics(rows: TraceReader, tickSeconds: number): TraceDescription['coarseTimes'] {
  const spread = new SpreadReader(rows, tickSeconds, 'random', randomStream(1, 0, 'describe/spread'));
  const arrivals = new ArrivalCounter();
  let first = Number.NaN;
  while (spread.next()) {
    if (Number.isNaN(first)) first = spread.seconds;
    arrivals.add(spread.seconds - first);
  }
  return { tickSeconds, ...arrivals.statistics };
}

function lengthStatistics(counts: LengthCounts): LengthStatistics {
  return {
    mean: counts.mean,
    cv: counts.cv,
    p50: counts.quantile(0.5),
    p90: counts.quantile(0.9),
    p99: counts.quantile(0.99),
    max: counts.quantile(1),
    quantiles: LENGTH_SHARES.map((share) => [share, Math.round(counts.quantile(share))]),
  };
}

/** Correlation of the ranks, ties sharing theirs. */
function rankCorrelation(trace: TraceReader, inputs: LengthCounts, outputs: LengthCounts): number | null {
  const middle = (inputs.total + 1) / 2;
  let products = 0;
  while (trace.next()) {
    products += (inputs.rank(trace.inputTokens) - middle) * (outputs.rank(trace.outputTokens) - middle);
  }
  const scale = Math.sqrt(inputs.rankSquares * outputs.rankSquares);
  return scale > 0 ? products / scale : null;
}
