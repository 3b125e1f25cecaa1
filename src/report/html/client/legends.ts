import { dressLegend, toggleSeries } from './drawings.js';

/** A click on a name in a legend, or Enter, hides what belongs to it; a second one shows it again. */
export function followLegends(): void {
  for (const drawing of document.querySelectorAll<HTMLElement>('.drawing')) dressLegend(drawing);
  const toggle = (event: Event) => {
    const entry = event.target instanceof Element ? event.target.closest<SVGElement>('.legend') : null;
    const drawing = entry?.closest<HTMLElement>('.drawing');
    if (entry === null || drawing === null || drawing === undefined) return;
    event.preventDefault();
    const series = entry.dataset.series ?? '';
    toggleSeries(drawing, series);
  };
  document.addEventListener('click', toggle);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') toggle(event);
  });
}
