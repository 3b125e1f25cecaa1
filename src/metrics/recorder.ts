import { Histogram } from './histogram.js';
import { type SeriesCollector, TOTALS } from './series/series-collector.js';
import { SessionStatistics } from './session-statistics.js';

/**
 * `rejected`: turned away before it was served, or too large for any replica; `cancelled`: its user left; `failed`: lost
 * with an instance, and not tried again.
 */
export type Outcome = 'completed' | 'rejected' | 'cancelled' | 'failed' | 'in-flight';

/** What became of one request; times in seconds since the start, NaN where they never came. */
export interface RequestRecord {
  id: number;
  class: string;
  outcome: Outcome;
  instance: number;
  arrivalSeconds: number;
  admittedSeconds: number;
  firstTokenSeconds: number;
  endSeconds: number;
  inputTokens: number;
  /** Answer tokens that were produced. */
  outputTokens: number;
  preemptions: number;
  /** Prompt tokens of a completed request that were found in a cache when it was admitted. */
  cachedTokens: number;
  good: boolean;
}

/** SLO of a class, seconds; Infinity where a term is not asked for. */
export interface SloSeconds {
  ttft: number;
  tpot: number;
  e2e: number;
}

export interface RecorderOptions {
  classes: readonly { name: string; slo: SloSeconds }[];
  /** Start of the window that is measured; requests count when they arrive at or after it. */
  warmupSeconds: number;
  /** Takes down what happened when. */
  series?: SeriesCollector | undefined;
  /** Whether requests of any class belong to sessions. */
  sessions?: boolean | undefined;
  /** Called once per request, whatever becomes of it. */
  onRecord?: ((record: RequestRecord) => void) | undefined;
}

/** Counters and distributions of one class, over the requests that arrived inside the window. */
export class ClassStatistics {
  arrived = 0;
  completed = 0;
  rejected = 0;
  cancelled = 0;
  failed = 0;
  inFlight = 0;
  good = 0;
  inputArrived = 0;
  inputCompleted = 0;
  /** Of those, found in a cache. */
  inputCached = 0;
  outputCompleted = 0;
  inputRejected = 0;
  inputCancelled = 0;
  inputFailed = 0;
  inputInFlight = 0;
  outputUnfinished = 0;
  goodInput = 0;
  goodInputCached = 0;
  goodOutput = 0;
  readonly ttft = new Histogram();
  readonly tpot = new Histogram();
  readonly e2e = new Histogram();
  readonly queue = new Histogram();
}

/** Collects what happens to requests. Knows nothing of how they are served. */
export class Recorder {
  readonly classes: ClassStatistics[];
  readonly itl = new Histogram();
  readonly warmupSeconds: number;
  readonly series: SeriesCollector | undefined;
  readonly sessions: SessionStatistics | undefined;
  /** Within the window: answers ended, answer tokens produced, prompt tokens of finished prefills. */
  windowCompleted = 0;
  windowOutputTokens = 0;
  windowInputTokens = 0;
  preemptions = 0;
  /** Times that an instance failed under a request. */
  retries = 0;
  /** Over the whole run, for the laws that must hold exactly. */
  arrivedTotal = 0;
  endedTotal = 0;
  producedTotal = 0;
  deliveredTotal = 0;
  /** Tokens of answers that were begun anew. */
  discardedTotal = 0;
  sojournSeconds = 0;
  requestSeconds = 0;
  inSystem = 0;
  waiting = 0;
  readonly backlog = new BacklogSamples();
  private waitingSeconds = 0;
  private lastSeconds = 0;
  private readonly options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.options = options;
    this.warmupSeconds = options.warmupSeconds;
    this.series = options.series;
    if (options.sessions === true) this.sessions = new SessionStatistics(options.warmupSeconds);
    this.classes = options.classes.map(() => new ClassStatistics());
  }

  arrive(classIndex: number, now: number, inputTokens: number): void {
    this.passTime(now);
    this.arrivedTotal++;
    this.inSystem++;
    this.waiting++;
    this.backlog.arrival(now, this.waitingSeconds);
    if (now < this.warmupSeconds) return;
    const statistics = this.classes[classIndex];
    statistics.arrived++;
    statistics.inputArrived += inputTokens;
  }

  /** A request leaves the queue, for a batch or because it is refused. */
  leaveQueue(now: number): void {
    this.passTime(now);
    this.waiting--;
  }

  /** A running request is evicted and returns to the queue. */
  returnToQueue(now: number): void {
    this.passTime(now);
    this.waiting++;
    if (now >= this.warmupSeconds) this.preemptions++;
  }

  /** The instance that served a request has failed; it waits for another one. */
  retry(now: number): void {
    this.passTime(now);
    this.waiting++;
    if (now >= this.warmupSeconds) this.retries++;
  }

  /** An answer that had begun at `firstToken` is begun anew; its prompt will count once more when it is computed again. */
  discard(firstToken: number, inputTokens: number, producedTokens: number): void {
    this.discardedTotal += producedTokens;
    if (firstToken >= this.warmupSeconds) this.windowInputTokens -= inputTokens;
  }

  /** A prompt has been computed for the first time; its first token is there. */
  firstToken(now: number, inputTokens: number): void {
    this.producedTotal++;
    if (now < this.warmupSeconds) return;
    this.windowInputTokens += inputTokens;
    this.windowOutputTokens++;
  }

  /** Tokens that decode steps produced; `inWindow` of them after the warm-up. */
  decoded(tokens: number, inWindow: number): void {
    this.producedTotal += tokens;
    this.windowOutputTokens += inWindow;
  }

  complete(
    id: number,
    classIndex: number,
    instance: number,
    arrival: number,
    admitted: number,
    firstToken: number,
    now: number,
    inputTokens: number,
    outputTokens: number,
    preemptions: number,
    cachedTokens: number,
  ): void {
    this.leave(arrival, now);
    this.deliveredTotal += outputTokens;
    if (now >= this.warmupSeconds) this.windowCompleted++;
    const statistics = this.classes[classIndex];
    const slo = this.options.classes[classIndex].slo;
    const ttft = firstToken - arrival;
    const e2e = now - arrival;
    let good = ttft <= slo.ttft && e2e <= slo.e2e;
    let tpot = 0;
    if (outputTokens > 1) {
      tpot = (now - firstToken) / (outputTokens - 1);
      good = good && tpot <= slo.tpot;
    }
    if (arrival >= this.warmupSeconds) {
      statistics.completed++;
      statistics.inputCompleted += inputTokens;
      statistics.inputCached += cachedTokens;
      statistics.outputCompleted += outputTokens;
      statistics.ttft.add(ttft);
      statistics.e2e.add(e2e);
      statistics.queue.add(admitted - arrival);
      if (outputTokens > 1) statistics.tpot.add(tpot);
      this.series?.completed(arrival, classIndex, ttft, outputTokens, tpot, good);
      if (good) {
        statistics.good++;
        statistics.goodInput += inputTokens;
        statistics.goodInputCached += cachedTokens;
        statistics.goodOutput += outputTokens;
      }
    }
    if (this.options.onRecord !== undefined) {
      this.options.onRecord({
        id,
        class: this.options.classes[classIndex].name,
        outcome: 'completed',
        instance,
        arrivalSeconds: arrival,
        admittedSeconds: admitted,
        firstTokenSeconds: firstToken,
        endSeconds: now,
        inputTokens,
        outputTokens,
        preemptions,
        cachedTokens,
        good,
      });
    }
  }

  /** A request that will never be completed, for whatever reason, or is still there when the run ends. */
  unfinished(
    outcome: Exclude<Outcome, 'completed'>,
    id: number,
    classIndex: number,
    instance: number,
    arrival: number,
    admitted: number,
    firstToken: number,
    now: number,
    inputTokens: number,
    producedTokens: number,
    preemptions: number,
  ): void {
    this.leave(arrival, now);
    this.deliveredTotal += producedTokens;
    if (arrival >= this.warmupSeconds) {
      const statistics = this.classes[classIndex];
      statistics.outputUnfinished += producedTokens;
      if (outcome === 'rejected') {
        statistics.rejected++;
        statistics.inputRejected += inputTokens;
      } else if (outcome === 'cancelled') {
        statistics.cancelled++;
        statistics.inputCancelled += inputTokens;
      } else if (outcome === 'failed') {
        statistics.failed++;
        statistics.inputFailed += inputTokens;
      } else {
        statistics.inFlight++;
        statistics.inputInFlight += inputTokens;
      }
    }
    this.options.onRecord?.({
      id,
      class: this.options.classes[classIndex].name,
      outcome,
      instance,
      arrivalSeconds: arrival,
      admittedSeconds: admitted,
      firstTokenSeconds: firstToken,
      endSeconds: outcome === 'in-flight' ? Number.NaN : now,
      inputTokens,
      outputTokens: producedTokens,
      preemptions,
      cachedTokens: 0,
      good: false,
    });
  }

  /** Brings the integrals over time up to `now`. */
  passTime(now: number): void {
    const seconds = now - this.lastSeconds;
    if (seconds === 0) return;
    this.requestSeconds += this.inSystem * seconds;
    this.waitingSeconds += this.waiting * seconds;
    this.lastSeconds = now;
  }

  /** Fills in what is known here of the totals at `seconds`, see {@link TOTALS}. */
  readTotals(seconds: number, totals: Float64Array): void {
    const since = seconds - this.lastSeconds;
    totals[TOTALS.completed] = this.windowCompleted;
    totals[TOTALS.preemptions] = this.preemptions;
    totals[TOTALS.outputTokens] = this.windowOutputTokens;
    totals[TOTALS.waitingSeconds] = this.waitingSeconds + this.waiting * since;
    totals[TOTALS.inSystemSeconds] = this.requestSeconds + this.inSystem * since;
    for (let i = 0; i < this.classes.length; i++) {
      const { arrived, rejected, cancelled, failed } = this.classes[i];
      totals[TOTALS.classes + i] = arrived;
      totals[TOTALS.rejected] += rejected;
      totals[TOTALS.cancelled] += cancelled;
      totals[TOTALS.failed] += failed;
    }
  }

  private leave(arrival: number, now: number): void {
    this.passTime(now);
    this.inSystem--;
    this.endedTotal++;
    this.sojournSeconds += now - arrival;
  }
}

/** Samples kept of the backlog: twice as many arrivals apart whenever they would become more. */
const MAX_SAMPLES = 256;

/** How the number of waiting requests developed, at evenly spaced arrivals; a few numbers however long the run. */
export class BacklogSamples {
  private readonly seconds: number[] = [];
  private readonly waitingSeconds: number[] = [];
  private stride = 1;
  private arrivals = 0;

  arrival(now: number, waitingSeconds: number): void {
    if (this.arrivals++ % this.stride !== 0) return;
    this.seconds.push(now);
    this.waitingSeconds.push(waitingSeconds);
    if (this.seconds.length < MAX_SAMPLES) return;
    for (let i = 0; i < MAX_SAMPLES / 2; i++) {
      this.seconds[i] = this.seconds[2 * i];
      this.waitingSeconds[i] = this.waitingSeconds[2 * i];
    }
    this.seconds.length = MAX_SAMPLES / 2;
    this.waitingSeconds.length = MAX_SAMPLES / 2;
    this.stride *= 2;
  }

  /** Mean number of waiting requests in the `parts` equal shares of the arrivals; empty where there were too few. */
  means(parts: number): number[] {
    const samples = this.seconds.length;
    if (samples < 8 * parts) return [];
    const means: number[] = [];
    for (let part = 0; part < parts; part++) {
      const from = Math.floor((part * (samples - 1)) / parts);
      const to = Math.floor(((part + 1) * (samples - 1)) / parts);
      const seconds = this.seconds[to] - this.seconds[from];
      means.push(seconds > 0 ? (this.waitingSeconds[to] - this.waitingSeconds[from]) / seconds : 0);
    }
    return means;
  }
}
