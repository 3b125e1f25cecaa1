import { fileOpener } from '../experiment/files.js';
import type { ResultDocument } from '../experiment/result.js';
import { type Progress, simulate } from '../experiment/simulate.js';
import { openRecords } from '../report/records/index.js';
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
}

/** Simulates, and writes the file of requests where one is wanted. */
export function runJob(job: SimulationJob, onProgress?: (progress: Progress) => void): ResultDocument {
  const records = job.recordsPath === undefined ? undefined : openRecords(job.recordsPath);
  try {
    const document = simulate(job.scenario, {
      openFile: fileOpener(job.baseDirectory),
      reference: job.reference,
      checkInvariants: job.checkInvariants,
      onProgress,
      onRecord: records?.add,
    });
    records?.commit();
    return document;
  } catch (error) {
    records?.discard();
    throw error;
  }
}
