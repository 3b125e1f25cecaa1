import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { Scenario } from '../../scenario/schema.js';
import { buildDemand } from '../../traffic/build.js';
import type { ClassDemand, OpenSource } from '../../traffic/demand.js';
import type { OpenFile } from '../../traffic/lines.js';
import { MOONCAKE_BLOCK_TOKENS } from '../../traffic/traces/mooncake.js';
import { Ticks } from '../../traffic/traces/ticks.js';
import type { PrefixBlocks } from '../../traffic/traces/trace-reader.js';
import { simulate } from '../simulate.js';

export interface ExportOptions {
  /** Opens files that the scenario names. */
  openFile: OpenFile;
  /** Takes a line with its end. */
  write(line: string): void;
}

export interface ExportedDemand {
  requests: number;
  /** Whether the fleet had to be simulated: when users and sessions ask again depends on it. */
  simulated: boolean;
  /** Whether times tick like those of a coarse clock, so that a reader of the format would spread them. */
  ticks: boolean;
}

/**
 * Writes the demand of a scenario as Mooncake JSONL, one request a line in order of time: `timestamp` in milliseconds,
 * `input_length`, `output_length`, and `hash_ids` where a trace knows them. Load generators such as AIPerf replay it against a
 * real cluster, and goodput reads it back (format: mooncake).
 *
 * Demand that comes whatever the fleet does streams through; with a closed loop or sessions the scenario is simulated, since when
 * they ask again depends on the fleet. Sessions name their blocks, so that what prompts share is in the file.
 *
 * @example
 * exportDemand(scenario, { openFile, write: (line) => file.write(line) }).requests;
 */
export function exportDemand(scenario: Scenario, { openFile, write }: ExportOptions): ExportedDemand {
  const demand = buildDemand(scenario.traffic, { seed: scenario.seed, replication: 0, openFile });
  const sources = openSources(demand);
  const lines = new Lines(scenario.traffic.length, write);
  if (sources === undefined) writeSimulated(scenario, openFile, lines);
  else writeOpen(scenario, sources, lines);
  return { requests: lines.requests, simulated: sources === undefined, ticks: lines.ticks.seconds > 0 };
}

/** Numbers the requests and writes a line for each. */
class Lines {
  requests = 0;
  readonly ticks = new Ticks();

  constructor(
    private readonly classes: number,
    private readonly writeText: (line: string) => void,
  ) {}

  write(seconds: number, { inputTokens, outputTokens, prefix }: Request, classIndex: number): void {
    const of = { index: classIndex, count: this.classes };
    const blocks = mooncakeBlocks(prefix, inputTokens, this.requests, of);
    this.writeText(mooncakeLine(seconds, inputTokens, outputTokens, blocks));
    this.ticks.add(seconds);
    this.requests++;
  }
}

interface Request {
  inputTokens: number;
  outputTokens: number;
  prefix?: PrefixBlocks | undefined;
}

/** Undefined where one of them waits for answers. */
function openSources(demand: readonly ClassDemand[]): OpenSource[] | undefined {
  const sources = demand.map(({ source }) => source);
  return sources.every((source) => source.kind === 'open') ? sources : undefined;
}

function writeOpen({ horizon }: Scenario, sources: readonly OpenSource[], lines: Lines): void {
  const most = horizon.requests ?? Number.POSITIVE_INFINITY;
  const end = horizon.duration ?? Number.POSITIVE_INFINITY;
  const heap = new IndexedHeap(sources.length);
  const advance = (i: number) => {
    if (sources[i].next() && sources[i].arrivalSeconds <= end) heap.set(i, sources[i].arrivalSeconds, i);
  };
  for (let i = 0; i < sources.length; i++) advance(i);
  while (lines.requests < most && heap.size > 0) {
    const i = heap.pop();
    lines.write(sources[i].arrivalSeconds, sources[i], i);
    advance(i);
  }
}

function writeSimulated(scenario: Scenario, openFile: OpenFile, lines: Lines): void {
  simulate(
    { ...scenario, replications: undefined, precision: undefined },
    { openFile, onArrival: (seconds, request, index) => lines.write(seconds, request, index) },
  );
}

/** Numbers of blocks that nobody else has: from here on, so many for a request. */
const FIRST_OWN = 2 ** 45;
const MOST_OWN = 2 ** 16;

/**
 * The blocks of a prompt as the format has them: one number for every 512 tokens begun, as load generators check. Undefined where
 * nothing is known of them.
 */
function mooncakeBlocks(
  prefix: PrefixBlocks | undefined,
  inputTokens: number,
  request: number,
  ofClass: { index: number; count: number },
): readonly number[] | undefined {
  if (prefix === undefined || prefix.count === 0) return undefined;
  const { ids, count, tokensPerBlock } = prefix;
  const all = Math.ceil(inputTokens / MOONCAKE_BLOCK_TOKENS);
  // Where one block of the prompt holds several of the format, each of these has a number of its own.
  const parts = Math.ceil(tokensPerBlock / MOONCAKE_BLOCK_TOKENS);
  // Classes number their blocks independently; in a file they must not meet.
  const number = (id: number, part: number) => (id * parts + part) * ofClass.count + ofClass.index;
  const sameBlocks = tokensPerBlock === MOONCAKE_BLOCK_TOKENS && count >= all;
  const known = sameBlocks ? all : Math.floor(inputTokens / MOONCAKE_BLOCK_TOKENS);
  const blocks: number[] = [];
  for (let i = 0; i < known; i++) {
    // The block that holds its last token stands for all before it.
    const last = Math.ceil(((i + 1) * MOONCAKE_BLOCK_TOKENS) / tokensPerBlock) - 1;
    if (last >= count) break;
    blocks.push(number(ids[last], i % parts));
  }
  // What is behind them is the request's own.
  for (let i = blocks.length; i < all; i++) blocks.push(FIRST_OWN + request * MOST_OWN + i);
  return blocks;
}

/** Microseconds are kept: whole milliseconds would push requests of a burst onto one instant. */
function mooncakeLine(seconds: number, input: number, output: number, blocks: readonly number[] | undefined): string {
  const milliseconds = Math.round(seconds * 1e6) / 1000;
  const hashes = blocks === undefined ? '' : `, "hash_ids": [${blocks.join(', ')}]`;
  return `{"timestamp": ${milliseconds}, "input_length": ${input}, "output_length": ${output}${hashes}}\n`;
}
