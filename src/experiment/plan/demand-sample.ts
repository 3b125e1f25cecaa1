import type { Scenario } from '../../scenario/schema.js';
import { buildDemand } from '../../traffic/build.js';
import type { OpenFile } from '../../traffic/lines.js';

/** Requests beyond these say nothing new about the demand. */
const MOST_REQUESTS = 100_000;

/** The requests of a scenario, as every fleet will see them. */
export interface DemandSample {
  /** Seconds since the start; empty where users wait for their answers. */
  arrivalSeconds: Float64Array;
  inputTokens: Float64Array;
  outputTokens: Float64Array;
  /** Index of each request's class. */
  classIndex: Uint32Array;
  /** Time over which they arrive, seconds; null where users wait for their answers, so that the fleet decides. */
  seconds: number | null;
}

/**
 * Draws the requests that a scenario will see after its warm-up, from the same random streams as a run.
 *
 * @example demandSample(scenario, openFile).inputTokens.length // 20160
 */
export function demandSample(scenario: Scenario, openFile: OpenFile, replication = 0): DemandSample {
  const { traffic, horizon, seed } = scenario;
  const sources = buildDemand(traffic, { seed, replication, openFile }).map(({ source }) => source);
  const warmup = horizon.warmup === 'auto' ? 0 : horizon.warmup;
  const last = horizon.duration ?? Number.POSITIVE_INFINITY;
  const rows: Row[] = [];
  if (sources.some(({ kind }) => kind !== 'open')) {
    const perClass = Math.min(MOST_REQUESTS, horizon.requests ?? 10_000) / sources.length;
    sources.forEach((source, index) => {
      for (let i = 0; i < perClass; i++) {
        if (source.kind !== 'open') source.draw();
        else if (!source.next()) break;
        rows.push([source.inputTokens, source.outputTokens, index, 0]);
      }
    });
    return columns(rows, null);
  }
  const open = sources.filter((source) => source.kind === 'open');
  const alive = open.map((source) => source.next());
  let now = 0;
  for (let arrivals = 0; arrivals < (horizon.requests ?? Number.POSITIVE_INFINITY); arrivals++) {
    let first = -1;
    open.forEach((source, i) => {
      if (alive[i] && (first < 0 || source.arrivalSeconds < open[first].arrivalSeconds)) first = i;
    });
    if (first < 0 || open[first].arrivalSeconds > last || rows.length === MOST_REQUESTS) break;
    const { arrivalSeconds, inputTokens, outputTokens } = open[first];
    now = arrivalSeconds;
    if (now >= warmup) rows.push([inputTokens, outputTokens, first, arrivalSeconds]);
    alive[first] = open[first].next();
  }
  const end = rows.length === MOST_REQUESTS || horizon.duration === undefined ? now : horizon.duration;
  return columns(rows, Math.max(end - warmup, 0));
}

type Row = [input: number, output: number, classIndex: number, arrival: number];

function columns(rows: readonly Row[], seconds: number | null): DemandSample {
  return {
    arrivalSeconds: seconds === null ? new Float64Array(0) : Float64Array.from(rows, ([, , , arrival]) => arrival),
    inputTokens: Float64Array.from(rows, ([input]) => input),
    outputTokens: Float64Array.from(rows, ([, output]) => output),
    classIndex: Uint32Array.from(rows, ([, , index]) => index),
    seconds,
  };
}
