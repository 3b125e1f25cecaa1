import { join } from 'node:path';
import type { ResultDocument } from '../../../experiment/result.js';
import type { RequestRecord } from '../../../metrics/recorder.js';
import { AtomicFile, writeFileAtomic } from '../../atomic-file.js';
import type { ExportTarget, RunExport } from '../run-export.js';
import { recordLine } from './record-line.js';
import { AiperfSummary } from './summary.js';

const RECORDS = 'profile_export.jsonl';

/**
 * The files of an AIPerf run: `profile_export_aiperf.json`, `profile_export_aiperf.csv` and `profile_export.jsonl`, so that
 * what reads measured runs reads simulated ones.
 */
export class AiperfExport implements RunExport {
  static readonly streamed = [RECORDS];
  private readonly file: AtomicFile;
  private readonly summary: AiperfSummary;
  /** They end with the run, and its end is not known before. */
  private readonly inFlight: RequestRecord[] = [];
  private readonly warmupSeconds: number;

  constructor(private readonly target: ExportTarget) {
    const { scenario, folder } = target;
    this.file = new AtomicFile(join(folder, RECORDS));
    this.summary = new AiperfSummary(scenario.traffic);
    this.warmupSeconds = scenario.horizon.warmup === 'auto' ? 0 : scenario.horizon.warmup;
  }

  add(record: RequestRecord): void {
    const warmup = record.arrivalSeconds < this.warmupSeconds;
    if (!warmup) this.summary.add(record);
    if (record.outcome === 'in-flight') this.inFlight.push({ ...record });
    else this.file.write(recordLine(record, warmup, record.endSeconds));
  }

  commit(document: ResultDocument): void {
    const { endSeconds } = document.summary.window;
    for (const record of this.inFlight) {
      this.file.write(recordLine(record, record.arrivalSeconds < this.warmupSeconds, endSeconds));
    }
    this.file.commit();
    writeFileAtomic(join(this.target.folder, 'profile_export_aiperf.json'), this.summary.json(document));
    writeFileAtomic(join(this.target.folder, 'profile_export_aiperf.csv'), this.summary.csv());
  }

  discard(): void {
    this.file.discard();
  }
}
