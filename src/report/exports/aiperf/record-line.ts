import type { RequestRecord } from '../../../metrics/recorder.js';
import { epochNanoseconds } from '../epoch.js';
import { AIPERF_METRICS } from './metrics.js';

/** What AIPerf reports of a request that did not end. */
const ERRORS = {
  rejected: { code: 503, type: 'RequestRejectedError', message: 'rejected: no replica took it' },
  cancelled: { code: 499, type: 'RequestCancellationError', message: 'its user left before the answer was complete' },
  failed: { code: 500, type: 'RequestFailedError', message: 'lost with the hardware that served it' },
  'in-flight': { code: 499, type: 'RequestCancellationError', message: 'still in flight when the run ended' },
} as const;

/**
 * One line of `profile_export.jsonl`. Nanoseconds are written digit by digit, since they exceed what JSON.stringify can.
 *
 * @param warmup whether the request belongs to the warm-up, which AIPerf marks as a phase of its own
 * @param runEnd seconds at which requests in flight are taken for cancelled
 */
export function recordLine(record: RequestRecord, warmup: boolean, runEnd: number): string {
  const { id, outcome, arrivalSeconds, firstTokenSeconds } = record;
  const end = outcome === 'in-flight' ? runEnd : record.endSeconds;
  const cancelled = outcome === 'in-flight' || outcome === 'cancelled';
  const times = [
    `"request_start_ns":${epochNanoseconds(arrivalSeconds)}`,
    `"request_ack_ns":${Number.isNaN(firstTokenSeconds) ? 'null' : epochNanoseconds(firstTokenSeconds)}`,
    `"request_end_ns":${epochNanoseconds(end)}`,
    `"cancellation_time_ns":${cancelled ? epochNanoseconds(end) : 'null'}`,
  ];
  const metadata = JSON.stringify({
    session_num: id,
    x_request_id: `request-${id}`,
    x_correlation_id: `session-${id}`,
    conversation_id: `${record.class}-${id}`,
    turn_index: 0,
    worker_id: `instance-${record.instance}`,
    record_processor_id: 'goodput',
    benchmark_phase: warmup ? 'warmup' : 'profiling',
    was_cancelled: cancelled,
  });
  const metrics =
    outcome === 'completed'
      ? Object.fromEntries(
          AIPERF_METRICS.flatMap(({ tag, unit, value }) => {
            const of = value(record);
            return Number.isFinite(of) ? [[tag, { value: of, unit }]] : [];
          }),
        )
      : { error_isl: { value: record.inputTokens, unit: 'tokens' } };
  const error = outcome === 'completed' ? null : ERRORS[outcome];
  return `{"metadata":${metadata.slice(0, -1)},${times.join(',')}},"metrics":${JSON.stringify(metrics)},"error":${JSON.stringify(error)}}\n`;
}
