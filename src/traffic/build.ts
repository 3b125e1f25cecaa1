import { randomStream } from '../engine/random.js';
import type { Scenario } from '../scenario/schema.js';
import type { AnyArrivals, TraceArrivals, TrafficClassDemand } from '../scenario/traffic-schema.js';
import { arrivalProcess } from './arrivals/index.js';
import type { ClassDemand } from './demand.js';
import { correlatedStreams } from './lengths/correlated.js';
import { boundedLengths } from './lengths/index.js';
import { truncationNotes } from './lengths/truncation-notes.js';
import type { OpenFile } from './lines.js';
import { sessionClass } from './sessions/session-class.js';
import { SharedPrefix } from './shared-prefix.js';
import { ClosedLoopSource } from './sources/closed-loop.js';
import { GeneratedSource } from './sources/generated.js';
import { tracedClass } from './sources/traced-class.js';
import { thinkTime } from './think-time.js';
import type { TraceSummary } from './traces/trace-reader.js';

export interface DemandOptions {
  /** Seed of the scenario. */
  seed: number;
  /** 0 for a single run. */
  replication: number;
  /** Opens trace, curve and length files by their path in the scenario; called several times for a trace. */
  openFile: OpenFile;
}

/**
 * The demand of a scenario, ready to be drawn: one source per traffic class. Each class has random streams of its own, named
 * after it (`arrivals/<class>`, `batches/<class>`, `lengths/<class>/input`, `lengths/<class>/output`, `think/<class>`,
 * `prefix/<class>`, `spread/<class>`, `thinning/<class>`, `sessions/<class>/...`), so neither the fleet nor another class ever
 * changes what it asks for.
 *
 * @example
 * const [chat] = buildDemand(scenario.traffic, { seed: 42, replication: 0, openFile });
 * if (chat.source.kind === 'open') while (chat.source.next()) console.log(chat.source.arrivalSeconds);
 */
export function buildDemand(traffic: Scenario['traffic'], options: DemandOptions): ClassDemand[] {
  const summaries = new Map<string, TraceSummary>();
  const classes: readonly TrafficClassDemand[] = traffic;
  return classes.map((entry, index) => {
    const { name, arrivals, maxOutputTokens, priority } = entry;
    if (arrivals.process !== 'trace') {
      return entry.sessions === undefined
        ? drawnClass(entry, arrivals, options)
        : sessionClass(entry, entry.sessions, arrivals, options);
    }
    const rateKey = `traffic[${index}].arrivals.rate`;
    return tracedClass({ name, priority, arrivals, maxOutputTokens, rateKey }, { ...options, summaries });
  });
}

function drawnClass(
  { name, priority, input, output, correlation = 0, sharedPrefix, maxOutputTokens }: TrafficClassDemand,
  arrivals: Exclude<AnyArrivals, TraceArrivals>,
  { seed, replication, openFile }: DemandOptions,
): ClassDemand {
  // The schema gives lengths to every class but a trace.
  if (input === undefined || output === undefined) throw new Error(`class ${name} has no lengths`);
  const stream = (purpose: string) => randomStream(seed, replication, purpose);
  const own = [stream(`lengths/${name}/input`), stream(`lengths/${name}/output`)] as const;
  const [inputRandom, outputRandom] = correlation === 0 ? own : correlatedStreams(correlation, ...own);
  const prompts = boundedLengths(input, inputRandom, openFile).sampler;
  const answers = boundedLengths(output, outputRandom, openFile);
  const cut = maxOutputTokens ?? Infinity;
  const shared = sharedPrefix && new SharedPrefix(sharedPrefix.groups, sharedPrefix.tokens, stream(`prefix/${name}`));
  const source =
    arrivals.process === 'closed-loop'
      ? new ClosedLoopSource(
          arrivals.users,
          thinkTime(arrivals.think, stream(`think/${name}`)),
          prompts,
          answers.sampler,
          cut,
          shared,
        )
      : new GeneratedSource(
          arrivalProcess(arrivals, stream(`arrivals/${name}`), { batches: () => stream(`batches/${name}`), openFile }),
          prompts,
          answers.sampler,
          cut,
          shared,
        );
  return {
    name,
    priority,
    source,
    outputLimit: maxOutputTokens ?? answers.longestTokens,
    notes: () =>
      truncationNotes(name, { 'input lengths': input, 'output lengths': output }, openFile, {
        maxOutputTokens,
        answers: ['output lengths'],
      }),
  };
}
