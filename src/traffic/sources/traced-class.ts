import { type Random, randomStream } from '../../engine/random.js';
import { InputError } from '../../scenario/input-error.js';
import type { TraceArrivals } from '../../scenario/traffic-schema.js';
import type { ClassDemand } from '../demand.js';
import type { OpenFile } from '../lines.js';
import { hasCoarseTimes, openTrace, traceFormat } from '../traces/index.js';
import { SpreadReader } from '../traces/spread.js';
import { SuperposedReader } from '../traces/superposed.js';
import { ThinnedReader } from '../traces/thinned.js';
import { summarizeTrace, type TraceReader, type TraceSummary } from '../traces/trace-reader.js';
import { WindowReader } from '../traces/window.js';
import { TraceSource } from './trace.js';

export interface TracedClass {
  name: string;
  arrivals: TraceArrivals;
  maxOutputTokens: number | undefined;
  priority?: number | undefined;
  /** Path of the class's rate in the scenario, for messages. */
  rateKey: string;
}

export interface TraceOptions {
  seed: number;
  replication: number;
  openFile: OpenFile;
  /** First passes that other classes have made already, by what they read. */
  summaries: Map<string, TraceSummary>;
}

/**
 * The demand of a class that plays a trace. In this order: window, spread of coarse times, a share kept, copies, change of
 * speed. Its random streams are `spread/<class>` and `thinning/<class>`.
 */
export function tracedClass(of: TracedClass, { seed, replication, openFile, summaries }: TraceOptions): ClassDemand {
  const { name, arrivals, maxOutputTokens, priority } = of;
  const { file, columns, blockTokens, skipBadLines, window, keep = 1, copies = 1, rate, speedup } = arrivals;
  const format = traceFormat(arrivals.format, file, openFile);
  const open = (): TraceReader => {
    const rows = openTrace(format, openFile(file), file, { columns, blockTokens, skipBadLines });
    return window === undefined ? rows : new WindowReader(rows, file, window.from, window.to ?? Infinity);
  };

  // A first pass over the whole file finds what is broken in it, its rate and its longest answer.
  const known = JSON.stringify([format, file, columns, blockTokens, skipBadLines, window]);
  const summary = summaries.get(known) ?? summarizeTrace(open());
  summaries.set(known, summary);

  const stream = (purpose: string): Random => randomStream(seed, replication, `${purpose}/${name}`);
  const mode = arrivals.spread === 'auto' ? (hasCoarseTimes(format) ? 'random' : 'off') : arrivals.spread;
  const spreads = mode !== 'off' && summary.tickSeconds > 0;
  const prepared = (thinning: Random): TraceReader => {
    let rows = open();
    // A stream of its own at every opening: all copies are copies of the same requests.
    if (spreads) rows = new SpreadReader(rows, summary.tickSeconds, mode, stream('spread'));
    return keep < 1 ? new ThinnedReader(rows, keep, thinning) : rows;
  };
  const thinning = stream('thinning');
  const trace =
    copies === 1
      ? prepared(thinning)
      : new SuperposedReader(() => prepared(stream('thinning')), copies, summary.periodSeconds || 1);
  const factor = rate === undefined ? (speedup ?? 1) : rate / (ownRate(summary, file, of.rateKey) * keep * copies);
  const source = new TraceSource(trace, factor, maxOutputTokens ?? Infinity);
  return {
    name,
    priority,
    source,
    outputLimit: maxOutputTokens ?? summary.longestOutputTokens,
    notes: () => [...skippedNotes(summary, file), ...cutNotes(source, name, maxOutputTokens)],
  };
}

/** Mean rate of a trace, requests per second: over its period, so that the gap behind the last request counts like all others. */
function ownRate({ requests, spanSeconds, periodSeconds }: TraceSummary, file: string, key: string): number {
  if (spanSeconds > 0) return requests / periodSeconds;
  throw new InputError({
    message: `the trace ${file} cannot be rescaled to a rate: all its requests come at the same time`,
    key,
    hint: 'leave rate out',
  });
}

function skippedNotes({ skipped, requests }: TraceSummary, file: string): string[] {
  const { count, first } = skipped;
  if (count === 0) return [];
  const reason = first === undefined ? '' : `; the first is line ${first.line}: ${first.message}`;
  return [`${file}: ${count} of ${requests + count} lines are broken and were left out${reason}`];
}

function cutNotes(source: TraceSource, name: string, maxOutputTokens: number | undefined): string[] {
  const { answers, cutAnswers, cutTokens, meanAnswerTokens: mean } = source;
  if (maxOutputTokens === undefined || cutAnswers === 0) return [];
  const [before, after] = [mean, mean - cutTokens / answers].map((tokens) => Number(tokens.toPrecision(3)));
  const cut = `maxOutputTokens ${maxOutputTokens} cuts ${cutAnswers} of ${answers} answers`;
  return [`class ${name}: ${cut}, which lowers their mean from ${before} to ${after} tokens`];
}
