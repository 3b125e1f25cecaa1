import type { RequestRecord } from '../../../metrics/recorder.js';

/** A histogram of one value per request (or of `weight` values), observed at some time. */
export interface HistogramFamily {
  name: string;
  help: string;
  bounds: readonly number[];
  value: (record: RequestRecord) => number;
  /** When the value becomes known, seconds. */
  when: (record: RequestRecord) => number;
  weight?: (record: RequestRecord) => number;
}

/** Bounds as in vLLM's `vllm/v1/metrics/loggers.py`, so that its boards and recording rules fit. */
const FIRST_TOKEN = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
];
const PER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];
const LATENCY = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680];
const TOKENS = [0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((mantissa) => mantissa * 10 ** power));

const end = ({ endSeconds }: RequestRecord) => endSeconds;
const tpot = ({ outputTokens, firstTokenSeconds, endSeconds }: RequestRecord) =>
  outputTokens < 2 ? Number.NaN : (endSeconds - firstTokenSeconds) / (outputTokens - 1);
const gaps = ({ outputTokens }: RequestRecord) => outputTokens - 1;
const EACH_GAP = 'each gap counted at the mean of its answer';

/** Histograms under vLLM's names; all are of completed requests. */
export const HISTOGRAMS: readonly HistogramFamily[] = [
  {
    name: 'vllm:time_to_first_token_seconds',
    help: 'Arrival to first token, queueing included.',
    bounds: FIRST_TOKEN,
    value: ({ arrivalSeconds, firstTokenSeconds }) => firstTokenSeconds - arrivalSeconds,
    when: ({ firstTokenSeconds }) => firstTokenSeconds,
  },
  {
    name: 'vllm:inter_token_latency_seconds',
    help: `Time between tokens, ${EACH_GAP}.`,
    bounds: PER_TOKEN,
    value: tpot,
    when: end,
    weight: gaps,
  },
  {
    name: 'vllm:time_per_output_token_seconds',
    help: `Older name of vllm:inter_token_latency_seconds; ${EACH_GAP}.`,
    bounds: PER_TOKEN,
    value: tpot,
    when: end,
    weight: gaps,
  },
  {
    name: 'vllm:request_time_per_output_token_seconds',
    help: 'Mean time per output token of a request (TPOT).',
    bounds: PER_TOKEN,
    value: tpot,
    when: end,
  },
  {
    name: 'vllm:e2e_request_latency_seconds',
    help: 'Arrival to last token.',
    bounds: LATENCY,
    value: ({ arrivalSeconds, endSeconds }) => endSeconds - arrivalSeconds,
    when: end,
  },
  {
    name: 'vllm:request_queue_time_seconds',
    help: 'Arrival to admission into a batch.',
    bounds: LATENCY,
    value: ({ arrivalSeconds, admittedSeconds }) => admittedSeconds - arrivalSeconds,
    when: end,
  },
  {
    name: 'vllm:request_prefill_time_seconds',
    help: 'Admission to first token.',
    bounds: LATENCY,
    value: ({ admittedSeconds, firstTokenSeconds }) => firstTokenSeconds - admittedSeconds,
    when: end,
  },
  {
    name: 'vllm:request_decode_time_seconds',
    help: 'First to last token.',
    bounds: LATENCY,
    value: ({ firstTokenSeconds, endSeconds }) => endSeconds - firstTokenSeconds,
    when: end,
  },
  {
    name: 'vllm:request_inference_time_seconds',
    help: 'Admission to last token.',
    bounds: LATENCY,
    value: ({ admittedSeconds, endSeconds }) => endSeconds - admittedSeconds,
    when: end,
  },
  {
    name: 'vllm:request_prompt_tokens',
    help: 'Prompt tokens of a request.',
    bounds: TOKENS,
    value: ({ inputTokens }) => inputTokens,
    when: end,
  },
  {
    name: 'vllm:request_generation_tokens',
    help: 'Answer tokens of a request.',
    bounds: TOKENS,
    value: ({ outputTokens }) => outputTokens,
    when: end,
  },
];
