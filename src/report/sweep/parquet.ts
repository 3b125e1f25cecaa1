import { type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { PointResult } from '../../experiment/sweep/point-result.js';
import { VERSION } from '../../version.js';
import { AtomicFile } from '../atomic-file.js';
import { FileWriter } from '../records/parquet.js';
import type { SweepColumn } from './columns.js';

/** Points that are held in memory before they are written. */
const ROW_GROUP = 10_000;

/** Apache Parquet, one row per point; null where a point has no such figure. */
export function writeParquet(path: string, columns: readonly SweepColumn[], points: Iterable<PointResult>): void {
  const file = new AtomicFile(path);
  try {
    const writer = new ParquetWriter({
      writer: new FileWriter(file),
      schema: schemaFromColumnData({ columnData: columns.map((column) => source(column, [])) }),
      createdBy: `goodput ${VERSION}`,
    });
    let rows: PointResult[] = [];
    const write = () => {
      writer.write({ columnData: columns.map((column) => source(column, rows)), rowGroupSize: rows.length });
      rows = [];
    };
    for (const point of points) if (rows.push(point) === ROW_GROUP) write();
    if (rows.length > 0) write();
    writer.finish();
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
}

const TYPES = { integer: 'INT32', real: 'DOUBLE', text: 'STRING', flag: 'BOOLEAN' } as const;

function source({ name, type, value }: SweepColumn, rows: readonly PointResult[]): ColumnSource {
  const data = rows.map(value);
  return {
    name,
    type: TYPES[type],
    nullable: true,
    data: type === 'text' ? data.map((entry) => (entry === null ? null : String(entry))) : data,
  };
}
