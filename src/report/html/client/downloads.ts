import { csvCell } from '../../csv-cell.js';
import type { DataTable } from '../report.js';

/**
 * A button below a table that saves it as CSV, with exact values and units in the names of the columns.
 *
 * @param whole what to save, where that is more than the page shows
 */
export function offerDownload(table: HTMLTableElement, whole?: () => DataTable): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'download';
  button.textContent = whole === undefined ? 'CSV' : 'CSV of all points that are shown';
  button.setAttribute('aria-label', `Save as CSV: ${table.caption?.textContent ?? 'table'}`);
  button.addEventListener('click', () => {
    save(`${table.dataset.name ?? 'table'}.csv`, whole === undefined ? shownCsv(table) : wholeCsv(whole()));
  });
  (table.closest('.scroll') ?? table).after(button);
}

/** The rows of a table as they stand on the page. */
function shownCsv(table: HTMLTableElement): string {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => named(cell.textContent, cell.dataset.unit));
  const rows = [...(table.tBodies[0]?.rows ?? [])].map((row) =>
    [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent),
  );
  return csv([heads, ...rows]);
}

function wholeCsv({ head, rows }: DataTable): string {
  const heads = head.map(({ label, unit }) => named(label, unit));
  return csv([heads, ...rows.map((row) => row.map(({ text, value }) => (value === undefined ? text : value)))]);
}

function named(label: string, unit: string | undefined): string {
  return unit === undefined || unit === '' ? label : `${label} (${unit})`;
}

function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

/** Hands a text to the reader as a file. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
