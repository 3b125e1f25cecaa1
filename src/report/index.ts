import type { ResultDocument } from '../experiment/result.js';
import { renderCsv } from './csv.js';
import { renderJson } from './json.js';
import { renderMarkdown } from './markdown.js';
import { renderSeriesCsv } from './series-csv.js';
import { renderTable, type TableOptions } from './table.js';

export { expectationText, failedExpectations } from './expectations.js';

/** Turns a result into text. */
export type Renderer = (document: ResultDocument, options?: TableOptions) => string;

/** The report formats by name; a new one is one file and one line here. */
export const formats = {
  table: renderTable,
  json: renderJson,
  csv: renderCsv,
  'series-csv': renderSeriesCsv,
  markdown: renderMarkdown,
} satisfies Record<string, Renderer>;

export type FormatName = keyof typeof formats;

/** Narrows a name that a user gave. */
export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}
