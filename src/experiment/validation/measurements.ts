import { parse } from 'csv-parse/sync';
import { InputError, type InputProblem } from '../../scenario/input-error.js';

/** GPUs of one role, as the file gives them; null where the cell is empty. */
export interface MeasuredParallelism {
  readonly tp: number | null;
  readonly pp: number | null;
  readonly attentionDp: number | null;
  readonly moeTp: number | null;
  readonly moeEp: number | null;
}

/** Workers of one role of a disaggregated fleet. */
export interface MeasuredRole {
  readonly workers: number;
  /** GPUs of all workers; null where the file does not say. */
  readonly gpus: number | null;
  readonly parallelism: MeasuredParallelism;
  /** Whether attention is data-parallel over the GPUs of a worker, where the file says only that. */
  readonly dataParallel: boolean;
}

/** One measured run: a row of a measurement file. */
export interface Measurement {
  readonly id: string;
  /** Line in the file, counted from 1. */
  readonly line: number;
  /** `2026-04-18`; empty where unknown. */
  readonly measuredOn: string;
  readonly gpu: string;
  readonly stack: string;
  readonly stackVersion: string;
  readonly model: string;
  /** Empty where unknown. */
  readonly precision: string;
  readonly mode: string;
  /** Nominal lengths; the real ones are spread over 80 to 100 % of them. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where it is unknown; such a run cannot be repeated. */
  readonly concurrency: number | null;
  readonly parallelism: MeasuredParallelism;
  /** Workers of a disaggregated run; null where their number is not known. */
  readonly prefill: MeasuredRole | null;
  readonly decode: MeasuredRole | null;
  /** Whether a step verifies guesses of a multi-token-prediction layer. */
  readonly multiTokenPrediction: boolean;
  /** Means over requests; null where it was not measured. */
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
  readonly percentiles: MeasuredPercentiles;
  readonly source: string;
}

/** Quantiles over requests, milliseconds; null where they were not measured. */
export interface MeasuredPercentiles {
  readonly ttftP50Ms: number | null;
  readonly ttftP99Ms: number | null;
  readonly tpotP50Ms: number | null;
  readonly tpotP99Ms: number | null;
}

const REQUIRED = ['gpu', 'stack', 'model', 'input_tokens', 'output_tokens', 'concurrency', 'ttft_ms', 'tpot_ms'];
const NAMED = ['id', 'measured_on', 'stack_version', 'precision', 'mode', 'source'];
const PARALLELISM = ['tp', 'pp', 'attention_dp', 'moe_tp', 'moe_ep'];
const ROLE = ['workers', 'gpus', 'ep', ...PARALLELISM];
const PERCENTILES = ['ttft_p50_ms', 'ttft_p99_ms', 'tpot_p50_ms', 'tpot_p99_ms'];

/** The most problems that are reported at once. */
const MOST_PROBLEMS = 20;

/**
 * Reads a measurement file: CSV with a header, columns by name in any order (DESIGN of `goodput validate`, README). Columns
 * that goodput does not know are ignored.
 *
 * @throws InputError that names file and line
 * @example
 * readMeasurements('gpu,stack,model,tp,input_tokens,output_tokens,concurrency,ttft_ms,tpot_ms\n...', 'runs.csv')
 */
export function readMeasurements(text: string, file: string): Measurement[] {
  const lines = table(text, file);
  const header = lines.shift();
  if (header === undefined) throw new InputError({ message: 'the file is empty', file, allowed: REQUIRED.join(', ') });
  const column = new Map(header.record.map((name, index) => [name.trim().toLowerCase(), index]));
  const missing = REQUIRED.filter((name) => !column.has(name));
  if (missing.length > 0) {
    throw new InputError({
      message: `the file lacks the column ${missing.join(', ')}`,
      file,
      line: header.line,
      allowed: [
        ...NAMED,
        ...REQUIRED,
        ...PARALLELISM,
        ...['prefill', 'decode'].flatMap((role) => ROLE.map((name) => `${role}_${name}`)),
        'speculation',
        ...PERCENTILES,
      ].join(', '),
    });
  }

  const problems: InputProblem[] = [];
  const rows = lines.map(({ record, line }, index): Measurement => {
    const text = (name: string): string => (record[column.get(name) ?? -1] ?? '').trim();
    const complain = (key: string, message: string, allowed: string): null => {
      problems.push({ message, file, line, key, found: text(key) === '' ? 'nothing' : text(key), allowed });
      return null;
    };
    const count = (name: string, least: number): number | null => {
      if (text(name) === '') return null;
      const value = Number(text(name));
      if (Number.isSafeInteger(value) && value >= least && value <= 1e7) return value;
      return complain(name, 'is not a whole number in range', `${least} to 10000000`);
    };
    const needed = (name: string): number =>
      (text(name) === '' ? complain(name, 'is missing', 'a whole number, at least 1') : count(name, 1)) ?? 1;
    const named = (name: string): string => {
      if (text(name) === '') complain(name, 'is missing', 'a name of the catalog');
      return text(name);
    };
    const milliseconds = (name: string): number | null => {
      if (text(name) === '') return null;
      const value = Number(text(name));
      return value > 0 && Number.isFinite(value) ? value : complain(name, 'is no latency', 'milliseconds above 0');
    };
    const parallelismOf = (prefix: string): MeasuredParallelism => ({
      tp: count(`${prefix}tp`, 0),
      pp: count(`${prefix}pp`, 0),
      attentionDp: isTruth(text(`${prefix}attention_dp`)) ? null : count(`${prefix}attention_dp`, 0),
      moeTp: count(`${prefix}moe_tp`, 0),
      moeEp: count(`${prefix}${column.has(`${prefix}ep`) ? 'ep' : 'moe_ep'}`, 0),
    });
    const roleOf = (role: string): MeasuredRole | null => {
      const workers = count(`${role}_workers`, 0);
      if (workers === null || workers === 0) return null;
      return {
        workers,
        gpus: count(`${role}_gpus`, 1),
        parallelism: parallelismOf(`${role}_`),
        dataParallel: text(`${role}_attention_dp`).toLowerCase() === 'true',
      };
    };
    return {
      id: text('id') === '' ? `row-${index + 1}` : text('id'),
      line,
      measuredOn: text('measured_on'),
      gpu: named('gpu'),
      stack: named('stack'),
      stackVersion: text('stack_version'),
      model: named('model'),
      precision: text('precision'),
      mode: text('mode') === '' ? 'aggregated' : text('mode'),
      inputTokens: needed('input_tokens'),
      outputTokens: needed('output_tokens'),
      concurrency: count('concurrency', 1),
      // Zeros stand for "does not apply" in published files.
      parallelism: parallelismOf(''),
      prefill: roleOf('prefill'),
      decode: roleOf('decode'),
      multiTokenPrediction: text('speculation').toLowerCase() === 'mtp',
      ttftMs: milliseconds('ttft_ms'),
      tpotMs: milliseconds('tpot_ms'),
      percentiles: {
        ttftP50Ms: milliseconds('ttft_p50_ms'),
        ttftP99Ms: milliseconds('ttft_p99_ms'),
        tpotP50Ms: milliseconds('tpot_p50_ms'),
        tpotP99Ms: milliseconds('tpot_p99_ms'),
      },
      source: text('source'),
    };
  });
  if (problems.length > 0) throw new InputError(problems.slice(0, MOST_PROBLEMS));
  return rows;
}

/** Some files say only whether attention is data-parallel. */
function isTruth(text: string): boolean {
  return /^(true|false)$/i.test(text);
}

function table(text: string, file: string): { record: string[]; line: number }[] {
  try {
    const options = { bom: true, info: true, skip_empty_lines: true, relax_column_count: false };
    // With `info` a record comes with its place in the file, which the types of csv-parse do not know.
    const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : undefined;
    throw new InputError({
      message: `is no CSV file: ${error.message}`,
      file,
      ...(line === undefined ? {} : { line }),
    });
  }
}
