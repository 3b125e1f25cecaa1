import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { Scenario } from '../../scenario/schema.js';
import { buildDemand } from '../../traffic/build.js';
import type { ClassDemand, OpenSource } from '../../traffic/demand.js';
import type { OpenFile } from '../../traffic/lines.js';
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
  return sources === undefined ? exportSimulated(scenario, openFile, write) : exportOpen(scenario, sources, write);
}

/** Undefined where one of them waits for answers. */
function openSources(demand: readonly ClassDemand[]): OpenSource[] | undefined {
  const sources = demand.map(({ source }) => source);
  return sources.every((source) => source.kind === 'open') ? sources : undefined;
}

function exportOpen(
  { horizon }: Scenario,
  sources: readonly OpenSource[],
  write: (line: string) => void,
): ExportedDemand {
  const most = horizon.requests ?? Number.POSITIVE_INFINITY;
  const end = horizon.duration ?? Number.POSITIVE_INFINITY;
  const heap = new IndexedHeap(sources.length);
  const advance = (i: number) => {
    if (sources[i].next() && sources[i].arrivalSeconds <= end) heap.set(i, sources[i].arrivalSeconds, i);
  };
  for (let i = 0; i < sources.length; i++) advance(i);
  let requests = 0;
  for (; requests < most && heap.size > 0; requests++) {
    const i = heap.pop();
    const { arrivalSeconds, inputTokens, outputTokens, prefix } = sources[i];
    const blocks = mooncakeBlocks(prefix, inputTokens, requests, { index: i, count: sources.length });
    write(mooncakeLine(arrivalSeconds, inputTokens, outputTokens, blocks));
    advance(i);
  }
  return { requests, simulated: false };
}

function exportSimulated(scenario: Scenario, openFile: OpenFile, write: (line: string) => void): ExportedDemand {
  let requests = 0;
  simulate(
    { ...scenario, replications: undefined, precision: undefined },
    {
      openFile,
      onArrival: (seconds, { inputTokens, outputTokens, prefix }, index) => {
        const of = { index, count: scenario.traffic.length };
        const blocks = mooncakeBlocks(prefix, inputTokens, requests, of);
        write(mooncakeLine(seconds, inputTokens, outputTokens, blocks));
        requests++;
      },
    },
  );
  return { requests, simulated: true };
}

/** Tokens per block of the format. */
const MOONCAKE_BLOCK = 512;
/** Numbers of blocks that nobody else has: from here on, so many for a request. */
const FIRST_OWN = 2 ** 45;
const MOST_OWN = 2 ** 16;

/**
 * The blocks of a prompt as the format has them, one number for every 512 tokens begun; undefined where nothing is known of
 * them, or they do not fit into those.
 */
function mooncakeBlocks(
  prefix: PrefixBlocks | undefined,
  inputTokens: number,
  request: number,
  ofClass: { index: number; count: number },
): readonly number[] | undefined {
  if (prefix === undefined || prefix.count === 0) return undefined;
  const { ids, count, tokensPerBlock } = prefix;
  // Classes number their blocks independently; in a file they must not meet.
  const number = (id: number) => id * ofClass.count + ofClass.index;
  if (tokensPerBlock === MOONCAKE_BLOCK) return Array.from(ids.subarray(0, count), number);
  const each = MOONCAKE_BLOCK / tokensPerBlock;
  if (!Number.isInteger(each)) return undefined;
  const whole = Math.min(Math.floor(inputTokens / MOONCAKE_BLOCK), Math.floor(count / each));
  // The last block of a group stands for all before it.
  const blocks = Array.from({ length: whole }, (_, i) => number(ids[(i + 1) * each - 1]));
  // What is behind them is the request's own.
  for (let i = whole; i < Math.ceil(inputTokens / MOONCAKE_BLOCK); i++) blocks.push(FIRST_OWN + request * MOST_OWN + i);
  return blocks;
}

/** Microseconds are kept: whole milliseconds would push requests of a burst onto one instant. */
function mooncakeLine(
  seconds: number,
  input: number,
  output: number,
  blocks: readonly number[] | Int32Array | undefined,
): string {
  const milliseconds = Math.round(seconds * 1e6) / 1000;
  const hashes = blocks === undefined ? '' : `, "hash_ids": [${blocks.join(', ')}]`;
  return `{"timestamp": ${milliseconds}, "input_length": ${input}, "output_length": ${output}${hashes}}\n`;
}
