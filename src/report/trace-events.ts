import type { Scenario } from '../scenario/schema.js';
import { type RequestSpan, type StateSpan, type StepSpan, Timeline } from '../serving/timeline.js';
import { AtomicFile } from './atomic-file.js';

/** An event of the Chrome trace format, as far as it is used here. */
interface TraceEvent {
  ph: 'X' | 'C' | 'M' | 'b' | 'e';
  name: string;
  pid: number;
  tid: number;
  ts?: number;
  dur?: number;
  cat?: string;
  id?: number;
  args?: Record<string, unknown>;
}

const REQUESTS = 0;
const STEPS = 1;
const LIFE = 2;
const SPELLS = 3;

/** Microseconds, to the nanosecond. */
const micros = (seconds: number): number => Math.round(seconds * 1e9) / 1e3;

/** File of a timeline, and the part of the run that it shows, in seconds. */
export interface TraceEventsTarget {
  path: string;
  fromSeconds: number;
  toSeconds: number;
}

/** A file of a timeline that is being collected. */
export interface TraceEventsFile {
  readonly timeline: Timeline;
  /** Puts the complete file in its place; returns what a reader must know where it is cut. */
  commit(): string | undefined;
  /** Leaves nothing behind. */
  discard(): void;
}

/**
 * Opens a file for the timeline of a run.
 *
 * @throws InputError where it cannot be written
 * @example
 * const trace = openTraceEvents({ path: 'timeline.json', fromSeconds: 60, toSeconds: 70 }, scenario);
 * simulate(scenario, { timeline: trace.timeline });
 * trace.commit();
 */
export function openTraceEvents(
  { path, fromSeconds, toSeconds }: TraceEventsTarget,
  scenario: Scenario,
): TraceEventsFile {
  const file = new AtomicFile(path);
  const timeline = new Timeline(fromSeconds, toSeconds);
  const classes = scenario.traffic.map(({ name }) => name);
  return {
    timeline,
    commit: () => {
      for (const piece of traceEvents(timeline, classes)) file.write(piece);
      file.commit();
      return truncationNote(timeline);
    },
    discard: () => file.discard(),
  };
}

/**
 * A timeline in the Chrome trace format, which ui.perfetto.dev and chrome://tracing show: a process per instance with its steps,
 * states and load, and one for the requests, each a span with its phases in it. Format: "Trace Event Format", Google, 2016.
 *
 * @returns the text in pieces, one event each
 */
export function* traceEvents(timeline: Timeline, classes: readonly string[]): Generator<string> {
  yield '{"displayTimeUnit":"ms","traceEvents":[\n';
  let separator = '';
  for (const event of events(timeline, classes)) {
    yield `${separator}${JSON.stringify(event)}`;
    separator = ',\n';
  }
  const note = truncationNote(timeline);
  yield `\n],"otherData":${JSON.stringify(note === undefined ? {} : { note })}}\n`;
}

/** What a reader must know where the timeline was cut; undefined where it is whole. */
function truncationNote({ fullAt }: Timeline): string | undefined {
  if (Number.isNaN(fullAt)) return undefined;
  return `the events end near ${fullAt.toFixed(3)} s, where there were too many; ask for a part with --trace-window FROM..TO`;
}

function* events(timeline: Timeline, classes: readonly string[]): Generator<TraceEvent> {
  yield named('process_name', REQUESTS, 0, 'requests');
  for (const [index, { pool, number }] of timeline.instances.entries()) {
    yield named('process_name', index + 1, 0, `${pool} ${number}`);
    yield named('thread_name', index + 1, STEPS, 'steps');
    yield named('thread_name', index + 1, LIFE, 'state');
  }
  for (const step of timeline.steps) yield stepEvent(step);
  for (const state of timeline.states) yield stateEvent(state, LIFE);
  for (const instance of new Set(timeline.spells.map((spell) => spell.instance))) {
    yield named('thread_name', instance + 1, SPELLS, 'slow');
  }
  for (const spell of timeline.spells) yield stateEvent(spell, SPELLS);
  for (const { instance, at, waiting, running, kvBlocks } of timeline.loads) {
    const counter = { ph: 'C', pid: instance + 1, tid: 0, ts: micros(at) } as const;
    yield { ...counter, name: 'requests', args: { running, waiting } };
    yield { ...counter, name: 'KV blocks', args: { used: kvBlocks } };
  }
  for (const request of timeline.requests) yield* requestEvents(request, classes[request.classIndex]);
}

function named(kind: string, pid: number, tid: number, name: string): TraceEvent {
  return { ph: 'M', name: kind, pid, tid, args: { name } };
}

function stateEvent({ instance, state, from, to }: StateSpan, tid: number): TraceEvent {
  return { ph: 'X', name: state, pid: instance + 1, tid, ts: micros(from), dur: micros(to) - micros(from) };
}

function stepEvent({ instance, from, to, steps, sequences, contextTokens, promptTokens }: StepSpan): TraceEvent {
  const kind = promptTokens === 0 ? 'decode' : sequences === 0 ? 'prefill' : 'prefill + decode';
  return {
    ph: 'X',
    name: kind,
    cat: 'step',
    pid: instance + 1,
    tid: STEPS,
    ts: micros(from),
    dur: micros(to) - micros(from),
    args: { steps, sequences, contextTokens: Math.round(contextTokens), promptTokens },
  };
}

/** Spans of one request nest by their order: it begins, its phases follow each other, it ends. */
function* requestEvents(request: RequestSpan, className: string): Generator<TraceEvent> {
  const { id, from, to, phases, inputTokens, outputTokens, preemptions } = request;
  const at = { pid: REQUESTS, tid: 0, cat: className, id } as const;
  const name = `request ${id}`;
  yield { ph: 'b', name, ...at, ts: micros(from), args: { inputTokens, outputTokens, preemptions } };
  for (const { phase, instance, from: begin, to: end } of phases) {
    const args = instance < 0 ? {} : { instance };
    yield { ph: 'b', name: phase, ...at, ts: micros(begin), args };
    yield { ph: 'e', name: phase, ...at, ts: micros(end) };
  }
  yield { ph: 'e', name, ...at, ts: micros(to) };
}
