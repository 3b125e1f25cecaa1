import { scatter } from '../chart/scatter.js';
import { withCurrency } from '../currency.js';
import { MOST_ROWS } from '../limits.js';
import type { SweepData } from '../sweep-data.js';
import {
  type ChartZoom,
  firstView,
  keptPoints,
  type SweepView,
  sweepHeatMap,
  sweepParallel,
  sweepScatter,
  sweepTable,
} from '../sweep-view.js';
import { tableMarkup } from '../table-markup.js';
import { offerDownload } from './downloads.js';
import { redraw } from './drawings.js';
import { makeSortable } from './sorting.js';
import { followBoxes } from './zoom-charts.js';

/** Draws the charts of each sweep anew when its controls change. */
export function exploreSweeps(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sweep]')) {
    const article = form.closest('article');
    const text = article?.querySelector('script.data')?.textContent;
    if (article === null || text === null || text === undefined) continue;
    explore(article, form, JSON.parse(text) as SweepData);
  }
}

function explore(article: HTMLElement, form: HTMLFormElement, data: SweepData): void {
  const first = firstView(data);
  let zoom: ChartZoom | undefined;
  let axes = `${first.x} ${first.y}`;
  const shown = () => ({ ...viewOf(new FormData(form), first), zoom });
  const drawing = article.querySelector<HTMLElement>('figure[data-chart="frontier"] .drawing');
  const draw = () => {
    const { x, y } = viewOf(new FormData(form), first);
    // Another axis has other values.
    if (axes !== `${x} ${y}`) zoom = undefined;
    axes = `${x} ${y}`;
    const view = shown();
    redraw(drawing, scatter(sweepScatter(data, view)).text);
    if (data.settings.length > 0) {
      replace(article, 'heat-map', sweepHeatMap(data, view).text);
      replace(article, 'parallel', sweepParallel(data, view).text);
    }
    replaceTable(article, data, view);
    say(form, data, view);
  };
  if (drawing !== null) {
    followBoxes(
      drawing,
      () => sweepScatter(data, shown()),
      (chosen) => {
        zoom = chosen;
        redraw(drawing, scatter(sweepScatter(data, shown())).text);
      },
    );
  }
  form.addEventListener('input', draw);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(draw));
  draw();
}

function replace(article: HTMLElement, chart: string, svg: string): void {
  redraw(article.querySelector(`figure[data-chart="${chart}"] .drawing`), svg);
}

function replaceTable(article: HTMLElement, data: SweepData, view: SweepView): void {
  const place = article.querySelector('.part > .table');
  if (place === null) return;
  place.innerHTML = withCurrency(
    tableMarkup(sweepTable(data, view, MOST_ROWS)).text,
    article.dataset.currency ?? 'USD',
  );
  const table = place.querySelector('table');
  if (table === null) return;
  makeSortable(table);
  offerDownload(table, () => sweepTable(data, view, data.index.length));
}

function say(form: HTMLFormElement, data: SweepData, view: SweepView): void {
  const output = form.querySelector('output');
  if (output !== null) output.textContent = `${keptPoints(data, view).length} of ${data.index.length} points`;
}

function viewOf(form: FormData, first: SweepView): SweepView {
  const text = (name: string, otherwise: string) => String(form.get(name) ?? otherwise);
  const whole = (name: string, otherwise: number) => Number(text(name, String(otherwise)));
  return {
    x: text('x', first.x),
    y: text('y', first.y),
    color: whole('color', first.color),
    rows: whole('rows', first.rows),
    columns: whole('columns', first.columns),
    keep: first.keep.map((_, i) => whole(`keep-${i}`, -1)),
    attainment: (whole('attainment', 0) || 0) / 100,
    onlyHeld: form.get('onlyHeld') !== null,
  };
}
