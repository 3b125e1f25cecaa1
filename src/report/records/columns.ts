import type { RequestRecord } from '../../metrics/recorder.js';

/** One column of a file of requests; `NaN` stands for what never came. */
export type RecordColumn =
  | { name: string; type: 'integer' | 'real'; nullable: boolean; value: (record: RequestRecord) => number }
  | { name: string; type: 'text'; value: (record: RequestRecord) => string }
  | { name: string; type: 'flag'; value: (record: RequestRecord) => boolean };

/** The columns of a file of requests, in order; units stand in the names. */
export const recordColumns: readonly RecordColumn[] = [
  { name: 'id', type: 'integer', nullable: false, value: ({ id }) => id },
  { name: 'class', type: 'text', value: (record) => record.class },
  { name: 'outcome', type: 'text', value: ({ outcome }) => outcome },
  // A request that was never given to an instance has -1.
  {
    name: 'instance',
    type: 'integer',
    nullable: true,
    value: ({ instance }) => (instance < 0 ? Number.NaN : instance),
  },
  { name: 'arrival_s', type: 'real', nullable: false, value: ({ arrivalSeconds }) => arrivalSeconds },
  { name: 'admitted_s', type: 'real', nullable: true, value: ({ admittedSeconds }) => admittedSeconds },
  { name: 'first_token_s', type: 'real', nullable: true, value: ({ firstTokenSeconds }) => firstTokenSeconds },
  { name: 'end_s', type: 'real', nullable: true, value: ({ endSeconds }) => endSeconds },
  { name: 'input_tokens', type: 'integer', nullable: false, value: ({ inputTokens }) => inputTokens },
  { name: 'output_tokens', type: 'integer', nullable: false, value: ({ outputTokens }) => outputTokens },
  { name: 'preemptions', type: 'integer', nullable: false, value: ({ preemptions }) => preemptions },
  { name: 'ttft_ms', type: 'real', nullable: true, value: ttftMs },
  { name: 'tpot_ms', type: 'real', nullable: true, value: tpotMs },
  { name: 'e2e_ms', type: 'real', nullable: true, value: e2eMs },
  { name: 'queue_ms', type: 'real', nullable: true, value: queueMs },
  { name: 'good', type: 'flag', value: ({ good }) => good },
];

function ttftMs({ arrivalSeconds, firstTokenSeconds }: RequestRecord): number {
  return (firstTokenSeconds - arrivalSeconds) * 1000;
}

/** A one-token answer has none, nor has one that never ended. */
function tpotMs({ outcome, outputTokens, firstTokenSeconds, endSeconds }: RequestRecord): number {
  if (outcome !== 'completed' || outputTokens < 2) return Number.NaN;
  return ((endSeconds - firstTokenSeconds) / (outputTokens - 1)) * 1000;
}

function e2eMs({ outcome, arrivalSeconds, endSeconds }: RequestRecord): number {
  return outcome === 'completed' ? (endSeconds - arrivalSeconds) * 1000 : Number.NaN;
}

function queueMs({ arrivalSeconds, admittedSeconds }: RequestRecord): number {
  return (admittedSeconds - arrivalSeconds) * 1000;
}
