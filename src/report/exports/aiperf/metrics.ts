import type { RequestRecord } from '../../../metrics/recorder.js';

/** A metric that AIPerf has for each request: its tag, its name and unit in files, and its value; NaN where it has none. */
export interface AiperfMetric {
  tag: string;
  header: string;
  unit: string;
  value: (record: RequestRecord) => number;
}

const latencyMs = ({ arrivalSeconds, endSeconds }: RequestRecord) => (endSeconds - arrivalSeconds) * 1000;
const ttftMs = ({ arrivalSeconds, firstTokenSeconds }: RequestRecord) => (firstTokenSeconds - arrivalSeconds) * 1000;

/** What AIPerf calls inter-token latency and vLLM TPOT: a mean over one answer, which an answer of one token has not. */
const itlMs = ({ firstTokenSeconds, endSeconds, outputTokens }: RequestRecord) =>
  outputTokens < 2 ? Number.NaN : ((endSeconds - firstTokenSeconds) * 1000) / (outputTokens - 1);

/** Metrics of a completed request; source: AIPerf, "Metrics Reference", github.com/ai-dynamo/aiperf/docs. */
export const AIPERF_METRICS: readonly AiperfMetric[] = [
  { tag: 'time_to_first_token', header: 'Time to First Token', unit: 'ms', value: ttftMs },
  { tag: 'inter_token_latency', header: 'Inter Token Latency', unit: 'ms', value: itlMs },
  { tag: 'request_latency', header: 'Request Latency', unit: 'ms', value: latencyMs },
  {
    tag: 'decode_duration',
    header: 'Decode Duration',
    unit: 'ms',
    value: (record) => latencyMs(record) - ttftMs(record),
  },
  {
    tag: 'output_token_throughput_per_user',
    header: 'Output Token Throughput Per User',
    unit: 'tokens/sec/user',
    value: (record) => 1000 / itlMs(record),
  },
  {
    tag: 'prefill_throughput_per_user',
    header: 'Prefill Throughput Per User',
    unit: 'tokens/sec/user',
    value: (record) => (record.inputTokens / ttftMs(record)) * 1000,
  },
  {
    tag: 'e2e_output_token_throughput',
    header: 'E2E Output Token Throughput',
    unit: 'tokens/sec/user',
    value: (record) => (record.outputTokens / latencyMs(record)) * 1000,
  },
  {
    tag: 'input_sequence_length',
    header: 'Input Sequence Length',
    unit: 'tokens',
    value: ({ inputTokens }) => inputTokens,
  },
  {
    tag: 'output_sequence_length',
    header: 'Output Sequence Length',
    unit: 'tokens',
    value: ({ outputTokens }) => outputTokens,
  },
  {
    tag: 'output_token_count',
    header: 'Output Token Count',
    unit: 'tokens',
    value: ({ outputTokens }) => outputTokens,
  },
];

/** Names in files of the metrics that a whole run has. */
export const AIPERF_TOTALS: Readonly<Record<string, { header: string; unit: string }>> = {
  request_count: { header: 'Request Count', unit: 'requests' },
  error_request_count: { header: 'Error Request Count', unit: 'requests' },
  good_request_count: { header: 'Good Request Count', unit: 'requests' },
  good_request_fraction: { header: 'GoodRequestFraction', unit: 'ratio' },
  request_throughput: { header: 'Request Throughput', unit: 'requests/sec' },
  goodput: { header: 'Goodput', unit: 'requests/sec' },
  output_token_throughput: { header: 'Output Token Throughput', unit: 'tokens/sec' },
  total_token_throughput: { header: 'Total Token Throughput', unit: 'tokens/sec' },
  total_isl: { header: 'Total Input Sequence Length', unit: 'tokens' },
  total_osl: { header: 'Total Output Sequence Length', unit: 'tokens' },
  total_output_tokens: { header: 'Total Output Tokens', unit: 'tokens' },
  benchmark_duration: { header: 'Benchmark Duration', unit: 'sec' },
};
