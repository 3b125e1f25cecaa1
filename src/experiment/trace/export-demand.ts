import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { Scenario } from '../../scenario/schema.js';
import { buildDemand } from '../../traffic/build.js';
import type { ClassDemand, OpenSource } from '../../traffic/demand.js';
import type { OpenFile } from '../../traffic/lines.js';
import { simulate } from '../simulate.js';

export interface ExportOptions {
  /** Opens files that the scenario names. */
  openFile: OpenFile;
  /** Takes a line with its end. */
  write(line: string): void;
}

export interface ExportedDemand {
  requests: number;
  /** Whether the fleet had to be simulated: when users of a closed loop ask again depends on it. */
  simulated: boolean;
}

/**
 * Writes the demand of a scenario as Mooncake JSONL, one request a line in order of time: `timestamp` in milliseconds,
 * `input_length`, `output_length`, and `hash_ids` where a trace knows them. Load generators such as AIPerf replay it against a
 * real cluster, and goodput reads it back (format: mooncake).
 *
 * Demand that comes whatever the fleet does streams through; with a closed loop the scenario is simulated, and the requests
 * are held until they can be put in order.
 *
 * @example
 * exportDemand(scenario, { openFile, write: (line) => file.write(line) }).requests;
 */
export function exportDemand(scenario: Scenario, { openFile, write }: ExportOptions): ExportedDemand {
  const demand = buildDemand(scenario.traffic, { seed: scenario.seed, replication: 0, openFile });
  const sources = openSources(demand);
  return sources === undefined ? exportSimulated(scenario, openFile, write) : exportOpen(scenario, sources, write);
}

/** Undefined where one of them is a closed loop. */
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
    const blocks = prefix === undefined || prefix.count === 0 ? undefined : prefix.ids.subarray(0, prefix.count);
    write(mooncakeLine(arrivalSeconds, inputTokens, outputTokens, blocks));
    advance(i);
  }
  return { requests, simulated: false };
}

function exportSimulated(scenario: Scenario, openFile: OpenFile, write: (line: string) => void): ExportedDemand {
  const rows: [arrivalSeconds: number, inputTokens: number, outputTokens: number, id: number][] = [];
  simulate(scenario, {
    openFile,
    onRecord: ({ arrivalSeconds, inputTokens, outputTokens, id }) => {
      // A request that was refused or is still in flight has no answer yet; a load generator has to ask for one token.
      rows.push([arrivalSeconds, inputTokens, Math.max(1, outputTokens), id]);
    },
  });
  rows.sort((a, b) => a[0] - b[0] || a[3] - b[3]);
  for (const [seconds, input, output] of rows) write(mooncakeLine(seconds, input, output, undefined));
  return { requests: rows.length, simulated: true };
}

/** Microseconds are kept: whole milliseconds would push requests of a burst onto one instant. */
function mooncakeLine(seconds: number, input: number, output: number, blocks: Int32Array | undefined): string {
  const milliseconds = Math.round(seconds * 1e6) / 1000;
  const hashes = blocks === undefined ? '' : `, "hash_ids": [${blocks.join(', ')}]`;
  return `{"timestamp": ${milliseconds}, "input_length": ${input}, "output_length": ${output}${hashes}}\n`;
}
