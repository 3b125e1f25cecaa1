import type { ResultDocument } from '../../../experiment/result.js';
import type { RequestRecord } from '../../../metrics/recorder.js';
import type { Scenario } from '../../../scenario/schema.js';
import { csvCell } from '../../csv-cell.js';
import { slug } from '../../result-folder.js';
import { epochIso } from '../epoch.js';
import { AIPERF_METRICS, AIPERF_TOTALS } from './metrics.js';
import { type AiperfBlock, AiperfStatistics } from './statistics.js';

const SCHEMA_VERSION = '1.4';

/** Collects what `profile_export_aiperf.json` says of a run, as AIPerf defines it. */
export class AiperfSummary {
  private readonly statistics = AIPERF_METRICS.map(({ unit }) => new AiperfStatistics(unit));
  private completed = 0;
  private errors = 0;
  private good = 0;
  private firstStart = Number.POSITIVE_INFINITY;
  private lastEnd = 0;

  /** Classes whose SLO limits TPOT: AIPerf takes an answer of one token for a miss there. */
  private readonly tpotClasses: ReadonlySet<string>;
  /** AIPerf knows no good requests where no SLO was asked for; goodput then takes all completed ones for good. */
  private readonly hasSlo: boolean;

  constructor(traffic: Scenario['traffic']) {
    this.tpotClasses = new Set(traffic.filter(({ slo }) => slo.tpot !== undefined).map(({ name }) => name));
    this.hasSlo = traffic.some(({ slo }) => Object.values(slo).some((limit) => limit !== undefined));
  }

  add(record: RequestRecord): void {
    this.firstStart = Math.min(this.firstStart, record.arrivalSeconds);
    if (record.outcome !== 'completed') {
      this.errors++;
      return;
    }
    this.completed++;
    this.lastEnd = Math.max(this.lastEnd, record.endSeconds);
    const missed = record.outputTokens < 2 && this.tpotClasses.has(record.class);
    if (record.good && !missed) this.good++;
    AIPERF_METRICS.forEach(({ value }, i) => {
      const of = value(record);
      if (Number.isFinite(of)) this.statistics[i].add(of);
    });
  }

  /** Every metric by its tag. */
  blocks(): Record<string, AiperfBlock> {
    const blocks: Record<string, AiperfBlock> = {};
    AIPERF_METRICS.forEach(({ tag }, i) => {
      const block = this.statistics[i].block();
      if (block !== undefined) blocks[tag] = block;
    });
    const sum = (tag: string) => blocks[tag]?.sum ?? 0;
    const seconds = Math.max(0, this.lastEnd - this.firstStart);
    const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
    const attempted = this.completed + this.errors;
    const totals: Record<string, number> = {
      request_count: this.completed,
      ...(this.errors > 0 && { error_request_count: this.errors }),
      ...(this.hasSlo && {
        good_request_count: this.good,
        good_request_fraction: attempted === 0 ? 0 : this.good / attempted,
        goodput: perSecond(this.good),
      }),
      request_throughput: perSecond(this.completed),
      output_token_throughput: perSecond(sum('output_sequence_length')),
      total_token_throughput: perSecond(sum('output_sequence_length') + sum('input_sequence_length')),
      total_isl: sum('input_sequence_length'),
      total_osl: sum('output_sequence_length'),
      total_output_tokens: sum('output_token_count'),
      benchmark_duration: seconds,
    };
    for (const [tag, avg] of Object.entries(totals)) blocks[tag] = { unit: AIPERF_TOTALS[tag].unit, avg };
    return blocks;
  }

  /** The document, as AIPerf lays it out (docs/reference/json-export-schema.md of its repository). */
  json({ scenario, version, seed }: ResultDocument): string {
    const id = `goodput-${slug(scenario.name)}-${seed}`;
    const start = Number.isFinite(this.firstStart) ? this.firstStart : 0;
    const document = {
      schema_version: SCHEMA_VERSION,
      aiperf_version: `goodput ${version}`,
      benchmark_id: id,
      ...this.blocks(),
      input_config: { goodput: scenario },
      was_cancelled: false,
      error_summary:
        this.errors === 0
          ? []
          : [{ error_details: { type: 'Unfinished', message: 'rejected or still in flight' }, count: this.errors }],
      start_time: epochIso(start),
      end_time: epochIso(Math.max(this.lastEnd, start)),
      run_info: {
        benchmark_id: id,
        sweep_id: null,
        random_seed: seed,
        trial: 0,
        run_label: scenario.name,
        variation_label: 'base',
        variation_index: 0,
        variation_values: {},
        cli_command: null,
      },
    };
    return `${JSON.stringify(document, null, 2)}\n`;
  }

  /** The same as a table: metrics of requests with their percentiles, a blank line, and those of the run. */
  csv(): string {
    const statistics = [
      'avg',
      'min',
      'max',
      'sum',
      'p1',
      'p5',
      'p10',
      'p25',
      'p50',
      'p75',
      'p90',
      'p95',
      'p99',
      'std',
    ] as const;
    const blocks = this.blocks();
    const names = new Map([
      ...AIPERF_METRICS.map(({ tag, header }) => [tag, header] as const),
      ...Object.entries(AIPERF_TOTALS).map(([tag, { header }]) => [tag, header] as const),
    ]);
    const titled = (tag: string) =>
      blocks[tag].unit === 'requests' ? `${names.get(tag)}` : `${names.get(tag)} (${blocks[tag].unit})`;
    const written = (value: number | undefined) =>
      value === undefined ? '' : Number.isInteger(value) ? String(value) : value.toFixed(2);
    const tags = Object.keys(blocks).sort();
    const row = (cells: readonly string[]) => `${cells.map(csvCell).join(',')}\r\n`;
    return [
      row(['Metric', ...statistics]),
      ...tags
        .filter((tag) => blocks[tag].p50 !== undefined)
        .map((tag) => row([titled(tag), ...statistics.map((key) => written(blocks[tag][key]))])),
      row([]),
      row(['Metric', 'Value']),
      ...tags.filter((tag) => blocks[tag].p50 === undefined).map((tag) => row([titled(tag), written(blocks[tag].avg)])),
    ].join('');
  }
}
