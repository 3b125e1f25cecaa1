import { InputError, type InputProblem } from '../scenario/input-error.js';
import type { StepLimits } from './compile.js';
import { StepModel } from './step-model.js';

/** Step times measured on somebody's engine. */
export interface StepTable {
  /** Ascending numbers of decoding sequences. */
  readonly batches: readonly number[];
  /** Ascending context tokens per sequence. */
  readonly contexts: readonly number[];
  /** Seconds of a decode step; entry `batch index * contexts.length + context index`. */
  readonly decodeSeconds: readonly number[];
  /** Ascending prompt tokens, with the seconds of a step that computes them. */
  readonly prefill: readonly { readonly tokens: number; readonly seconds: number }[];
}

const COLUMNS = ['kind', 'batch', 'context', 'tokens', 'ms'] as const;
type Column = (typeof COLUMNS)[number];

/**
 * Reads a step-time table: CSV with the columns `kind` (decode or prefill), `batch`, `context`, `tokens` and `ms`. Decode
 * rows fill `batch` and `context` (tokens per sequence) and form a full grid; prefill rows fill `tokens`. Empty lines and
 * lines that start with `#` are skipped.
 *
 * @example
 * parseStepTable('kind,batch,context,tokens,ms\ndecode,1,1024,,9.5\ndecode,64,1024,,14\nprefill,,,2048,80', 'steps.csv')
 * @throws InputError that names file and line
 */
export function parseStepTable(text: string, file: string): StepTable {
  const problems: InputProblem[] = [];
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ cells: line.split(',').map((cell) => cell.trim()), line: index + 1, text: line.trim() }))
    .filter((row) => row.text !== '' && !row.text.startsWith('#'));
  const header = lines.shift();
  if (header === undefined) {
    throw new InputError({ message: 'the step-time table is empty', file, allowed: `columns ${COLUMNS.join(', ')}` });
  }
  const position = new Map(header.cells.map((name, index) => [name.toLowerCase(), index]));
  const missing = COLUMNS.filter((name) => !position.has(name));
  if (missing.length > 0) {
    throw new InputError({
      message: `the step-time table lacks the column ${missing.join(', ')}`,
      file,
      line: header.line,
      found: header.text,
      allowed: COLUMNS.join(','),
    });
  }

  const decode = new Map<string, number>();
  const batches = new Set<number>();
  const contexts = new Set<number>();
  const prefill = new Map<number, number>();
  for (const row of lines) {
    const cell = (name: Column): string => row.cells[position.get(name) as number] ?? '';
    const number = (name: Column, min: number, whole: boolean): number | null => {
      const value = cell(name) === '' ? Number.NaN : Number(cell(name));
      const fine = Number.isFinite(value) && (whole ? Number.isInteger(value) && value >= min : value > min);
      if (fine) return value;
      problems.push({
        message: `${name} is not ${whole ? 'a whole number' : 'a number'}`,
        file,
        line: row.line,
        key: name,
        found: cell(name) === '' ? 'nothing' : cell(name),
        allowed: whole ? `${min} or more` : `above ${min}`,
      });
      return null;
    };
    const twice = (): void => {
      problems.push({ message: 'the same point is given twice', file, line: row.line, found: row.text });
    };
    const kind = cell('kind').toLowerCase();
    if (kind === 'decode') {
      const batch = number('batch', 1, true);
      const context = number('context', 0, true);
      const ms = number('ms', 0, false);
      if (batch === null || context === null || ms === null) continue;
      if (decode.has(`${batch}/${context}`)) twice();
      batches.add(batch);
      contexts.add(context);
      decode.set(`${batch}/${context}`, ms / 1e3);
    } else if (kind === 'prefill') {
      const tokens = number('tokens', 1, true);
      const ms = number('ms', 0, false);
      if (tokens === null || ms === null) continue;
      if (prefill.has(tokens)) twice();
      prefill.set(tokens, ms / 1e3);
    } else {
      problems.push({
        message: 'unknown kind of row',
        file,
        line: row.line,
        key: 'kind',
        found: cell('kind') === '' ? 'nothing' : cell('kind'),
        allowed: 'decode, prefill',
      });
    }
  }
  if (problems.length === 0 && (decode.size === 0 || prefill.size === 0)) {
    problems.push({
      message: `the step-time table has no ${decode.size === 0 ? 'decode' : 'prefill'} row`,
      file,
      hint: 'it needs at least one of each',
    });
  }
  const ascending = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);
  const grid = { batches: ascending(batches), contexts: ascending(contexts) };
  const decodeSeconds = grid.batches.flatMap((batch) =>
    grid.contexts.map((context) => {
      const seconds = decode.get(`${batch}/${context}`);
      if (seconds === undefined && problems.length === 0) {
        problems.push({
          message: `the decode grid has no row for batch ${batch} and context ${context}`,
          file,
          hint: 'every batch needs a row for every context',
        });
      }
      return seconds ?? Number.NaN;
    }),
  );
  if (problems.length > 0) throw new InputError(problems);
  return {
    ...grid,
    decodeSeconds,
    prefill: ascending(prefill.keys()).map((tokens) => ({ tokens, seconds: prefill.get(tokens) as number })),
  };
}

/**
 * Compiles a measured table. Decode times are bilinear in batch and context per sequence, prefill times piecewise linear
 * in tokens; outside of what was measured both continue as straight lines that never fall. A step that does both takes
 * decode plus prefill, less what the prefill curve has at zero tokens, since a step pays its fixed cost once.
 */
export function compileStepTable(table: StepTable, limits: StepLimits): StepModel {
  const { maxSequences } = limits;
  const { batches, contexts, decodeSeconds } = table;
  const tokens = table.prefill.map((point) => point.tokens);
  const seconds = table.prefill.map((point) => point.seconds);
  // The fixed cost of a step: the first segment continued to zero tokens; a single point says nothing of it.
  const rise = tokens.length === 1 ? seconds[0] / tokens[0] : (seconds[1] - seconds[0]) / (tokens[1] - tokens[0]);
  const fixed = Math.min(Math.max(0, seconds[0] - rise * tokens[0]), ...seconds);
  const curve = { tokens: [0, ...tokens], seconds: [fixed, ...seconds] };
  const prefillAt = (n: number): number => interpolate(curve.tokens, curve.seconds, n);

  const length = Math.max(1, Math.min(limits.maxBatchedTokens, tokens[tokens.length - 1])) + 1;
  const prefill = new Float64Array(length);
  for (let n = 1; n < length; n++) prefill[n] = prefillAt(n) - fixed;

  // Pieces between the measured contexts; a first node at zero keeps steps from taking no time on short contexts.
  const nodes = contexts[0] === 0 ? [...contexts] : [0, ...contexts];
  const ends = nodes.length <= 2 ? [] : nodes.slice(1, -1);
  const pieceEnds = Float64Array.from([...ends, Number.POSITIVE_INFINITY]);
  const stride = maxSequences + 1;
  const intercept = new Float64Array(pieceEnds.length * stride);
  const slope = new Float64Array(pieceEnds.length * stride);
  for (let sequences = 1; sequences <= maxSequences; sequences++) {
    const measured = contexts.map((_, index) => {
      const column = batches.map((_b, row) => decodeSeconds[row * contexts.length + index]);
      return interpolate(batches, column, sequences);
    });
    const atNodes = nodes.map((context) => interpolate(contexts, measured, context));
    for (let piece = 0; piece < pieceEnds.length; piece++) {
      const at = piece * stride + sequences;
      const last = piece === pieceEnds.length - 1;
      const rise = nodes.length === 1 ? 0 : (atNodes[piece + 1] - atNodes[piece]) / (nodes[piece + 1] - nodes[piece]);
      const perContext = last ? Math.max(0, rise) : rise;
      intercept[at] = atNodes[piece] - perContext * nodes[piece] - fixed;
      slope[at] = perContext / sequences;
    }
  }
  return new StepModel({
    token: Float64Array.of(fixed),
    queryTokens: 1,
    tokenTail: 0,
    prefill,
    prefillTail: Math.max(0, prefillAt(length) - prefillAt(length - 1)),
    pieceEnds,
    maxSequences,
    intercept,
    slope,
    perPair: 0,
    perBoundedPair: 0,
    pairBound: Number.POSITIVE_INFINITY,
    perFinishedPrefill: 0,
    promptRanks: 1,
    rankToken: new Float64Array(2),
  });
}

/**
 * Piecewise linear through ascending `xs`. Outside, the first and last segment go on, but never fall with growing `x`
 * above the range, and below it never under a tenth of the first value: a step always takes time.
 */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const last = xs.length - 1;
  if (last === 0) return ys[0];
  if (x >= xs[last]) {
    const rise = (ys[last] - ys[last - 1]) / (xs[last] - xs[last - 1]);
    return ys[last] + Math.max(0, rise) * (x - xs[last]);
  }
  if (x <= xs[0]) {
    const rise = (ys[1] - ys[0]) / (xs[1] - xs[0]);
    return Math.max(ys[0] / 10, Math.min(ys[0], ys[0] - rise * (xs[0] - x)));
  }
  let right = 1;
  while (xs[right] < x) right++;
  const share = (x - xs[right - 1]) / (xs[right] - xs[right - 1]);
  return ys[right - 1] + share * (ys[right] - ys[right - 1]);
}
