import type { RequestRecord } from '../../metrics/recorder.js';
import type { AtomicFile } from '../atomic-file.js';
import { csvCell } from '../csv-cell.js';
import { recordColumns } from './columns.js';

/** One line per request, under a header; empty where a time never came. */
export class CsvRecords {
  constructor(private readonly file: AtomicFile) {
    file.write(`${recordColumns.map(({ name }) => name).join(',')}\n`);
  }

  add(record: RequestRecord): void {
    let line = '';
    for (const column of recordColumns) line += (line === '' ? '' : ',') + csvCell(column.value(record));
    this.file.write(`${line}\n`);
  }

  end(): void {}
}
