import type { RequestRecord } from '../../metrics/recorder.js';
import type { AtomicFile } from '../atomic-file.js';
import { recordColumns } from './columns.js';

/** One JSON object per line and request; null where a time never came. */
export class JsonlRecords {
  constructor(private readonly file: AtomicFile) {}

  add(record: RequestRecord): void {
    const line: Record<string, string | number | boolean> = {};
    // JSON has no NaN and writes null for it.
    for (const column of recordColumns) line[column.name] = column.value(record);
    this.file.write(`${JSON.stringify(line)}\n`);
  }

  end(): void {}
}
