import { join } from 'node:path';
import { AiperfExport } from './aiperf/index.js';
import { ParquetExport } from './parquet.js';
import { PrometheusExport } from './prometheus/index.js';
import type { ExportTarget, RunExport } from './run-export.js';

export type { RunExport } from './run-export.js';

/** The exports by name; a new one is one folder and one line here. */
const exports = { aiperf: AiperfExport, prometheus: PrometheusExport, parquet: ParquetExport } as const;

export type ExportName = keyof typeof exports;
export const EXPORT_NAMES = Object.keys(exports) as ExportName[];

/**
 * Begins an export of a run.
 *
 * @throws InputError where its files cannot be written
 * @example const aiperf = openExport('aiperf', { folder: 'results/today', scenario });
 */
export function openExport(name: ExportName, target: ExportTarget): RunExport {
  return new exports[name](target);
}

/** Files that are written while a run goes on: what a killed run leaves half done. */
export function streamedFiles(names: readonly ExportName[], folder: string): string[] {
  return names.flatMap((name) => exports[name].streamed.map((file) => join(folder, file)));
}
