import type { ResultDocument } from '../../../experiment/result.js';
import type { Section } from '../report.js';

/** Goodput, queue and memory over time; nothing where the result has no time series. */
export function timeSeriesSection(_document: ResultDocument): Section[] {
  return [];
}
