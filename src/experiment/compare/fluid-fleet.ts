import { Histogram } from '../../metrics/histogram.js';
import { attendedPairs, boundedPairs } from '../../perf/index.js';
import type { Pool } from '../../serving/pool.js';
import type { DemandSample } from '../plan/demand-sample.js';

/** More servers than this make the estimate no better: replicas beyond are put together. */
const MOST_SERVERS = 16;
/** An engine that decodes is in the middle of a step when a request comes, on average. */
const REST_OF_STEP = 0.5;

/** Latencies of requests as a fluid model has them, seconds; names as in a summary. */
export type FluidLatencies = Record<'ttft' | 'tpot' | 'itl' | 'e2e' | 'queue', Histogram>;

/**
 * What a fleet makes of a demand, roughly and in a tenth of the work of a simulation: a replica's answers flow at the pace
 * of its steps, all at once (processor sharing with a rate that depends on their number and context), and stand still while
 * a prompt is computed, one after the other. There is no memory, no cache, no planner and no fault.
 *
 * Means are near those of simulated runs; what matters is that both rise and fall with the same demands: latencies of a
 * replication are set off against what this says of it, see `demandControls`.
 *
 * @example fluidLatencies([pool], demandSample(scenario, openFile)).tpot.mean // 0.0186, where runs have 0.0184
 */
export function fluidLatencies(pools: readonly Pool[], sample: DemandSample): FluidLatencies {
  const latencies: FluidLatencies = {
    ttft: new Histogram(),
    tpot: new Histogram(),
    itl: new Histogram(),
    e2e: new Histogram(),
    queue: new Histogram(),
  };
  const { arrivalSeconds, outputTokens } = sample;
  const first = new Float64Array(outputTokens.length);
  const observer: Observer = {
    onFirst: (request, now, ownSeconds) => {
      first[request] = now;
      const sojourn = now - arrivalSeconds[request];
      latencies.ttft.add(sojourn);
      latencies.queue.add(Math.max(sojourn - ownSeconds, 0));
    },
    onEnd: (request, now) => {
      latencies.e2e.add(Math.max(now, first[request]) - arrivalSeconds[request]);
      const gaps = outputTokens[request] - 1;
      if (gaps < 1) return;
      const seconds = Math.max(now - first[request], 0) / gaps;
      latencies.tpot.add(seconds);
      latencies.itl.add(seconds, gaps);
    },
  };
  const prompts = pools.filter(({ role }) => role === 'prefill');
  if (prompts.length === 0) {
    flow(serversOf(pools), sample, observer);
    return latencies;
  }
  const done = new Float64Array(outputTokens.length);
  flow(
    serversOf(prompts),
    { ...sample, outputTokens: outputTokens.map(() => 1) },
    {
      onFirst: (request, now) => {
        done[request] = now;
      },
      onEnd: () => {},
    },
  );
  flow(serversOf(pools.filter(({ role }) => role !== 'prefill')), { ...sample, arrivalSeconds: done }, observer, false);
  return latencies;
}

/** Is told what becomes of requests. */
interface Observer {
  /** `ownSeconds` is what its own prompt takes. */
  onFirst: (request: number, now: number, ownSeconds: number) => void;
  onEnd: (request: number, now: number) => void;
}

/** Some replicas of a pool that share their work evenly. */
interface Server {
  pool: Pool;
  /** Number of replicas. */
  size: number;
  tokensPerStep: number;
  /** Tokens that an answer has gained by now which has been here all the time. */
  progress: number;
  answers: Earliest;
  contextTokens: number;
  /** For how long prompts keep the answers from flowing. */
  stillSeconds: number;
  now: number;
  /** When the step ends which is running as the first of `waiting` comes; prompts enter at the end of one, all at once. */
  stepEnds: number;
  waiting: number[];
  /** How many of those have begun. */
  begun: number;
}

function serversOf(pools: readonly Pool[]): Server[] {
  return pools.flatMap((pool) => {
    const count = Math.max(Math.min(pool.replicas, MOST_SERVERS), 1);
    let right = 1;
    const guessed = (pool.acceptance ?? []).reduce((sum, probability) => {
      right *= probability;
      return sum + right;
    }, 0);
    return Array.from({ length: count }, () => ({
      pool,
      size: pool.replicas / count,
      tokensPerStep: 1 + guessed,
      progress: 0,
      answers: new Earliest(),
      contextTokens: 0,
      stillSeconds: 0,
      now: 0,
      stepEnds: 0,
      waiting: [],
      begun: 0,
    }));
  });
}

/** Sends requests through servers, each to the one with the fewest per replica. */
function flow(servers: readonly Server[], sample: DemandSample, observer: Observer, withPrompts = true): void {
  const { arrivalSeconds, inputTokens, outputTokens } = sample;
  const contextOf = (request: number) => inputTokens[request] + outputTokens[request] / 2;
  const begin = (server: Server): void => {
    const { maxBatchedTokens, maxSequences, frontend } = server.pool;
    const step = server.answers.size === 0 ? 0 : stepSeconds(server);
    const from = server.begun;
    const own: number[] = [];
    let tokens = 0;
    for (; server.begun < server.waiting.length; server.begun++) {
      const request = server.waiting[server.begun];
      tokens += withPrompts ? inputTokens[request] : 0;
      const full = server.answers.size + own.length >= maxSequences * server.size;
      if (full || (own.length > 0 && tokens > maxBatchedTokens * server.size)) break;
      own.push(withPrompts ? inputTokens[request] : 0);
    }
    const seconds = step + (withPrompts ? promptSeconds(server, own) : 0);
    server.stillSeconds += seconds - step;
    server.stepEnds = server.now + seconds;
    own.forEach((prompt, i) => {
      const request = server.waiting[from + i];
      const before = withPrompts ? frontend.baseSeconds + frontend.perInputTokenSeconds * prompt : 0;
      observer.onFirst(request, server.stepEnds + before, withPrompts ? promptSeconds(server, [prompt]) : 0);
      server.answers.add(server.progress + outputTokens[request] - 1, request);
      server.contextTokens += contextOf(request);
    });
  };
  const advance = (server: Server, end: number): void => {
    while (server.now < end) {
      if (server.answers.size > 0 && server.answers.earliest <= server.progress) {
        const request = server.answers.take();
        server.contextTokens -= contextOf(request);
        observer.onEnd(request, server.now);
        continue;
      }
      const some = server.begun < server.waiting.length && server.answers.size < server.pool.maxSequences * server.size;
      if (some && server.stepEnds <= server.now) begin(server);
      const until = some ? Math.min(end, Math.max(server.stepEnds, server.now)) : end;
      const still = Math.min(server.stillSeconds, until - server.now);
      server.stillSeconds -= still;
      server.now += still;
      if (server.answers.size === 0) {
        if (until === Number.POSITIVE_INFINITY) return;
        server.now = until;
        continue;
      }
      if (server.now >= until) continue;
      const tokenSeconds = stepSeconds(server) / server.tokensPerStep;
      const next = server.now + (server.answers.earliest - server.progress) * tokenSeconds;
      if (next > until) {
        server.progress += (until - server.now) / tokenSeconds;
        server.now = until;
        continue;
      }
      server.progress = server.answers.earliest;
      server.now = next;
    }
  };
  const order = Uint32Array.from(arrivalSeconds, (_, request) => request);
  if (!withPrompts) order.sort((a, b) => arrivalSeconds[a] - arrivalSeconds[b]);
  for (const request of order) {
    let least = Number.POSITIVE_INFINITY;
    let server = servers[0];
    for (const other of servers) {
      advance(other, arrivalSeconds[request]);
      const load = (other.answers.size + other.waiting.length - other.begun) / other.size;
      if (load < least) {
        least = load;
        server = other;
      }
    }
    if (server.begun === server.waiting.length) {
      const rest = server.answers.size === 0 ? 0 : REST_OF_STEP + server.pool.admissionSteps;
      server.stepEnds = Math.max(server.stepEnds, server.now + rest * stepSeconds(server));
    }
    server.waiting.push(request);
  }
  for (const server of servers) advance(server, Number.POSITIVE_INFINITY);
}

/** Seconds of a decode step of a replica. */
function stepSeconds({ pool: { steps, maxSequences }, answers, contextTokens, size }: Server): number {
  const sequences = Math.min(Math.max(Math.round(answers.size / size), 1), maxSequences);
  const context = contextTokens / size;
  return steps.decodeSeconds(steps.piece(sequences, context), sequences, context);
}

/** How much longer the steps of the replicas take that compute prompts of so many tokens, too: evenly spread, all in one step of each. */
function promptSeconds({ pool: { steps }, answers, contextTokens, size }: Server, inputs: readonly number[]): number {
  const sequences = Math.min(Math.round(answers.size / size), steps.tables.maxSequences);
  const context = sequences === 0 ? 0 : contextTokens / size;
  const { pairBound } = steps.tables;
  let tokens = 0;
  let pairs = 0;
  let bounded = 0;
  for (const input of inputs) {
    tokens += input;
    pairs += attendedPairs(0, input);
    if (Number.isFinite(pairBound)) bounded += boundedPairs(0, input, pairBound);
  }
  const replicas = Math.min(size, inputs.length);
  const prompts = inputs.length / replicas;
  const perStep = Math.max(1, Math.round(tokens / replicas));
  const mixed = steps.stepSeconds(sequences, context, perStep, pairs / replicas, bounded / replicas, prompts, prompts);
  const seconds =
    sequences === 0 ? mixed : mixed - steps.decodeSeconds(steps.piece(sequences, context), sequences, context);
  return (seconds * replicas) / size;
}

/** Requests by when they end; a binary heap. */
class Earliest {
  private readonly ends: number[] = [];
  private readonly requests: number[] = [];

  get size(): number {
    return this.ends.length;
  }

  get earliest(): number {
    return this.ends[0];
  }

  add(end: number, request: number): void {
    let at = this.ends.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.ends[parent] <= end) break;
      this.put(at, this.ends[parent], this.requests[parent]);
      at = parent;
    }
    this.put(at, end, request);
  }

  take(): number {
    const first = this.requests[0];
    const end = this.ends.pop() as number;
    const request = this.requests.pop() as number;
    const { length } = this.ends;
    if (length === 0) return first;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && this.ends[child + 1] < this.ends[child]) child++;
      if (this.ends[child] >= end) break;
      this.put(at, this.ends[child], this.requests[child]);
      at = child;
    }
    this.put(at, end, request);
    return first;
  }

  private put(at: number, end: number, request: number): void {
    this.ends[at] = end;
    this.requests[at] = request;
  }
}
