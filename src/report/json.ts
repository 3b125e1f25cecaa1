import type { ResultDocument } from '../experiment/result.js';

/**
 * The result document itself: exactly one JSON document, with a newline at its end.
 *
 * @example process.stdout.write(renderJson(simulate(scenario)));
 */
export function renderJson(document: ResultDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
