import { fileOpener } from '../experiment/files.js';
import type { ResultDocument } from '../experiment/result.js';
import { type Progress, simulate } from '../experiment/simulate.js';
import { type ExportName, openExport } from '../report/exports/index.js';
import { openRecords } from '../report/records/index.js';
import { openTraceEvents, type TraceEventsTarget } from '../report/trace-events.js';
import type { Scenario } from '../scenario/schema.js';

/** One run as the command line asks for it; plain data, so that it can move to another thread. */
export interface SimulationJob {
  scenario: Scenario;
  /** Where the paths in the scenario start. */
  baseDirectory: string;
  reference: boolean;
  checkInvariants: boolean;
  /** File with one row per request. */
  recordsPath: string | undefined;
  /** Formats of other tools, and the folder that they go to. */
  exports: { names: readonly ExportName[]; folder: string } | undefined;
  /** File of the timeline, and the part of the run that it shows. */
  traceEvents: TraceEventsTarget | undefined;
}

/** Simulates, and writes the file of requests, the exports and the timeline where they are wanted. */
export function runJob(
  job: SimulationJob,
  onProgress?: (progress: Progress) => void,
  onNote?: (note: string) => void,
): ResultDocument {
  const { scenario, recordsPath, exports } = job;
  const trace = job.traceEvents && openTraceEvents(job.traceEvents, scenario);
  const records = recordsPath === undefined ? [] : [openRecords(recordsPath)];
  const others = exports?.names.map((name) => openExport(name, { folder: exports.folder, scenario })) ?? [];
  const all = [...records, ...others];
  try {
    const document = simulate(scenario, {
      openFile: fileOpener(job.baseDirectory),
      reference: job.reference,
      checkInvariants: job.checkInvariants,
      onProgress,
      timeline: trace?.timeline,
      onRecord:
        all.length === 0
          ? undefined
          : (record) => {
              for (const writer of all) writer.add(record);
            },
    });
    for (const writer of all) writer.commit(document);
    const note = trace?.commit();
    if (note !== undefined) onNote?.(note);
    return document;
  } catch (error) {
    for (const writer of all) writer.discard();
    trace?.discard();
    throw error;
  }
}
