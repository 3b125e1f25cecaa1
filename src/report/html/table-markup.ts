import { type Markup, markup } from './markup.js';
import type { DataTable } from './report.js';

/** Texts up to this length stay on one line. */
const SHORT = 24;

/** A table whose cells carry exact values, so that a script can sort it and hand it out as CSV. */
export function tableMarkup({ name, title, head, rows }: DataTable): Markup {
  const columns = head.map(
    ({ label, unit, words }) =>
      markup`<th scope="col"${words === true ? markup` class="words"` : null}${unit === undefined || unit === '' ? null : markup` data-unit="${unit}"`}>${label}</th>`,
  );
  const lines = rows.map(
    (row) =>
      markup`<tr>${row.map(({ text, value, tone }, column) => {
        const classes = [head[column]?.words === true ? 'words' : '', text.length <= SHORT ? 'short' : '', tone ?? '']
          .filter((word) => word !== '')
          .join(' ');
        const marks = markup`${classes === '' ? null : markup` class="${classes}"`}${value === undefined || value === null ? null : markup` data-value="${value}"`}`;
        return column === 0 ? markup`<th scope="row"${marks}>${text}</th>` : markup`<td${marks}>${text}</td>`;
      })}</tr>`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table data-name="${name}"><caption>${title}</caption><thead><tr>${columns}</tr></thead><tbody>
${lines.map((line) => markup`${line}\n`)}</tbody></table></div>`;
}
