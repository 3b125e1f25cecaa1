import type { ResultDocument } from '../../experiment/result.js';
import type { RequestRecord } from '../../metrics/recorder.js';
import type { Scenario } from '../../scenario/schema.js';

/** Where an export goes, and of what. */
export interface ExportTarget {
  folder: string;
  scenario: Scenario;
}

/** Files in somebody else's format that are made while a run goes on. */
export interface RunExport {
  /** Takes requests in the order in which they end. */
  add(record: RequestRecord): void;
  /** Puts the complete files in their place. */
  commit(document: ResultDocument): void;
  /** Leaves nothing behind. */
  discard(): void;
}
