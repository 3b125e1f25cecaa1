import { type Random, randomStream } from '../engine/random.js';
import { InputError } from '../scenario/input-error.js';
import type { Arrivals, Scenario, ThinkTime as ThinkTimeChoice, TrafficClass } from '../scenario/schema.js';
import { arrivalProcess } from './arrivals/index.js';
import type { ClassDemand } from './demand.js';
import { boundedLengths } from './lengths/index.js';
import type { OpenFile } from './lines.js';
import { ClosedLoopSource } from './sources/closed-loop.js';
import { GeneratedSource } from './sources/generated.js';
import { TraceSource } from './sources/trace.js';
import { ConstantThinkTime, ExponentialThinkTime, type ThinkTime } from './think-time.js';
import { openTrace } from './traces/index.js';
import { summarizeTrace, type TraceSummary } from './traces/trace-reader.js';

export interface DemandOptions {
  /** Seed of the scenario. */
  seed: number;
  /** 0 for a single run. */
  replication: number;
  /** Opens trace and length files by their path in the scenario; called twice for a trace. */
  openFile: OpenFile;
}

type TraceArrivals = Extract<Arrivals, { process: 'trace' }>;

/**
 * The demand of a scenario, ready to be drawn: one source per traffic class. Each class has random streams of its own, named
 * after it (`arrivals/<class>`, `lengths/<class>/input`, `lengths/<class>/output`, `think/<class>`), so neither the fleet
 * nor another class ever changes what it asks for.
 *
 * @example
 * const [chat] = buildDemand(scenario.traffic, { seed: 42, replication: 0, openFile });
 * if (chat.source.kind === 'open') while (chat.source.next()) console.log(chat.source.arrivalSeconds);
 */
export function buildDemand(traffic: Scenario['traffic'], options: DemandOptions): ClassDemand[] {
  const summaries = new Map<string, TraceSummary>();
  return traffic.map((entry, index) =>
    entry.arrivals.process === 'trace'
      ? tracedClass(entry, entry.arrivals, `traffic[${index}].arrivals.rate`, summaries, options)
      : drawnClass(entry, entry.arrivals, options),
  );
}

function drawnClass(
  { name, input, output, maxOutputTokens }: TrafficClass,
  arrivals: Exclude<Arrivals, TraceArrivals>,
  { seed, replication, openFile }: DemandOptions,
): ClassDemand {
  // The schema gives lengths to every class but a trace.
  if (input === undefined || output === undefined) throw new Error(`class ${name} has no lengths`);
  const stream = (purpose: string) => randomStream(seed, replication, purpose);
  const prompts = boundedLengths(input, stream(`lengths/${name}/input`), openFile).sampler;
  const answers = boundedLengths(output, stream(`lengths/${name}/output`), openFile);
  const cut = maxOutputTokens ?? Infinity;
  const source =
    arrivals.process === 'closed-loop'
      ? new ClosedLoopSource(
          arrivals.users,
          thinkTime(arrivals.think, stream(`think/${name}`)),
          prompts,
          answers.sampler,
          cut,
        )
      : new GeneratedSource(arrivalProcess(arrivals, stream(`arrivals/${name}`)), prompts, answers.sampler, cut);
  return { name, source, outputLimit: maxOutputTokens ?? answers.longestTokens };
}

function thinkTime(think: ThinkTimeChoice, random: Random): ThinkTime {
  switch (think.distribution) {
    case 'fixed':
      return new ConstantThinkTime(think.value);
    case 'exponential':
      return new ExponentialThinkTime(think.mean, random);
  }
}

function tracedClass(
  { name, maxOutputTokens }: TrafficClass,
  { file, format, rate, speedup }: TraceArrivals,
  rateKey: string,
  summaries: Map<string, TraceSummary>,
  { openFile }: DemandOptions,
): ClassDemand {
  // A first pass over the whole file finds what is broken in it, its rate and its longest answer.
  const known = `${format} ${file}`;
  const summary = summaries.get(known) ?? summarizeTrace(openTrace(format, openFile(file), file));
  summaries.set(known, summary);

  const factor = rate === undefined ? (speedup ?? 1) : rate / ownRate(summary, file, rateKey);
  return {
    name,
    source: new TraceSource(openTrace(format, openFile(file), file), factor, maxOutputTokens ?? Infinity),
    outputLimit: maxOutputTokens ?? summary.longestOutputTokens,
  };
}

/** Mean rate of a trace, requests per second: gaps, not requests, over the time from first to last. */
function ownRate({ requests, spanSeconds }: TraceSummary, file: string, key: string): number {
  if (spanSeconds > 0) return (requests - 1) / spanSeconds;
  throw new InputError({
    message: `the trace ${file} cannot be rescaled to a rate: all its requests come at the same time`,
    key,
    hint: 'leave rate out',
  });
}
