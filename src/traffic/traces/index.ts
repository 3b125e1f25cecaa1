import { AzureTraceReader } from './azure.js';
import type { TraceReader } from './trace-reader.js';

/** Every trace format by the name it has in a scenario. A new one is a file here and a line below. */
const readers = {
  azure: AzureTraceReader,
} satisfies Record<string, new (chunks: Iterable<string>, file: string) => TraceReader>;

export type TraceFormat = keyof typeof readers;

/**
 * Opens a trace for reading row by row.
 *
 * @param format what the file is
 * @param chunks its text
 * @param file its name, for messages
 * @example
 * const trace = openTrace('azure', openFile('code.csv'), 'code.csv');
 */
export function openTrace(format: TraceFormat, chunks: Iterable<string>, file: string): TraceReader {
  return new readers[format](chunks, file);
}
