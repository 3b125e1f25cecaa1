import { withCurrency } from '../currency.js';

/** Puts a drawing in the place of another; what the reader has switched off in the legend stays off. */
export function redraw(place: Element | null, svg: string): void {
  if (!(place instanceof HTMLElement)) return;
  place.innerHTML = withCurrency(svg, place.closest('article')?.dataset.currency ?? 'USD');
  dressLegend(place);
}

/** Makes the entries of a legend buttons, and hides what is switched off. */
export function dressLegend(drawing: HTMLElement): void {
  const off = switchedOff(drawing);
  for (const entry of drawing.querySelectorAll<SVGElement>('.legend')) {
    const isOff = off.has(entry.dataset.series ?? '');
    entry.setAttribute('tabindex', '0');
    entry.setAttribute('role', 'button');
    entry.setAttribute('aria-pressed', String(!isOff));
    entry.classList.toggle('off', isOff);
  }
  for (const mark of drawing.querySelectorAll<SVGElement>('[data-series]:not(.legend)'))
    mark.classList.toggle('hidden', off.has(mark.dataset.series ?? ''));
}

/** Shows what belongs to an entry of a legend, or hides it. */
export function toggleSeries(drawing: HTMLElement, series: string): void {
  const off = switchedOff(drawing);
  if (!off.delete(series)) off.add(series);
  drawing.dataset.off = [...off].join(' ');
  dressLegend(drawing);
}

function switchedOff({ dataset: { off = '' } }: HTMLElement): Set<string> {
  return new Set(off.split(' ').filter((series) => series !== ''));
}
