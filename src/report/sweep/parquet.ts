import { type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { VERSION } from '../../version.js';
import { AtomicFile } from '../atomic-file.js';
import { FileWriter } from '../records/parquet.js';
import type { TableColumn } from './columns.js';

/** Rows that are held in memory before they are written. */
const ROW_GROUP = 10_000;

/** Apache Parquet, one row after the other; null where one has no such figure. */
export function writeParquet<Row>(path: string, columns: readonly TableColumn<Row>[], all: Iterable<Row>): void {
  const file = new AtomicFile(path);
  try {
    const writer = new ParquetWriter({
      writer: new FileWriter(file),
      schema: schemaFromColumnData({ columnData: columns.map((column) => source(column, [])) }),
      createdBy: `goodput ${VERSION}`,
      // Both take as long as all else, for a file of few row groups and mostly digits that do not shrink.
      codec: 'UNCOMPRESSED',
      statistics: false,
    });
    let rows: Row[] = [];
    const write = () => {
      writer.write({ columnData: columns.map((column) => source(column, rows)), rowGroupSize: rows.length });
      rows = [];
    };
    for (const row of all) if (rows.push(row) === ROW_GROUP) write();
    if (rows.length > 0) write();
    writer.finish();
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
}

const TYPES = { integer: 'INT32', real: 'DOUBLE', text: 'STRING', flag: 'BOOLEAN' } as const;

function source<Row>({ name, type, value }: TableColumn<Row>, rows: readonly Row[]): ColumnSource {
  const data = rows.map(value);
  return {
    name,
    type: TYPES[type],
    nullable: true,
    data: type === 'text' ? data.map((entry) => (entry === null ? null : String(entry))) : data,
  };
}
