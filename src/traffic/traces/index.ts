import { InputError } from '../../scenario/input-error.js';
import type { TraceArrivals } from '../../scenario/traffic-schema.js';
import { shorten } from '../csv-column.js';
import { LineReader, type OpenFile } from '../lines.js';
import { AiperfTraceReader } from './aiperf.js';
import { AzureTraceReader } from './azure.js';
import { burstGptColumns, CsvTraceReader, type TraceColumns } from './csv-trace.js';
import { MooncakeTraceReader } from './mooncake.js';
import { SortedReader } from './sorted.js';
import type { TraceReader } from './trace-reader.js';

/** What the reader of a format is made from. */
interface TraceFile {
  chunks: Iterable<string>;
  file: string;
  columns: TraceColumns | undefined;
  blockTokens: number | undefined;
  skipBadLines: boolean;
}

interface Format {
  /** Whether a file that begins with this line has the format. */
  recognises(firstLine: string): boolean;
  open(file: TraceFile): TraceReader;
  /** Whether times are known to be rounded coarsely, so that they are spread unless told otherwise. */
  coarse: boolean;
}

/** Every trace format by the name it has in a scenario. A new one is a file here and an entry below. */
const formats: Record<Exclude<TraceFormat, 'auto'>, Format> = {
  azure: {
    recognises: AzureTraceReader.recognises,
    open: ({ chunks, file, skipBadLines }) => new AzureTraceReader(chunks, file, { skipBadLines }),
    coarse: false,
  },
  mooncake: {
    recognises: MooncakeTraceReader.recognises,
    open: ({ chunks, file, blockTokens, skipBadLines }) =>
      new MooncakeTraceReader(chunks, file, { blockTokens, skipBadLines }),
    coarse: true,
  },
  burstgpt: {
    recognises: (line) => CsvTraceReader.recognises(line, burstGptColumns),
    open: ({ chunks, file, skipBadLines }) => new CsvTraceReader(chunks, file, burstGptColumns, { skipBadLines }),
    coarse: true,
  },
  aiperf: {
    recognises: AiperfTraceReader.recognises,
    open: ({ chunks, file, skipBadLines }) =>
      new SortedReader(new AiperfTraceReader(chunks, file, { skipBadLines }), file),
    coarse: false,
  },
  csv: {
    recognises: () => false,
    open: ({ chunks, file, columns, skipBadLines }) => {
      if (columns === undefined) throw new Error('a CSV trace without columns');
      return new CsvTraceReader(chunks, file, columns, { skipBadLines });
    },
    coarse: false,
  },
};

export type TraceFormat = TraceArrivals['format'];
export type KnownTraceFormat = Exclude<TraceFormat, 'auto'>;

export interface OpenTraceOptions {
  /** For the format csv. */
  columns?: TraceColumns | undefined;
  /** For the format mooncake: tokens that a hash stands for; default 512. */
  blockTokens?: number | undefined;
  skipBadLines?: boolean | undefined;
}

/**
 * Opens a trace for reading row by row.
 *
 * @param format what the file is; see {@link traceFormat} where that is not known
 * @param chunks its text
 * @param file its name, for messages
 * @example
 * const trace = openTrace('azure', openFile('code.csv'), 'code.csv');
 */
export function openTrace(
  format: KnownTraceFormat,
  chunks: Iterable<string>,
  file: string,
  { columns, blockTokens, skipBadLines = false }: OpenTraceOptions = {},
): TraceReader {
  return formats[format].open({ chunks, file, columns, blockTokens, skipBadLines });
}

/**
 * The format of a file: as it is named, or as its first line tells.
 *
 * @throws InputError where no format begins like that
 * @example traceFormat('auto', 'code.csv', openFile) // 'azure'
 */
export function traceFormat(format: TraceFormat, file: string, openFile: OpenFile): KnownTraceFormat {
  if (format !== 'auto') return format;
  const lines = new LineReader(openFile(file), file);
  while (lines.nextFilled()) {
    const { line } = lines;
    const found = Object.entries(formats).find(([, { recognises }]) => recognises(line));
    if (found !== undefined) return found[0] as KnownTraceFormat;
    throw new InputError({
      message: 'is no trace of a known format',
      file,
      line: lines.number,
      found: shorten(line),
      allowed: Object.keys(formats).join(', '),
      hint: 'give format; a CSV file of any other kind needs format: csv and columns (--columns of trace describe)',
    });
  }
  throw new InputError({ message: 'the trace holds no request', file });
}

/** Whether times of a format are spread unless told otherwise. */
export function hasCoarseTimes(format: KnownTraceFormat): boolean {
  return formats[format].coarse;
}
