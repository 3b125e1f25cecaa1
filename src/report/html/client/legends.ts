/** A click on a name in a legend hides what belongs to it, a second one shows it again. */
export function followLegends(): void {
  document.addEventListener('click', (event) => {
    const entry = event.target instanceof Element ? event.target.closest<SVGElement>('.legend') : null;
    const chart = entry?.closest('svg');
    if (entry === null || chart === null || chart === undefined) return;
    const off = entry.classList.toggle('off');
    const series = CSS.escape(entry.dataset.series ?? '');
    for (const mark of chart.querySelectorAll(`[data-series="${series}"]:not(.legend)`))
      mark.classList.toggle('hidden', off);
  });
}
