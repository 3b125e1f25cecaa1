import type { Instance } from './instance.js';
import { LIFE_STATES } from './life-cycle.js';
import type { RequestStore } from './request-store.js';

/** What a request is doing. */
export type Phase =
  | 'front end'
  | 'queued'
  | 'prefill'
  | 'waits for decode'
  | 'transfer'
  | 'landed'
  | 'decode'
  | 'preempted';

/** A stretch of time in which a request does one thing; `instance` is -1 where it is at none. */
export interface PhaseSpan {
  phase: Phase;
  instance: number;
  from: number;
  to: number;
}

/** One request from its arrival to its end, or to the end of the run. */
export interface RequestSpan {
  id: number;
  classIndex: number;
  inputTokens: number;
  outputTokens: number;
  preemptions: number;
  from: number;
  to: number;
  phases: PhaseSpan[];
}

/** Equal steps of one instance. */
export interface StepSpan {
  instance: number;
  from: number;
  to: number;
  steps: number;
  sequences: number;
  contextTokens: number;
  promptTokens: number;
}

/** A state of an instance's life, as the planner and faults change it, or a spell in which it is slow. */
export interface StateSpan {
  instance: number;
  state: string;
  from: number;
  to: number;
}

/** What waits and runs at one instance from `at` on. */
export interface LoadSample {
  instance: number;
  at: number;
  waiting: number;
  running: number;
  kvBlocks: number;
}

/** Entries that are kept where nothing else is said; about 40 MB of trace events. */
const DEFAULT_LIMIT = 200_000;

/**
 * What happened in a run, in order of time: steps and load of every instance, the phases of every request. Keeps what
 * overlaps a window, and no more than a limit; a run without a timeline does not know of it.
 */
export class Timeline {
  readonly steps: StepSpan[] = [];
  readonly states: StateSpan[] = [];
  /** Spells in which instances are slow, which go across their states. */
  readonly spells: StateSpan[] = [];
  readonly loads: LoadSample[] = [];
  readonly requests: RequestSpan[] = [];
  /** Pool of each instance, and its number in the pool. */
  instances: readonly { pool: string; number: number }[] = [];
  /** Time from which on nothing was kept, since there was too much of it; NaN where all was. */
  fullAt = Number.NaN;
  private entries = 0;
  private readonly open = new Map<number, RequestSpan>();
  private readonly lastLoad: (LoadSample | undefined)[] = [];
  /** State of each instance's life now, and since when. */
  private readonly present: { state: string; since: number }[] = [];
  /** How slow each instance is now, and since when; undefined where it is not. */
  private readonly slow: ({ factor: number; since: number } | undefined)[] = [];

  constructor(
    readonly fromSeconds = 0,
    readonly toSeconds = Number.POSITIVE_INFINITY,
    private readonly limit = DEFAULT_LIMIT,
  ) {}

  /** The run begins. */
  watch(instances: readonly Instance[]): void {
    const counts = new Map<string, number>();
    this.instances = instances.map(({ pool }) => {
      const number = (counts.get(pool.name) ?? 0) + 1;
      counts.set(pool.name, number);
      return { pool: pool.name, number };
    });
    for (const instance of instances) {
      const { index, life } = instance;
      this.present[index] = { state: LIFE_STATES[life.state], since: 0 };
      life.onEnter = (next, now) => {
        this.pass(instance, now, LIFE_STATES[next]);
      };
    }
  }

  /** Steps of `instance` take `factor` times as long from `now` on. */
  slowed({ index }: Instance, factor: number, now: number): void {
    const spell = this.slow[index];
    if (spell !== undefined && now > spell.since && this.keeps(spell.since, now)) {
      const state = `${Number(spell.factor.toPrecision(3))} times slower`;
      this.spells.push({ instance: index, state, from: spell.since, to: now });
    }
    this.slow[index] = factor === 1 ? undefined : { factor, since: now };
  }

  /** `instance`, told so at `since`, has changed its role; before and after it is in the state of its life. */
  switched({ index, role, pool }: Instance, since: number, now: number): void {
    const { state } = this.present[index];
    this.pass({ index, pool, role: role === 'prefill' ? 'decode' : 'prefill' }, since, state);
    // Kept even where it took no time, since nothing else shows the change.
    if (this.keeps(since, now))
      this.states.push({ instance: index, state: `drains for ${role}`, from: since, to: now });
    this.present[index].since = now;
  }

  /** The state of an instance ends at `now`, and `next` begins. */
  private pass({ index, role, pool }: Pick<Instance, 'index' | 'role' | 'pool'>, now: number, next: string): void {
    const { state: bare, since } = this.present[index];
    const state = bare === 'active' && role !== pool.role ? `active for ${role}` : bare;
    if (now > since && this.keeps(since, now)) this.states.push({ instance: index, state, from: since, to: now });
    this.present[index] = { state: next, since: now };
  }

  /** The run of `instance` that ends now. */
  ran(instance: Instance, now: number): void {
    const { runStart, runSteps, runDecoding, runPrefillTokens, index } = instance;
    if (!this.keeps(runStart, now)) return;
    this.steps.push({
      instance: index,
      from: runStart,
      to: now,
      steps: runSteps,
      sequences: runDecoding,
      contextTokens: runDecoding > 0 ? instance.decoding.contextTokens : 0,
      promptTokens: runPrefillTokens,
    });
  }

  /** Looks at what waits and runs at `instance`. */
  sample(instance: Instance, now: number): void {
    const { index, waiting, running, kv } = instance;
    const kvBlocks = kv.totalBlocks - kv.freeBlocks;
    const last = this.lastLoad[index];
    if (last?.waiting === waiting && last.running === running && last.kvBlocks === kvBlocks) return;
    if (!this.keeps(now, now)) return;
    const load = { instance: index, at: now, waiting, running, kvBlocks };
    this.loads.push(load);
    this.lastLoad[index] = load;
  }

  /** A request begins. */
  arrived(store: RequestStore, row: number, now: number): void {
    this.open.set(row, {
      id: store.id[row],
      classIndex: store.classIndex[row],
      inputTokens: store.inputTokens[row],
      outputTokens: 0,
      preemptions: 0,
      from: now,
      to: Number.NaN,
      phases: [{ phase: 'front end', instance: -1, from: now, to: now }],
    });
  }

  /** A request does something else from now on. */
  enter(row: number, phase: Phase, instance: number, now: number): void {
    const phases = this.open.get(row)?.phases;
    if (phases === undefined) return;
    const last = phases[phases.length - 1];
    last.to = now;
    // Most engines have no front end to speak of.
    if (last.from === now) phases.pop();
    phases.push({ phase, instance, from: now, to: now });
  }

  /** A request ends, or the run does. */
  ended(store: RequestStore, row: number, producedTokens: number, now: number): void {
    const span = this.open.get(row);
    if (span === undefined) return;
    this.open.delete(row);
    if (!this.keeps(span.from, now, 1 + span.phases.length)) return;
    span.phases[span.phases.length - 1].to = now;
    span.to = now;
    span.outputTokens = producedTokens;
    span.preemptions = store.preemptions[row];
    this.requests.push(span);
  }

  /** The run ends: states last until then. */
  close(instances: readonly Instance[], now: number): void {
    for (const instance of instances) {
      instance.life.onEnter?.(instance.life.state, now);
      this.slowed(instance, 1, now);
    }
  }

  private keeps(from: number, to: number, entries = 1): boolean {
    if (to < this.fromSeconds || from > this.toSeconds || !Number.isNaN(this.fullAt)) return false;
    this.entries += entries;
    if (this.entries <= this.limit) return true;
    this.fullAt = from;
    return false;
  }
}
