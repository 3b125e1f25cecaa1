import type { ResultDocument } from '../experiment/result.js';

/** A list of numbers on lines of their own. Line ends inside strings are escaped, so none of them looks like this. */
const NUMBERS = /\[\s+(?:-?\d[\d.e+-]*|null)(?:,\s+(?:-?\d[\d.e+-]*|null))*\s+\]/g;

/**
 * The result document itself: exactly one JSON document, with a newline at its end. Lists of numbers stand on one line each.
 *
 * @example process.stdout.write(renderJson(simulate(scenario)));
 */
export function renderJson(document: ResultDocument): string {
  return `${JSON.stringify(document, null, 2).replace(NUMBERS, (list) => list.replace(/\s+/g, ' '))}\n`;
}
