import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fileOpener } from '../../../src/experiment/files.js';
import type { ResultDocument } from '../../../src/experiment/result.js';
import { simulate } from '../../../src/experiment/simulate.js';
import type { RequestRecord } from '../../../src/metrics/recorder.js';
import { AiperfSummary } from '../../../src/report/exports/aiperf/summary.js';
import { openExport } from '../../../src/report/exports/index.js';
import { parseScenario } from '../../../src/scenario/parse.js';
import { AiperfTraceReader } from '../../../src/traffic/traces/aiperf.js';
import { SortedReader } from '../../../src/traffic/traces/sorted.js';
import { QUICK } from '../../cli/harness.js';

const { scenario } = parseScenario(QUICK.replace('min: 2', 'min: 1').replace('ttft: 10s', 'ttft: 10s, tpot: 1s'));
const records: RequestRecord[] = [];
let folder: string;
let document: ResultDocument;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-aiperf-'));
  const aiperf = openExport('aiperf', { folder, scenario });
  document = simulate(scenario, {
    onRecord: (record) => {
      records.push({ ...record });
      aiperf.add(record);
    },
  });
  aiperf.commit(document);
});
afterAll(() => rmSync(folder, { recursive: true }));
const text = (name: string) => readFileSync(join(folder, name), 'utf8');

// Written from docs/reference/json-export-schema.md and docs/metrics-reference.md of github.com/ai-dynamo/aiperf.
const figure = z.number();
const percentiles = { p1: figure, p5: figure, p10: figure, p25: figure, p50: figure, p75: figure, p90: figure };
const perRequest = z.strictObject({
  unit: z.string(),
  avg: figure,
  min: figure,
  max: figure,
  ...percentiles,
  p95: figure,
  p99: figure,
  std: figure,
  count: z.int(),
  sum: figure,
});
const ofRun = z.strictObject({ unit: z.string(), avg: figure });
const summarySchema = z.strictObject({
  schema_version: z.string(),
  aiperf_version: z.string(),
  benchmark_id: z.string(),
  start_time: z.iso.datetime(),
  end_time: z.iso.datetime(),
  was_cancelled: z.boolean(),
  input_config: z.object({}),
  run_info: z.strictObject({
    benchmark_id: z.string(),
    sweep_id: z.string().nullable(),
    random_seed: z.int().nullable(),
    trial: z.int(),
    run_label: z.string(),
    variation_label: z.string(),
    variation_index: z.int(),
    variation_values: z.object({}),
    cli_command: z.string().nullable(),
  }),
  error_summary: z.array(z.object({})),
  time_to_first_token: perRequest.extend({ unit: z.literal('ms') }),
  inter_token_latency: perRequest.extend({ unit: z.literal('ms') }),
  request_latency: perRequest.extend({ unit: z.literal('ms') }),
  decode_duration: perRequest.extend({ unit: z.literal('ms') }),
  e2e_output_token_throughput: perRequest.extend({ unit: z.literal('tokens/sec/user') }),
  output_token_throughput_per_user: perRequest.extend({ unit: z.literal('tokens/sec/user') }),
  prefill_throughput_per_user: perRequest.extend({ unit: z.literal('tokens/sec/user') }),
  input_sequence_length: perRequest.extend({ unit: z.literal('tokens') }),
  output_sequence_length: perRequest.extend({ unit: z.literal('tokens') }),
  output_token_count: perRequest.extend({ unit: z.literal('tokens') }),
  request_count: ofRun.extend({ unit: z.literal('requests') }),
  good_request_count: ofRun.extend({ unit: z.literal('requests') }),
  good_request_fraction: ofRun.extend({ unit: z.literal('ratio') }),
  request_throughput: ofRun.extend({ unit: z.literal('requests/sec') }),
  goodput: ofRun.extend({ unit: z.literal('requests/sec') }),
  output_token_throughput: ofRun.extend({ unit: z.literal('tokens/sec') }),
  total_token_throughput: ofRun.extend({ unit: z.literal('tokens/sec') }),
  total_isl: ofRun.extend({ unit: z.literal('tokens') }),
  total_osl: ofRun.extend({ unit: z.literal('tokens') }),
  total_output_tokens: ofRun.extend({ unit: z.literal('tokens') }),
  benchmark_duration: ofRun.extend({ unit: z.literal('sec') }),
});
const value = (unit: string) => z.strictObject({ value: z.number(), unit: z.literal(unit) });
const recordSchema = z.strictObject({
  metadata: z.strictObject({
    session_num: z.int(),
    x_request_id: z.string(),
    x_correlation_id: z.string(),
    conversation_id: z.string(),
    turn_index: z.int(),
    request_start_ns: z.number(),
    request_ack_ns: z.number().nullable(),
    request_end_ns: z.number(),
    worker_id: z.string(),
    record_processor_id: z.string(),
    benchmark_phase: z.enum(['profiling', 'warmup']),
    was_cancelled: z.boolean(),
    cancellation_time_ns: z.number().nullable(),
  }),
  metrics: z.strictObject({
    time_to_first_token: value('ms'),
    inter_token_latency: value('ms').optional(),
    request_latency: value('ms'),
    decode_duration: value('ms'),
    e2e_output_token_throughput: value('tokens/sec/user'),
    output_token_throughput_per_user: value('tokens/sec/user').optional(),
    prefill_throughput_per_user: value('tokens/sec/user'),
    input_sequence_length: value('tokens'),
    output_sequence_length: value('tokens'),
    output_token_count: value('tokens'),
  }),
  error: z.null(),
});

describe('the AIPerf export', () => {
  it('is laid out as AIPerf documents its summary', () => {
    const { error } = summarySchema.safeParse(JSON.parse(text('profile_export_aiperf.json')));
    expect(error?.issues ?? []).toEqual([]);
  });

  it('has a record of AIPerf for each request', () => {
    const lines = text('profile_export.jsonl').trimEnd().split('\n');
    expect(lines).toHaveLength(records.length);
    for (const line of lines) expect(recordSchema.safeParse(JSON.parse(line)).error?.issues ?? []).toEqual([]);
  });

  it('read back as a trace gives the same demand', () => {
    const path = join(folder, 'profile_export.jsonl');
    const trace = new SortedReader(new AiperfTraceReader(fileOpener('.')(path), path), path);
    const sent = [...records].sort((a, b) => a.arrivalSeconds - b.arrivalSeconds);
    let i = 0;
    while (trace.next()) {
      const { arrivalSeconds, inputTokens, outputTokens } = sent[i];
      expect(trace.seconds).toBeCloseTo(arrivalSeconds - sent[0].arrivalSeconds, 6);
      expect([trace.inputTokens, trace.outputTokens]).toEqual([inputTokens, outputTokens]);
      i++;
    }
    expect(i).toBe(sent.length);
  });

  it('agrees with the result document where both define a figure in the same way', () => {
    const summary = summarySchema.parse(JSON.parse(text('profile_export_aiperf.json')));
    expect(summary.time_to_first_token.avg).toBeCloseTo(document.summary.ttftMs.mean ?? 0, 9);
    // Both keep values in buckets, milliseconds here and seconds there, and know a quantile to 0.05 %.
    expect(summary.time_to_first_token.p99 / (document.summary.ttftMs.p99 ?? 0)).toBeCloseTo(1, 3);
    expect(summary.inter_token_latency.avg).toBeCloseTo(document.summary.tpotMs.mean ?? 0, 9);
    expect(summary.request_count.avg).toBe(document.summary.requests.completed);
    expect(summary.total_osl.avg).toBe(document.summary.tokens.outputCompleted);
  });

  it('takes an answer of one token for a miss where TPOT is limited, as AIPerf does', () => {
    const summary = summarySchema.parse(JSON.parse(text('profile_export_aiperf.json')));
    const single = records.filter(({ outputTokens }) => outputTokens === 1).length;
    expect(single).toBeGreaterThan(0);
    expect(summary.good_request_count.avg).toBe(document.summary.requests.good - single);
  });

  it('knows no good requests where no SLO was asked for, as AIPerf does', () => {
    const { slo: _, ...traffic } = scenario.traffic[0];
    const summary = new AiperfSummary([{ ...traffic, slo: {} }]);
    for (const record of records) summary.add(record);
    const tags = Object.keys(summary.blocks());
    expect(tags).toContain('request_throughput');
    expect(tags.filter((tag) => tag.includes('good'))).toEqual([]);
  });

  it('has the same figures in its CSV, rounded as AIPerf rounds them', () => {
    const [head, ...rows] = text('profile_export_aiperf.csv').split('\r\n');
    expect(head).toBe('Metric,avg,min,max,sum,p1,p5,p10,p25,p50,p75,p90,p95,p99,std');
    const ttft = rows.find((row) => row.startsWith('Time to First Token (ms),'));
    expect(ttft?.split(',')[1]).toBe(document.summary.ttftMs.mean?.toFixed(2));
    expect(rows).toContain(`Request Count,${document.summary.requests.completed}`);
  });
});
