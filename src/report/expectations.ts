import type { ExpectationOutcome, ResultDocument } from '../experiment/result.js';
import { setting } from './format.js';

/**
 * What was asked and what came out, such as `goodput.attainment: 0.912, expected min 0.95`.
 *
 * @example document.expectations.map(expectationText)
 */
export function expectationText({ metric, limit, value }: ExpectationOutcome): string {
  return `${metric}: ${value === null ? 'has no value in this run' : setting(value)}, expected ${limit}`;
}

/** The expectations that do not hold. */
export function failedExpectations(document: ResultDocument): ExpectationOutcome[] {
  return document.expectations.filter(({ pass }) => !pass);
}
