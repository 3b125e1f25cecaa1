import { join } from 'node:path';
import type { ResultDocument } from '../../../experiment/result.js';
import type { RequestRecord } from '../../../metrics/recorder.js';
import { AtomicFile } from '../../atomic-file.js';
import { EPOCH_SECONDS } from '../epoch.js';
import type { ExportTarget, RunExport } from '../run-export.js';
import { HISTOGRAMS } from './families.js';
import { boundText, type MetricFamily, openMetrics, type Sample } from './open-metrics.js';
import { TimeGrid } from './time-grid.js';

const FILE = 'metrics.txt';

/** Gauges and counters, in the order of their slots in the grid. */
const GAUGES = [
  ['vllm:num_requests_running', 'Requests in batches.'],
  ['vllm:num_requests_waiting', 'Requests that wait for a place in a batch.'],
] as const;
const COUNTERS = [
  ['vllm:prompt_tokens', 'Prompt tokens of finished prefills.', {}],
  ['vllm:generation_tokens', 'Answer tokens, spread evenly over the time of their answer.', {}],
  ['vllm:num_preemptions', 'Preemptions of completed requests.', {}],
  ['vllm:prefix_cache_queries', 'Prompt tokens of completed requests, looked up in caches.', {}],
  ['vllm:prefix_cache_hits', 'Those of them that were found.', {}],
  ['vllm:request_success', 'Completed requests.', { finished_reason: 'stop' }],
  ['goodput:requests_good', 'Requests that held every term of their SLO.', {}],
  ['goodput:requests_rejected', 'Requests that no replica took.', {}],
] as const;
const [RUNNING, WAITING] = [0, 1];
const [PROMPT, GENERATION, PREEMPTIONS, QUERIES, HITS, SUCCESS, GOOD, REJECTED] = COUNTERS.map(
  (_, i) => GAUGES.length + i,
);

/**
 * The run as vLLM's `/metrics` would have shown it, in OpenMetrics text with timestamps, for boards that know vLLM:
 * `promtool tsdb create-blocks-from openmetrics metrics.txt` puts it into a Prometheus. The whole fleet is one engine.
 */
export class PrometheusExport implements RunExport {
  static readonly streamed: readonly string[] = [];
  private readonly grid: TimeGrid;
  /** First slot of each histogram: its buckets, +Inf, and the sum. */
  private readonly histogramSlots: number[] = [];

  constructor(private readonly target: ExportTarget) {
    let slots = GAUGES.length + COUNTERS.length;
    for (const { bounds } of HISTOGRAMS) {
      this.histogramSlots.push(slots);
      slots += bounds.length + 2;
    }
    this.grid = new TimeGrid(slots);
  }

  add(record: RequestRecord): void {
    const { grid } = this;
    const { outcome, arrivalSeconds, admittedSeconds, firstTokenSeconds, endSeconds } = record;
    const admitted = !Number.isNaN(admittedSeconds);
    grid.add(WAITING, arrivalSeconds, 1);
    if (admitted) {
      grid.add(WAITING, admittedSeconds, -1);
      grid.add(RUNNING, admittedSeconds, 1);
    }
    if (!Number.isNaN(firstTokenSeconds)) grid.add(PROMPT, firstTokenSeconds, record.inputTokens);
    if (!Number.isNaN(endSeconds)) grid.add(admitted ? RUNNING : WAITING, endSeconds, -1);
    if (outcome === 'rejected') grid.add(REJECTED, endSeconds, 1);
    if (outcome !== 'completed') return;
    grid.spread(GENERATION, firstTokenSeconds, endSeconds, record.outputTokens);
    grid.add(PREEMPTIONS, endSeconds, record.preemptions);
    grid.add(QUERIES, endSeconds, record.inputTokens);
    grid.add(HITS, endSeconds, record.cachedTokens);
    grid.add(SUCCESS, endSeconds, 1);
    if (record.good) grid.add(GOOD, endSeconds, 1);
    HISTOGRAMS.forEach(({ bounds, value, when, weight }, i) => {
      const of = value(record);
      if (!Number.isFinite(of)) return;
      const bucket = bounds.findIndex((bound) => of <= bound);
      const times = weight === undefined ? 1 : weight(record);
      const slot = this.histogramSlots[i];
      grid.add(slot + (bucket === -1 ? bounds.length : bucket), when(record), times);
      grid.add(slot + bounds.length + 1, when(record), of * times);
    });
  }

  commit(document: ResultDocument): void {
    const file = new AtomicFile(join(this.target.folder, FILE));
    try {
      for (const text of openMetrics(this.families(document))) file.write(text);
      file.commit();
    } catch (error) {
      file.discard();
      throw error;
    }
  }

  discard(): void {}

  private *families({ scenario, timeSeries }: ResultDocument): Generator<MetricFamily> {
    const labels = { model_name: scenario.factory.model ?? 'given', engine: '0' };
    for (const [i, [name, help]] of GAUGES.entries()) {
      yield { name, type: 'gauge', help, samples: this.samples(i, '', labels) };
    }
    if (timeSeries !== null) {
      const { kvCache, edges } = timeSeries;
      const samples = kvCache.map((value, k) => ({
        suffix: '',
        labels,
        value,
        timestamp: EPOCH_SECONDS + edges[k + 1],
      }));
      yield { name: 'vllm:kv_cache_usage_perc', type: 'gauge', help: 'Share of the KV cache in use, 0 to 1.', samples };
    }
    for (const [i, [name, help, own]] of COUNTERS.entries()) {
      yield { name, type: 'counter', help, samples: this.samples(GAUGES.length + i, '_total', { ...labels, ...own }) };
    }
    for (const [i, { name, help, bounds }] of HISTOGRAMS.entries()) {
      yield { name, type: 'histogram', help, samples: this.histogram(this.histogramSlots[i], bounds, labels) };
    }
  }

  private samples(slot: number, suffix: string, labels: Sample['labels']): Sample[] {
    return this.grid
      .cumulative(slot)
      .map((value, cell) => ({ suffix, labels, value, timestamp: this.timestamp(cell) }));
  }

  /** Moment by moment, since OpenMetrics wants all of a histogram's samples of one moment together. */
  private histogram(slot: number, bounds: readonly number[], labels: Sample['labels']): Sample[] {
    const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => ({
      le: boundText(bound),
      counts: this.grid.cumulative(slot + i),
    }));
    const sums = this.grid.cumulative(slot + bounds.length + 1);
    return sums.flatMap((sum, cell) => {
      const timestamp = this.timestamp(cell);
      let count = 0;
      const samples = buckets.map(({ le, counts }): Sample => {
        count += counts[cell];
        return { suffix: '_bucket', labels: { ...labels, le }, value: count, timestamp };
      });
      samples.push({ suffix: '_count', labels, value: count, timestamp });
      samples.push({ suffix: '_sum', labels, value: sum, timestamp });
      return samples;
    });
  }

  private timestamp(cell: number): number {
    return EPOCH_SECONDS + (cell + 1) * this.grid.width;
  }
}
