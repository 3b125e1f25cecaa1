import { join } from 'node:path';
import type { ResultDocument } from '../../experiment/result.js';
import { summaryCells } from '../csv.js';
import { seriesColumns } from '../series-csv.js';
import type { TableColumn } from '../sweep/columns.js';
import { writeParquet } from '../sweep/parquet.js';
import type { ExportTarget, RunExport } from './run-export.js';

/** `summary.parquet` and `series.parquet`: the columns of `summary.csv` and `series.csv`, with their types. */
export class ParquetExport implements RunExport {
  static readonly streamed: readonly string[] = [];

  constructor(private readonly target: ExportTarget) {}

  add(): void {}

  commit(document: ResultDocument): void {
    const { folder } = this.target;
    const cells = summaryCells(document);
    const row = Object.fromEntries(cells);
    writeParquet(
      join(folder, 'summary.parquet'),
      cells.map(([name, value]): TableColumn<typeof row> => ({ name, type: typeOf(value), value: (of) => of[name] })),
      [row],
    );
    const series = seriesColumns(document);
    writeParquet(
      join(folder, 'series.parquet'),
      series.map(([name, values]): TableColumn<number> => ({ name, type: 'real', value: (k) => values[k] ?? null })),
      series[0][1].keys(),
    );
  }

  discard(): void {}
}

function typeOf(value: unknown): TableColumn<unknown>['type'] {
  return typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'flag' : 'real';
}
