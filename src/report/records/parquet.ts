import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { RequestRecord } from '../../metrics/recorder.js';
import { VERSION } from '../../version.js';
import type { AtomicFile } from '../atomic-file.js';
import { type RecordColumn, recordColumns } from './columns.js';

/** Requests that are held in memory before they are written: what a reader of Parquet can skip or read at once. */
const ROW_GROUP = 100_000;

/** Apache Parquet, one row group per hundred thousand requests; null where a time never came. */
export class ParquetRecords {
  private readonly columns = recordColumns.map(bufferFor);
  private readonly writer: ParquetWriter;
  private rows = 0;

  constructor(file: AtomicFile) {
    this.writer = new ParquetWriter({
      writer: new FileWriter(file),
      schema: schemaFromColumnData({ columnData: this.columns.map((column) => column.source(0)) }),
      createdBy: `goodput ${VERSION}`,
    });
  }

  add(record: RequestRecord): void {
    for (const column of this.columns) column.set(this.rows, record);
    if (++this.rows === ROW_GROUP) this.writeRowGroup();
  }

  end(): void {
    if (this.rows > 0) this.writeRowGroup();
    this.writer.finish();
  }

  private writeRowGroup(): void {
    this.writer.write({ columnData: this.columns.map((column) => column.source(this.rows)), rowGroupSize: this.rows });
    this.rows = 0;
  }
}

/** The values of one column in the current row group. */
interface ColumnBuffer {
  set(row: number, record: RequestRecord): void;
  /** The first `rows` values, as hyparquet-writer takes them. */
  source(rows: number): ColumnSource;
}

function bufferFor(column: RecordColumn): ColumnBuffer {
  const { name } = column;
  if (column.type === 'text' || column.type === 'flag') {
    const values: (string | boolean)[] = [];
    const type = column.type === 'text' ? 'STRING' : 'BOOLEAN';
    return {
      set: (row, record) => {
        values[row] = column.value(record);
      },
      source: (rows) => ({ name, type, nullable: false, data: values.slice(0, rows) }),
    };
  }
  const values = new Float64Array(ROW_GROUP);
  const { nullable, value } = column;
  return {
    set: (row, record) => {
      values[row] = value(record);
    },
    source: (rows) => {
      const filled = values.subarray(0, rows);
      const data = nullable ? Array.from(filled, (entry) => (Number.isNaN(entry) ? null : entry)) : filled;
      // Times hardly ever repeat, so a search for a dictionary would be in vain.
      if (column.type === 'real') return { name, type: 'DOUBLE', nullable, data, encoding: 'PLAIN' };
      return { name, type: 'INT32', nullable, data: nullable ? data : Int32Array.from(filled) };
    },
  };
}

/** Collects a row group and hands it to the file. */
export class FileWriter extends ByteWriter {
  constructor(private readonly file: AtomicFile) {
    super();
  }

  flush(): void {
    this.file.write(this.getBytes());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}
